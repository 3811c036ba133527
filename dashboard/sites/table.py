"""Builds the site table from readings: its columns, trial facts and positions."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import categorical_from_codes, concat_tables, factorize
from dashboard.sites.positions import PLACE_COLUMNS, Known, LocateMany, find_rows, position_columns
from dashboard.sites.reading import READ_COLUMNS, Reading
from geocache.geo.countries import country_code
from geocache.place import POSITION_COLUMNS

TRIAL_COLUMNS = {
    "trial_title": "title",
    "trial_status": "status",
    "phase": "phase",
    "sponsor": "sponsor",
}
"""Columns that a site has from its trial, with the trial's attribute."""

COLUMNS = (
    *("trial_id", *TRIAL_COLUMNS),
    *("site_number", *PLACE_COLUMNS),
    *("country_code", "status", *POSITION_COLUMNS),
)
"""The site table's columns, in memory, on screen and in every download."""

_NUMBERED = re.compile(r"^\s*#?(\d[\d-]{1,11})\s*(?:[-–:]\s+(.*))?$", re.DOTALL)


def split_facility(text: str) -> tuple[str, str]:
    """The site number that a facility's text starts with, and the rest.

    ``1102 - LKH Graz`` -> ``("1102", "LKH Graz")``; a bare ``1106`` -> ``("1106", "")``;
    ``12 de Octubre`` -> ``("", "12 de Octubre")``.
    """
    found = _NUMBERED.match(text)
    if not found:
        return "", text.strip()
    return found[1], (found[2] or "").strip()


def build_site_table(
    readings: Sequence[Reading], locate: LocateMany | None = None, known: Known | None = None
) -> pd.DataFrame:
    """The site table of some readings: one row per site, with :data:`COLUMNS`.

    Text columns are categoricals: millions of rows repeat few texts.

    Args:
        readings: in the order of their sites.
        locate: gets each distinct place once, in order; ``None`` leaves positions empty except
            for the registry's own points.
        known: which saved positions are still valid.
    """
    trials = {trial.trial_id: trial for reading in readings for trial in reading.trials}
    frames = [reading.sites for reading in readings if len(reading.sites)]
    if not frames:
        return empty_table()
    read = concat_tables([frame[list(READ_COLUMNS)] for frame in frames])
    columns: dict[str, object] = {name: read[name] for name in READ_COLUMNS}
    codes, trial_ids = factorize(read["trial_id"])
    trial_by_code = [trials.get(trial_id) for trial_id in trial_ids.tolist()]
    for column, text in TRIAL_COLUMNS.items():
        columns[column] = categorical_from_codes(
            codes, [getattr(trial, text, "") for trial in trial_by_code]
        )
    codes, names = factorize(read["country"])
    columns["country_code"] = categorical_from_codes(
        codes, [country_code(str(name)) for name in names]
    )
    for name in ("latitude", "longitude"):
        columns[name] = read[name].astype("float64")
    table = pd.DataFrame(columns)
    saved = _saved_positions(readings, table, known or Known())
    columns |= saved if saved is not None else position_columns(table, locate)
    if saved is not None and known and known.pinned:
        again = find_rows(table, known.pinned)
        if again.any():
            return _relocated(pd.DataFrame({n: columns[n] for n in COLUMNS}), table, again, locate)
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _saved_positions(
    readings: Sequence[Reading], table: pd.DataFrame, known: Known
) -> dict[str, object] | None:
    """The positions saved in the readings, ``None`` if any reading has no valid ones."""
    parts = []
    for reading in readings:
        if not len(reading.sites):
            continue
        if reading.positions is None or not known.version or reading.positions_of != known.version:
            return None
        parts.append(reading.positions)
    positions = concat_tables(parts)
    assert len(positions) == len(table)  # noqa: S101 - row for row
    return {str(name): positions[name] for name in positions.columns}


def _relocated(
    located: pd.DataFrame, read: pd.DataFrame, again: np.ndarray, locate: LocateMany | None
) -> pd.DataFrame:
    """The table with some rows located again."""
    part = read[again].reset_index(drop=True)
    fresh = located[again].reset_index(drop=True).assign(**position_columns(part, locate))
    order = np.empty(len(located), dtype=np.int64)
    order[np.concatenate([np.flatnonzero(~again), np.flatnonzero(again)])] = np.arange(len(located))
    return concat_tables([located[~again], fresh]).iloc[order].reset_index(drop=True)


def empty_table() -> pd.DataFrame:
    """A site table without rows; its text columns are plain text."""
    numbers = {"latitude", "longitude", "score"}
    return pd.DataFrame(
        {name: pd.Series(dtype="float64" if name in numbers else "str") for name in COLUMNS}
    )
