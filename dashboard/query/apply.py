"""Carrying filters out on a site table."""

import threading
from collections import OrderedDict
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.errors import FilterError
from dashboard.query.coordinates import BBox, parse_point
from dashboard.query.filters import Filters
from dashboard.query.near import LocatePlace, distance_km, find_centre
from dashboard.sites.categoricals import (
    factorize,
    memoize_per_table,
    normalize_text,
    normalize_texts,
    spread,
)
from dashboard.sites.vocabulary import NOT_STATED
from geocache.place import Position

DISTANCE_COLUMN = "distance_km"
SEARCHED = ("trial_id", "trial_title", "site_number", "facility", "city", "state", "country")

LATEST_TABLES, LATEST_ROWS = 32, 500_000
"""So many of the tables filtered last are held, with so many rows in all."""

Mask = npt.NDArray[np.bool_]


def _one_of(column: pd.Series, values: tuple[str, ...]) -> Mask:
    codes, distinct = factorize(column)
    wanted = pa.array(sorted({normalize_text(value) for value in values}), type=pa.large_string())
    return spread(codes, _mask(pc.is_in(normalize_texts(distinct), value_set=wanted)))


def _flagged(column: pd.Series, values: tuple[str, ...]) -> Mask:
    codes, distinct = factorize(column)
    wanted = set(values)
    passed = [not wanted.isdisjoint(str(text).split(";")) for text in distinct]
    return spread(codes, np.array(passed, dtype=bool))


def _mask(passed: pa.Array) -> Mask:
    mask: Mask = passed.to_numpy(zero_copy_only=False)
    return mask


def _search(sites: pd.DataFrame, query: str) -> Mask:
    words = dict.fromkeys(normalize_text(query).split())
    columns = [factorize(sites[name]) for name in SEARCHED]
    mask = np.ones(len(sites), dtype=bool)
    for word in words:
        found = np.zeros(len(sites), dtype=bool)
        for codes, distinct in columns:
            holds = _mask(pc.match_substring(normalize_texts(distinct), word))
            if holds.any():
                found |= spread(codes, holds)
        mask &= found
        if not mask.any():
            break
    return mask


def _inside(sites: pd.DataFrame, box: BBox) -> Mask:
    latitude, longitude = sites["latitude"].to_numpy(), sites["longitude"].to_numpy()
    in_height = (latitude >= box.south) & (latitude <= box.north)
    if box.west <= box.east:
        in_width = (longitude >= box.west) & (longitude <= box.east)
    else:
        in_width = (longitude >= box.west) | (longitude <= box.east)
    inside: Mask = in_height & in_width
    return inside


_LIST_COLUMNS = {
    "trial": "trial_id",
    "state": "state",
    "city": "city",
    "phase": "phase",
    "sponsor": "sponsor",
    "precision": "precision",
}


def masks(sites: pd.DataFrame, filters: Filters) -> dict[str, Mask]:
    """For each filter that is set, by name, the rows it keeps (``near`` apart)."""
    found = {
        name: _one_of(sites[column], getattr(filters, name))
        for name, column in _LIST_COLUMNS.items()
        if getattr(filters, name)
    }
    if filters.country:
        found["country"] = _one_of(sites["country_code"], filters.country)
    if filters.status:
        wanted = tuple("" if s == NOT_STATED else s for s in filters.status)
        found["status"] = _one_of(sites["status"], wanted)
    if filters.flag:
        found["flag"] = _flagged(sites["flags"], filters.flag)
    if filters.q:
        found["q"] = _search(sites, filters.q)
    if filters.bbox is not None:
        found["bbox"] = _inside(sites, filters.bbox)
    return found


@memoize_per_table
def _in_use(_sites: pd.DataFrame) -> WeakValueDictionary[Filters, pd.DataFrame]:
    """What was filtered from a table, for as long as anybody holds it."""
    return WeakValueDictionary()


class _Latest:
    """Holds the tables filtered last, with all that is remembered of them: people come back."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, pd.DataFrame] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def hold(self, table: pd.DataFrame) -> None:
        with self._lock:
            if self._held.pop(id(table), None) is None:
                self._rows += len(table)
            self._held[id(table)] = table
            while self._held and (len(self._held) > LATEST_TABLES or self._rows > LATEST_ROWS):
                self._rows -= len(self._held.popitem(last=False)[1])


_latest = _Latest()


def _kept(sites: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The rows that all filters but ``near`` keep; sessions with equal filters share the table."""
    shared = _in_use(sites)
    found = shared.get(filters)
    if found is None:
        mask = np.ones(len(sites), dtype=bool)
        for passed in masks(sites, filters).values():
            mask &= passed
        found = shared[filters] = sites if mask.all() else sites[mask]
    if found is not sites:
        _latest.hold(found)
    return found


def apply(sites: pd.DataFrame, filters: Filters, locate: LocatePlace | None = None) -> pd.DataFrame:
    """The rows the filters keep, in the table's order, with its columns.

    With ``near`` they come by distance, with a last column ``distance_km`` (1 decimal); rows
    without a position, or beyond ``radius_km``, are left out.

    Raises:
        FilterError: ``near`` names a place that nobody knows.
    """
    kept = _kept(sites, filters)
    if not filters.near:
        return kept
    if locate is None and parse_point(filters.near) is None:
        raise FilterError("near", filters.near, "a place name needs a geocoder")
    centre = find_centre(filters.near, locate or (lambda _: Position()), sites)
    assert centre.latitude is not None  # noqa: S101 - find_centre answers resolved positions
    assert centre.longitude is not None  # noqa: S101
    distances = distance_km(centre.latitude, centre.longitude, kept["latitude"], kept["longitude"])
    near = kept.assign(**{DISTANCE_COLUMN: distances.round(1)})
    limit = filters.radius_km if filters.radius_km is not None else np.inf
    near = near[distances <= limit]
    return near.sort_values(DISTANCE_COLUMN, kind="stable")
