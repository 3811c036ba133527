"""Applies filters to a site table."""

import threading
from collections import OrderedDict
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd

from dashboard.query.filter_kinds import Mask
from dashboard.query.filters import Filters
from dashboard.query.near import Centre
from dashboard.sites.fields import DISTANCE
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.records import attach_records, get_records
from geocache.geo.distance import distances_km

DISTANCE_COLUMN = DISTANCE

MAX_TABLES, MAX_ROWS = 32, 500_000
"""How many of the tables filtered last are held, and rows in all of them."""


def apply(sites: pd.DataFrame, filters: Filters, centre: Centre | None = None) -> pd.DataFrame:
    """The rows that the filters keep, in the table's order, with its columns.

    With ``near`` they are sorted by distance and have a last column ``distance_km`` (1 decimal);
    rows without a position, or beyond ``radius_km``, are left out.

    Args:
        sites: the site table.
        filters: what to keep.
        centre: where ``near`` is, from :func:`dashboard.query.near.find_centre`.

    Raises:
        ValueError: ``near`` is set and ``centre`` is missing.
    """
    kept = _filter(sites, filters.replace(near="", radius_km=None))
    if not filters.near:
        return kept
    if centre is None:
        raise ValueError("near needs its centre: call find_centre")
    distances = distances_km(centre[:2], kept["latitude"], kept["longitude"])
    near = kept.assign(**{DISTANCE_COLUMN: distances.round(1)})
    limit = filters.radius_km if filters.radius_km is not None else np.inf
    near = near[distances <= limit]
    found = near.sort_values(DISTANCE_COLUMN, kind="stable")
    attach_records(found, get_records(sites))
    return found


def masks(sites: pd.DataFrame, filters: Filters) -> dict[str, Mask]:
    """By name of each filter that is set the rows it keeps; ``near`` and ``radius_km`` apart."""
    found = ((one.name, one.mask(sites, value)) for one, value in filters.pairs())
    return {name: mask for name, mask in found if mask is not None}


def _filter(sites: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The rows that the filters keep; sessions with equal filters share the table."""
    shared = _filtered_tables(sites)
    found = shared.get(filters)
    if found is None:
        mask = np.ones(len(sites), dtype=bool)
        for passed in masks(sites, filters).values():
            mask &= passed
        found = shared[filters] = sites if mask.all() else sites[mask]
        if found is not sites:
            attach_records(found, get_records(sites))
    if found is not sites:
        _latest.hold(found)
    return found


@memoize_per_table
def _filtered_tables(_sites: pd.DataFrame) -> WeakValueDictionary[Filters, pd.DataFrame]:
    """The filtered tables of a table by filters, as long as anyone holds them."""
    return WeakValueDictionary()


class _Latest:
    """Holds the tables filtered last, and with them what is memoized for them."""

    def __init__(self) -> None:
        self._held: OrderedDict[int, pd.DataFrame] = OrderedDict()
        self._rows = 0
        self._lock = threading.Lock()

    def hold(self, table: pd.DataFrame) -> None:
        with self._lock:
            if self._held.pop(id(table), None) is None:
                self._rows += len(table)
            self._held[id(table)] = table
            while self._held and (len(self._held) > MAX_TABLES or self._rows > MAX_ROWS):
                self._rows -= len(self._held.popitem(last=False)[1])


_latest = _Latest()
