"""What changed between two versions of a site list: sites added, removed, moved, other statuses."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.sites.categoricals import concat_tables, factorize, normalize_texts
from dashboard.sites.table import COLUMNS
from geocache.facilities.spelling import spelling_key
from geocache.geo.distance import EARTH_RADIUS_KM
from geocache.geo.facilities import is_placeholder
from geocache.geo.sphere import to_unit_vectors

ADDED, REMOVED, STATUS, MOVED = "added", "removed", "status changed", "moved"
CHANGES = (ADDED, REMOVED, STATUS, MOVED)
UNCHANGED = "unchanged"
CHANGE_COLUMNS = (
    *("change", "trial_id", "site_number", "facility", "city", "state", "postcode"),
    *("country", "country_code", "status", "previous_status", "previous_city"),
    *("latitude", "longitude", "precision", "previous_latitude", "previous_longitude"),
    *("moved_km", "previous_date", "date"),
)

MOVED_KM = 1.0
"""Two positions of one place may differ by so much, as points of the same hospital do."""

Rows = npt.NDArray[np.int64]

_WHERE = ("facility", "city", "country_code")
_STEPS: tuple[tuple[str, ...], ...] = (
    ("site_number", *_WHERE, "state", "postcode", "status", "point"),
    ("site_number", *_WHERE, "state", "postcode", "status"),
    ("site_number", *_WHERE),
    ("facility_key", "city", "country_code"),
    ("site_number!", "country_code"),
    (*_WHERE, "postcode"),
    _WHERE,
    ("facility_key", "country_code"),
)
"""What a site of one version has in common with one of the other, the surest first; always the
trial too. A column with ``!`` must be filled in, and so must a facility's key."""


