"""The content of a file in any format: a table, its columns, and where the data is from."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from dashboard.library.lists import Library
from geocache.version import __version__

REGISTRIES = {
    re.compile(r"NCT[0-9]{8}"): (
        "Trial records: ClinicalTrials.gov, U.S. National Library of Medicine"
    ),
    re.compile(r"[0-9]{4}-5[0-9]{5}-[0-9]{2}(-[0-9]{2})?"): (
        "Trial records: Clinical Trials Information System (CTIS), European Medicines Agency"
    ),
}
"""The attribution of a trial record by the form of its id."""

WRITTEN_BY = f"Trial site map {__version__}"


@dataclass(frozen=True, slots=True)
class About:
    """Where the data of one file is from.

    ``as_of`` and ``as_of_oldest`` are the newest and oldest date (ISO 8601) of its trials;
    ``lists`` its site lists; ``sources`` those of its positions; ``filter`` the query string that
    asks for the same rows, empty for all; ``attribution`` whose data it is; ``total`` the number
    of rows before ``limit`` and ``offset``; ``method`` how figures were computed, empty for lists;
    ``notes`` what of them a reader must not expect.
    """

    as_of: str = ""
    as_of_oldest: str = ""
    lists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    filter: str = ""
    attribution: tuple[str, ...] = ()
    total: int = 0
    rows: int = 0
    method: str = ""
    notes: tuple[str, ...] = ()

    def to_texts(self) -> dict[str, str]:
        """Each fact as text, by name."""
        return {
            "as_of": self.as_of,
            "as_of_oldest": self.as_of_oldest,
            "filter": self.filter,
            "rows": f"{self.rows} of {self.total}",
            "lists": "; ".join(self.lists),
            "position_sources": "; ".join(self.sources),
            "attribution": "; ".join(self.attribution),
            "written_by": WRITTEN_BY,
            **({"method": self.method} if self.method else {}),
            **({"notes": " ".join(self.notes)} if self.notes else {}),
        }

    def to_json(self) -> dict[str, Any]:
        """Each fact with its type, by name."""
        return {
            "as_of": self.as_of,
            "as_of_oldest": self.as_of_oldest,
            "filter": self.filter,
            "rows": self.rows,
            "total": self.total,
            "lists": list(self.lists),
            "position_sources": list(self.sources),
            "attribution": list(self.attribution),
            "written_by": WRITTEN_BY,
            **({"method": self.method} if self.method else {}),
            **({"notes": list(self.notes)} if self.notes else {}),
        }


@dataclass(frozen=True, slots=True)
class Content:
    """One table to be written as a file.

    ``name`` is what the rows are (``sites``); ``rows`` has every column, also those that
    ``columns`` leaves out (a GeoJSON without coordinate columns still has its points).
    ``position_rules`` are the data and rules that the positions were found by, for a Parquet file
    whose sites need not be located again; ``signing_key`` lets the server that opens it know that
    they are its own.
    """

    name: str
    rows: pd.DataFrame
    about: About
    columns: tuple[str, ...] = ()
    position_rules: str = ""
    signing_key: str = ""

    @property
    def table(self) -> pd.DataFrame:
        """The rows with the chosen columns."""
        return self.rows[list(self.columns)] if self.columns else self.rows

    @property
    def column_types(self) -> dict[str, str]:
        """``string``, ``number`` or ``integer`` for each chosen column."""
        return {str(name): _type_name(column) for name, column in self.table.items()}

    @property
    def title(self) -> str:
        """The file's title."""
        return f"Trial site map: {self.name}"


def _type_name(column: pd.Series) -> str:
    if pd.api.types.is_float_dtype(column.dtype):
        return "number"
    return "integer" if pd.api.types.is_integer_dtype(column.dtype) else "string"


class Provenance:
    """Which lists the trials of a library come from; built once for many files.

    Args:
        library: the open lists.
        attributions: the attribution of each source of positions, by its name.
    """

    def __init__(self, library: Library, attributions: Mapping[str, str]) -> None:
        self.library = library
        self.attributions = attributions

    @cached_property
    def _list_and_date(self) -> dict[str, tuple[str, str]]:
        """For each trial id the list with its newest record, and that record's date."""
        found: dict[str, tuple[str, str]] = {}
        for opened in self.library.lists:
            if opened.reading is None:
                continue
            title = f"{opened.name} ({opened.reading.format})"
            for trial in opened.reading.trials:
                date = trial.as_of or trial.last_updated or opened.reading.as_of
                if trial.trial_id not in found or date > found[trial.trial_id][1]:
                    found[trial.trial_id] = (title, date)
        return found

    def describe(self, sites: pd.DataFrame, *, filter_text: str = "") -> About:
        """Where some rows of the library's site table are from.

        Args:
            sites: with ``trial_id`` and ``source``.
            filter_text: the query string that asks for them.
        """
        trial_ids = [str(trial_id) for trial_id in sites["trial_id"].unique()]
        known = self._list_and_date
        origins = [known[trial_id] for trial_id in trial_ids if trial_id in known]
        dates = sorted({date for _, date in origins if date})
        sources = sorted(str(source) for source in sites["source"].unique() if source)
        registries = [
            attribution
            for pattern, attribution in REGISTRIES.items()
            if any(pattern.fullmatch(trial_id) for trial_id in trial_ids)
        ]
        positions = dict.fromkeys(self.attributions.get(source, "") for source in sources)
        return About(
            as_of=dates[-1] if dates else self.library.as_of,
            as_of_oldest=dates[0] if dates else self.library.as_of,
            lists=tuple(dict.fromkeys(title for title, _ in origins)),
            sources=tuple(sources),
            filter=filter_text,
            attribution=(*registries, *(f"Positions: {one}" for one in positions if one)),
            total=len(sites),
            rows=len(sites),
        )
