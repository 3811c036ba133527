"""What goes into a file: rows, the columns shown, and what the file says of itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from dashboard.library.lists import Library
from geocache.version import __version__

REGISTRIES = {
    re.compile(
        r"NCT[0-9]{8}"
    ): "Trial records: ClinicalTrials.gov, U.S. National Library of Medicine",
    re.compile(r"[0-9]{4}-5[0-9]{5}-[0-9]{2}(-[0-9]{2})?"): (
        "Trial records: Clinical Trials Information System (CTIS), European Medicines Agency"
    ),
}
"""Whose record a trial id names."""


@dataclass(frozen=True, slots=True)
class About:
    """The data behind one file.

    ``as_of`` and ``as_of_oldest`` are the newest and oldest date (ISO 8601) of the trials in it;
    ``lists`` the site lists they come from; ``sources`` who said where the sites are; ``filter``
    the query string that asks for the same rows, empty for all; ``attribution`` whose data it is;
    ``total`` the rows before ``limit`` and ``offset``.
    """

    as_of: str = ""
    as_of_oldest: str = ""
    lists: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    filter: str = ""
    attribution: tuple[str, ...] = ()
    total: int = 0
    rows: int = 0

    def facts(self) -> dict[str, str]:
        """All of it as a few words by name, in a fixed order."""
        return {
            "as_of": self.as_of,
            "as_of_oldest": self.as_of_oldest,
            "filter": self.filter,
            "rows": f"{self.rows} of {self.total}",
            "lists": "; ".join(self.lists),
            "position_sources": "; ".join(self.sources),
            "attribution": "; ".join(self.attribution),
            "written_by": f"Trial site map {__version__}",
        }


class Provenance:
    """Where the trials of a library come from, made once for many files.

    Args:
        library: the open lists.
        attributions: what must stand beside the positions of each source, by its name.
    """

    def __init__(self, library: Library, attributions: Mapping[str, str]) -> None:
        self.library = library
        self.attributions = attributions

    @cached_property
    def _lists(self) -> dict[str, tuple[str, str]]:
        """For each trial id the list that shows it, and the date of its record."""
        found: dict[str, tuple[str, str]] = {}
        for opened in self.library.lists:
            if opened.reading is None:
                continue
            words = f"{opened.name} ({opened.reading.format})"
            for trial in opened.reading.trials:
                date = trial.as_of or trial.last_updated or opened.reading.as_of
                if trial.trial_id not in found or date > found[trial.trial_id][1]:
                    found[trial.trial_id] = (words, date)
        return found

    def about(self, sites: pd.DataFrame, *, filter_text: str = "") -> About:
        """What to say of some rows of the library's site table.

        Args:
            sites: with ``trial_id`` and ``source``.
            filter_text: the query string that asks for them.
        """
        trial_ids = [str(trial_id) for trial_id in sites["trial_id"].unique()]
        origins = [self._lists[trial_id] for trial_id in trial_ids if trial_id in self._lists]
        dates = sorted({date for _, date in origins if date})
        sources = sorted(str(source) for source in sites["source"].unique() if source)
        registries = [
            words
            for pattern, words in REGISTRIES.items()
            if any(pattern.fullmatch(trial_id) for trial_id in trial_ids)
        ]
        places = [self.attributions.get(source, "") for source in sources]
        return About(
            as_of=dates[-1] if dates else self.library.as_of,
            as_of_oldest=dates[0] if dates else self.library.as_of,
            lists=tuple(dict.fromkeys(words for words, _ in origins)),
            sources=tuple(sources),
            filter=filter_text,
            attribution=(
                *registries,
                *(f"Positions: {words}" for words in dict.fromkeys(places) if words),
            ),
            total=len(sites),
            rows=len(sites),
        )


@dataclass(frozen=True, slots=True)
class Content:
    """One table on its way into a file.

    ``name`` is what a row is, in the plural (``sites``); ``rows`` has every column, also those
    that ``columns`` does not show (a GeoJSON without coordinate columns still has its points).
    """

    name: str
    rows: pd.DataFrame
    about: About
    columns: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """The rows with the columns shown."""
        return self.rows[list(self.columns)] if self.columns else self.rows

    @property
    def title(self) -> str:
        """What the file calls itself."""
        return f"Trial site map: {self.name}"


def column_types(table: pd.DataFrame) -> dict[str, str]:
    """For each column ``string``, ``number`` or ``integer``."""
    return {str(name): _kind(table[name]) for name in table.columns}


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_float_dtype(column.dtype):
        return "number"
    return "integer" if pd.api.types.is_integer_dtype(column.dtype) else "string"
