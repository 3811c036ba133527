"""How many sites each choice of a filter would leave, given the other filters."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from dashboard.filters import Filters
from dashboard.selection import Mask, masks
from dashboard.summary import counts_of
from dashboard.vocabulary import NOT_STATED

FACETS = {
    "country": "country_code",
    "status": "status",
    "city": "city",
    "state": "state",
    "precision": "precision",
    "trial": "trial_id",
    "phase": "phase",
    "sponsor": "sponsor",
    "flag": "flags",
}
"""Filter name and the column its choices come from."""


def facet_counts(sites: pd.DataFrame, filters: Filters) -> dict[str, dict[str, int]]:
    """For each filter of :data:`FACETS`, the count of each choice, most frequent first.

    A choice that the other filters leave nothing of is listed only if it is chosen, with 0.
    """
    found = masks(sites, filters)
    return {
        name: _choices(sites, found, name, column, getattr(filters, name))
        for name, column in FACETS.items()
    }


def _choices(
    sites: pd.DataFrame,
    found: dict[str, Mask],
    name: str,
    column: str,
    chosen: tuple[str, ...],
) -> dict[str, int]:
    others = [mask for other, mask in found.items() if other != name]
    values = sites[column]
    if others:
        values = values[np.logical_and.reduce(others)]
    if name == "flag":
        values = values[values != ""].str.split(";").explode()
    counts = counts_of(values)
    rename: Callable[[str], str] = (lambda v: v or NOT_STATED) if name == "status" else str
    named = {rename(value): count for value, count in counts.items() if rename(value)}
    return named | {value: 0 for value in chosen if value not in named}
