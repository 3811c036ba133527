"""Builds the site table from readings: its columns, trial facts and positions."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import categorical_from_codes, concat_tables, factorize, spread
from dashboard.sites.decisions import DECISION_COLUMNS
from dashboard.sites.facility_columns import FACILITY_COLUMNS
from dashboard.sites.fields import list_fields, merge_fields
from dashboard.sites.positions import PLACE_COLUMNS, Known, LocateMany, find_rows, position_columns
from dashboard.sites.reading import READ_COLUMNS, Reading
from dashboard.sites.states import build_state_codes
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
    "state_code",
    *FACILITY_COLUMNS,
    *DECISION_COLUMNS,
)
"""The site table's columns, in memory, on screen and in every download."""

_NUMBERS = frozenset({"latitude", "longitude", "score", "uncertainty_km"})
_NUMBERED = re.compile(
    r"^\s*#?(?:(\d[\d-]{1,11})\s*(?:[-–:]\s+(.*))?|(\d)\s+[-–]\s+([^\W\d_].*))$", re.DOTALL
)


def split_facility(text: str) -> tuple[str, str]:
    """The site number that a facility's text starts with, and the rest.

    ``1102 - LKH Graz`` -> ``("1102", "LKH Graz")``; ``1 - LKH Graz`` -> ``("1", "LKH Graz")``; a
    bare ``1106`` -> ``("1106", "")``;
    ``12 de Octubre`` -> ``("", "12 de Octubre")``.
    """
    found = _NUMBERED.match(text)
    if not found:
        return "", text.strip()
    return found[1] or found[3], (found[2] or found[4] or "").strip()


def build_site_table(
    readings: Sequence[Reading], locate: LocateMany | None = None, known: Known | None = None
) -> pd.DataFrame:
    """The site table of some readings: one row per site, with :data:`COLUMNS` and own columns.

    Text columns are categoricals: millions of rows repeat few texts.

    Args:
        readings: in the order of their sites.
        locate: gets each distinct place once, in order; ``None`` leaves positions empty except
            for the registry's own points.
        known: which saved positions are still valid; they are not located again.
    """
    sites = _build_our_columns(readings, locate, known)
    parts = [(len(reading.sites), reading.fields) for reading in readings if len(reading.sites)]
    fields = merge_fields(parts, COLUMNS)
    return pd.concat([sites, pd.DataFrame(fields)], axis=1) if fields else sites


def concat_site_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Site tables one under the other, also where their own columns differ."""
    sites = concat_tables([table[list(COLUMNS)] for table in tables])
    own = [table[list_fields(table, COLUMNS)].reset_index(drop=True) for table in tables]
    fields = merge_fields([(len(table), each) for table, each in zip(tables, own, strict=True)], ())
    return pd.concat([sites, pd.DataFrame(fields)], axis=1) if fields else sites


def _build_our_columns(
    readings: Sequence[Reading], locate: LocateMany | None, known: Known | None
) -> pd.DataFrame:
    trials = {trial.trial_id: trial for reading in readings for trial in reading.trials}
    frames = [reading.sites for reading in readings if len(reading.sites)]
    if not frames:
        return empty_table()
    read = concat_tables([frame[list(READ_COLUMNS)] for frame in frames])
    columns: dict[str, object] = {name: read[name] for name in READ_COLUMNS}
    columns |= dict.fromkeys((*FACILITY_COLUMNS, *DECISION_COLUMNS), _build_blank_texts(len(read)))
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
    located, missing = _take_saved_positions(readings, table, known or Known())
    if missing.all():
        columns |= position_columns(table, locate)
        return _add_derived(pd.DataFrame(columns))
    columns |= {str(name): located[name] for name in located.columns}
    sites = pd.DataFrame(columns)
    return _add_derived(_locate_rows(sites, table, missing, locate) if missing.any() else sites)


def _add_derived(sites: pd.DataFrame) -> pd.DataFrame:
    """The site table with the columns that follow from others, in the order of :data:`COLUMNS`."""
    return sites.assign(state_code=build_state_codes(sites))[list(COLUMNS)]


def _take_saved_positions(
    readings: Sequence[Reading], table: pd.DataFrame, known: Known
) -> tuple[pd.DataFrame, np.ndarray]:
    """The positions saved with the readings, and which rows must be located nevertheless.

    Those are the rows of readings without valid positions, of places that are pinned now or were
    when the table was saved, and of places that no provider was asked for.
    """
    parts, missing = [], []
    for reading in readings:
        rows = len(reading.sites)
        valid = bool(known.version) and reading.position_rules == known.version
        if rows and valid and reading.positions is not None:
            parts.append(reading.positions)
            missing.append(np.zeros(rows, dtype=bool))
        elif rows:
            parts.append(_build_blank_positions(rows))
            missing.append(np.ones(rows, dtype=bool))
    positions, again = concat_tables(parts), np.concatenate(missing)
    assert len(positions) == len(table)  # noqa: S101 - row for row
    if again.all():
        return positions, again
    again |= find_rows(table, known.pinned)
    codes, sources = factorize(positions["source"])
    again |= spread(codes, np.array([source == "pin" for source in sources], dtype=bool))
    codes, reasons = factorize(positions["reason"])
    again |= spread(codes, np.array(["not asked" in reason for reason in reasons], dtype=bool))
    return positions, again


def _build_blank_positions(rows: int) -> pd.DataFrame:
    text = _build_blank_texts(rows)
    numbers = np.full(rows, np.nan)
    return pd.DataFrame({name: numbers if name in _NUMBERS else text for name in POSITION_COLUMNS})


def _build_blank_texts(rows: int) -> pd.Categorical:
    return pd.Categorical.from_codes(np.zeros(rows, dtype=np.int8), pd.Index([""], dtype="str"))


def _locate_rows(
    sites: pd.DataFrame, read: pd.DataFrame, rows: np.ndarray, locate: LocateMany | None
) -> pd.DataFrame:
    """The site table with the positions of some rows found again."""
    part = read[rows].reset_index(drop=True)
    fresh = sites[rows].reset_index(drop=True).assign(**position_columns(part, locate))
    order = np.empty(len(sites), dtype=np.int64)
    order[np.concatenate([np.flatnonzero(~rows), np.flatnonzero(rows)])] = np.arange(len(sites))
    return concat_tables([sites[~rows], fresh]).iloc[order].reset_index(drop=True)


def empty_table() -> pd.DataFrame:
    """A site table without rows; its text columns are plain text."""
    return pd.DataFrame(
        {name: pd.Series(dtype="float64" if name in _NUMBERS else "str") for name in COLUMNS}
    )
