"""The site table: its columns, how it is built from readings, and how positions join it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from dashboard.codes import codes_of, compact, recoded, stacked
from dashboard.positions import Locate, position_columns
from geocache.countries import country_code

if TYPE_CHECKING:  # readers stand above this module
    from dashboard.readers.reading import Reading

COLUMNS = (
    "trial_id",
    "trial_title",
    "trial_status",
    "phase",
    "sponsor",
    "site_number",
    "facility",
    "city",
    "state",
    "postcode",
    "country",
    "country_code",
    "status",
    "latitude",
    "longitude",
    "precision",
    "place_name",
    "source",
    "score",
    "flags",
    "reason",
)
"""The site table's columns, in memory, on screen and in every download."""

READ_COLUMNS = (
    "trial_id",
    "site_number",
    "facility",
    "city",
    "state",
    "postcode",
    "country",
    "status",
    "latitude",
    "longitude",
)
"""What a reader fills: text as the registry wrote it (status in our words), and the registry's own
point in WGS 84 degrees, NaN where it gives none."""

_NUMBERED = re.compile(r"^\s*#?(\d[\d-]{1,11})\s*(?:[-–:]\s+(.*))?$", re.DOTALL)


def split_facility(text: str) -> tuple[str, str]:
    """The site number a facility line starts with, and the rest.

    ``1102 - LKH Graz`` -> ``("1102", "LKH Graz")``; a bare ``1106`` -> ``("1106", "")``;
    ``12 de Octubre`` -> ``("", "12 de Octubre")``.
    """
    found = _NUMBERED.match(text)
    if not found:
        return "", text.strip()
    return found[1], (found[2] or "").strip()


def site_table(readings: Sequence[Reading], locate: Locate | None = None) -> pd.DataFrame:
    """The site table of some readings: a row a site, with :data:`COLUMNS`.

    Text columns are categoricals: millions of rows repeat few texts.

    Args:
        readings: in the order their sites shall stand.
        locate: answers each distinct place once, in order; ``None`` leaves positions empty but
            for the registry's own points.
    """
    trials = {trial.trial_id: trial for reading in readings for trial in reading.trials}
    frames = [reading.sites for reading in readings if len(reading.sites)]
    if not frames:
        return empty_table()
    read = stacked([frame[list(READ_COLUMNS)] for frame in frames])
    columns: dict[str, object] = {name: read[name] for name in READ_COLUMNS}
    codes, trial_ids = codes_of(read["trial_id"])
    for column, text in _TRIAL_COLUMNS.items():
        words = [str(getattr(trials.get(i), text, "")) for i in trial_ids]
        columns[column] = recoded(codes, words)
    codes, names = codes_of(read["country"])
    columns["country_code"] = recoded(codes, [country_code(str(name)) for name in names])
    for name in ("latitude", "longitude"):
        columns[name] = read[name].astype("float64")
    columns |= position_columns(pd.DataFrame(columns), locate)
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


_TRIAL_COLUMNS = {
    "trial_title": "title",
    "trial_status": "status",
    "phase": "phase",
    "sponsor": "sponsor",
}


def empty_table() -> pd.DataFrame:
    """A site table of no rows, with every column's type."""
    numbers = {"latitude", "longitude", "score"}
    return compact(
        pd.DataFrame(
            {name: pd.Series(dtype="float64" if name in numbers else "str") for name in COLUMNS}
        )
    )
