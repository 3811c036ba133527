"""The site table: its columns, how it is built from readings, and how positions join it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

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

    Args:
        readings: in the order their sites shall stand.
        locate: answers each distinct place once, in order; ``None`` leaves positions empty but
            for the registry's own points.
    """
    trials = {trial.trial_id: trial for reading in readings for trial in reading.trials}
    frames = [reading.sites for reading in readings if len(reading.sites)]
    if not frames:
        return empty_table()
    read = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    read = read.reset_index(drop=True)
    table = pd.DataFrame({name: read[name] for name in READ_COLUMNS})
    for column, text in _TRIAL_COLUMNS.items():
        words = {trial_id: str(getattr(trial, text)) for trial_id, trial in trials.items()}
        table[column] = table["trial_id"].map(words).fillna("").astype("str")
    for column in ("latitude", "longitude"):
        table[column] = table[column].astype("float64")
    codes, names = pd.factorize(table["country"])
    table["country_code"] = pd.Series(
        [country_code(str(n)) for n in names], dtype="str"
    ).to_numpy()[codes]
    table = table.assign(**position_columns(table, locate))
    return table[list(COLUMNS)]


_TRIAL_COLUMNS = {
    "trial_title": "title",
    "trial_status": "status",
    "phase": "phase",
    "sponsor": "sponsor",
}


def empty_table() -> pd.DataFrame:
    """A site table of no rows, with every column's type."""
    numbers = {"latitude", "longitude", "score"}
    return pd.DataFrame(
        {name: pd.Series(dtype="float64" if name in numbers else "str") for name in COLUMNS}
    )