def find_changes(
    earlier: pd.DataFrame,
    later: pd.DataFrame,
    earlier_dates: Mapping[str, str] | None = None,
    later_dates: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """One row per change with :data:`CHANGE_COLUMNS`, sorted by kind, trial and country.

    A site that has another status and moved has two rows. Equal sites ("Research Site, Berlin",
    twice) are paired so that the fewest changes are left. A removed site stands as it was.

    Args:
        earlier: the site table of the earlier version.
        later: that of the later one.
        earlier_dates: the date of each trial's record (ISO 8601) in the earlier version.
        later_dates: those in the later one.
    """
    if not len(earlier) and not len(later):
        return pd.DataFrame(columns=list(CHANGE_COLUMNS))
    both, found = _pair_tables(earlier, later)
    before, after, moved = found.before, found.after, found.moved
    parts = [
        _build_rows(both, ADDED, np.full(len(found.new), -1), found.new),
        _build_rows(both, REMOVED, found.gone, np.full(len(found.gone), -1)),
        _build_rows(both, STATUS, before[found.other_status], after[found.other_status]),
        _build_rows(both, MOVED, before[moved], after[moved], found.km[moved]),
    ]
    changes = pd.concat(parts, ignore_index=True)
    for column, dates in (("previous_date", earlier_dates or {}), ("date", later_dates or {})):
        changes[column] = [dates.get(trial_id, "") for trial_id in changes["trial_id"]]
    changes["change"] = pd.Categorical(changes["change"], categories=list(CHANGES))
    order = changes.sort_values(["change", "trial_id", "country_code", "city"], kind="stable")
    order["change"] = order["change"].astype("str")
    return order[list(CHANGE_COLUMNS)].reset_index(drop=True)


def mark_changes(earlier: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    """The sites of the later version, then those that were removed, with what changed of each.

    The last column, ``change``, is one of :data:`CHANGES` or :data:`UNCHANGED`; of a site that has
    another status and moved, the former. The index is 0, 1, 2, ….

    Args:
        earlier: the site table of the earlier version.
        later: that of the later one.
    """
    if not len(earlier) and not len(later):
        return later.assign(change="")
    both, found = _pair_tables(earlier, later)
    change = np.full(len(both), UNCHANGED, dtype=object)
    change[found.new] = ADDED
    change[found.gone] = REMOVED
    change[found.after[found.moved]] = MOVED
    change[found.after[found.other_status]] = STATUS
    shown = np.concatenate([np.arange(len(earlier), len(both)), found.gone])
    marked = both.assign(change=change).iloc[shown]
    return marked.reset_index(drop=True)


class _Pairs(NamedTuple):
    """Row numbers in both tables together.

    ``before`` and ``after`` are one site each, ``gone`` and ``new`` have no partner;
    ``other_status``, ``moved`` and ``km`` are of the pairs.
    """

    before: Rows
    after: Rows
    gone: Rows
    new: Rows
    other_status: npt.NDArray[np.bool_]
    moved: npt.NDArray[np.bool_]
    km: npt.NDArray[np.float64]


def _pair_tables(earlier: pd.DataFrame, later: pd.DataFrame) -> tuple[pd.DataFrame, _Pairs]:
    """Both versions in one table, and which of their rows are one site."""
    names = [name for name in COLUMNS if name in earlier and name in later]
    both = concat_tables([earlier[names], later[names]])
    before, after = _pair_rows(both, len(earlier))
    rows = np.arange(len(both))
    status, _ = factorize(both["status"])
    pairs = _Pairs(
        before,
        after,
        np.setdiff1d(rows[: len(earlier)], before),
        np.setdiff1d(rows[len(earlier) :], after),
        np.asarray(status[before] != status[after]),
        *_find_moves(both, before, after),
    )
    return both, pairs


def _pair_rows(
    both: pd.DataFrame, size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row numbers of the same site in the earlier part and in the later one."""
    codes: dict[str, npt.NDArray[np.integer[Any]]] = {}
    for name in ("trial_id", "status", "site_number", *_WHERE, "state", "postcode"):
        number, distinct = factorize(both[name])
        plain = normalize_texts(distinct).to_numpy(zero_copy_only=False)
        codes[name] = pd.factorize(plain)[0].astype(np.int64)[number]
    points = both.groupby(["latitude", "longitude"], dropna=False, sort=False).ngroup()
    codes["point"] = points.to_numpy(dtype=np.int64)
    number, distinct = factorize(both["facility"])
    keys = ["" if is_placeholder(str(n)) else spelling_key(str(n)) for n in distinct]
    key_numbers = pd.factorize(np.array(keys, dtype=object))[0].astype(np.int64)
    codes["facility_key"] = key_numbers[number]
    filled = {"facility_key": np.array([key != "" for key in keys], dtype=bool)[number]}
    number, distinct = factorize(both["site_number"])
    filled["site_number!"] = np.asarray(distinct != "", dtype=bool)[number]
    codes["site_number!"] = codes["site_number"]
    free = np.ones(len(both), dtype=bool)
    before, after = [], []
    for step in _STEPS:
        usable = free.copy()
        for name in step:
            usable &= filled.get(name, True)
        rows = np.flatnonzero(usable)
        keyed = pd.DataFrame({name: codes[name][rows] for name in ("trial_id", *step)})
        keyed["row"], keyed["late"] = rows, rows >= size
        names = ["trial_id", *step]
        keyed["nth"] = keyed.groupby([*names, "late"], sort=False).cumcount()
        early, late = keyed[~keyed["late"]], keyed[keyed["late"]]
        pairs = early.merge(late, on=[*names, "nth"], suffixes=("", "_after"))
        before.append(pairs["row"].to_numpy(dtype=np.int64))
        after.append(pairs["row_after"].to_numpy(dtype=np.int64))
        free[before[-1]] = free[after[-1]] = False
    return np.concatenate(before), np.concatenate(after)


def _find_moves(
    both: pd.DataFrame, before: npt.NDArray[np.int64], after: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    """Which pairs moved, and how many km.

    A position that merely became more exact is no move: the place as written is then the same.
    """
    points = to_unit_vectors(both["latitude"].to_numpy(), both["longitude"].to_numpy())
    chord = np.linalg.norm(points[before] - points[after], axis=1)
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1))
    city, cities = factorize(both["city"])
    plain = pd.factorize(normalize_texts(cities).to_numpy(zero_copy_only=False))[0][city]
    land, _ = factorize(both["country_code"])
    elsewhere = (plain[before] != plain[after]) | (land[before] != land[after])
    precision, _ = factorize(both["precision"])
    comparable = elsewhere | (precision[before] == precision[after])
    moved = np.where(np.isnan(km), elsewhere, comparable & (km > MOVED_KM))
    return moved.astype(bool), km


def _build_rows(
    both: pd.DataFrame,
    change: str,
    before: npt.NDArray[np.int64],
    after: npt.NDArray[np.int64],
    km: npt.NDArray[np.float64] | None = None,
) -> pd.DataFrame:
    """Rows of one kind of change; -1 where a version does not have the site."""
    shown = np.where(after >= 0, after, before)
    names = [name for name in CHANGE_COLUMNS if name in both]
    rows = both.iloc[shown][names].reset_index(drop=True)
    for name in rows.select_dtypes("category"):
        rows[name] = rows[name].astype("str")
    known = before >= 0
    for name in ("status", "city"):
        texts = both[name].iloc[before].astype("str").to_numpy(dtype=object)
        rows[f"previous_{name}"] = np.where(known, texts, "")
    for name in ("latitude", "longitude"):
        rows[f"previous_{name}"] = np.where(known, both[name].to_numpy()[before], np.nan)
    rows["change"] = change
    rows["moved_km"] = np.nan if km is None else km.round(1)
    return rows
