"""Facets: how many sites each choice of a filter would leave, given the other filters."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.query.apply import masks
from dashboard.query.filters import Filters, list_choice_filters
from dashboard.sites.memo import memoize_per_table


@memoize_per_table
def facet_counts(sites: pd.DataFrame, filters: Filters) -> dict[str, dict[str, int]]:
    """By filter name the count of each choice, as :meth:`ChoiceFilter.count` gives it."""
    kept = masks(sites, filters)
    rows_by_others: dict[frozenset[str], npt.NDArray[np.intp] | None] = {frozenset(): None}
    counts = {}
    for one in list_choice_filters(sites):
        others = frozenset(kept) - {one.name}
        if others not in rows_by_others:
            both = np.logical_and.reduce([kept[name] for name in others])
            rows_by_others[others] = np.flatnonzero(both)
        counts[one.name] = one.count(sites, rows_by_others[others], filters.get(one.name, ()))
    return counts
