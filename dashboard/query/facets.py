"""How many sites each choice of a filter would leave, given the other filters."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dashboard.query.apply import Mask, masks
from dashboard.query.filters import Filters
from dashboard.sites.categoricals import Codes, count_codes, factorize, memoize_per_table
from dashboard.sites.summary import most_frequent
from dashboard.sites.vocabulary import NOT_STATED

if TYPE_CHECKING:
    from collections.abc import Callable

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

MOST_CHOICES = 250
"""More than a person scrolls through; the search finds the others."""


@memoize_per_table
def facet_counts(sites: pd.DataFrame, filters: Filters) -> dict[str, dict[str, int]]:
    """For each filter of :data:`FACETS`, the count of each choice, most frequent first.

    A choice that the other filters leave nothing of is listed only if it is chosen, with 0. Of
    more than :data:`MOST_CHOICES` choices the most frequent are listed, and those chosen.
    """
    found = masks(sites, filters)
    rows: dict[frozenset[str], Codes | None] = {}
    counts = {}
    for name, column in FACETS.items():
        others = frozenset(other for other in found if other != name)
        if others not in rows:
            rows[others] = _rows([found[other] for other in others])
        counts[name] = _choices(sites[column], rows[others], name, getattr(filters, name))
    return counts


def _rows(others: list[Mask]) -> Codes | None:
    return np.flatnonzero(np.logical_and.reduce(others)) if others else None


def _choices(
    column: pd.Series, rows: Codes | None, name: str, chosen: tuple[str, ...]
) -> dict[str, int]:
    codes, distinct = factorize(column)
    counts: Codes = count_codes(codes if rows is None else codes[rows], len(distinct))
    if name == "flag":
        distinct, counts = _single_flags(distinct, counts)
    rename: Callable[[str], str] = (lambda v: v or NOT_STATED) if name == "status" else str
    named = {
        rename(value): count
        for value, count in most_frequent(distinct, counts, MOST_CHOICES, chosen).items()
        if rename(value)
    }
    return named | {value: 0 for value in chosen if value not in named}


def _single_flags(distinct: pd.Index, counts: Codes) -> tuple[pd.Index, Codes]:
    single: dict[str, int] = {}
    for flags, count in zip(distinct, counts.tolist(), strict=True):
        for flag in str(flags).split(";") if flags else ():
            single[flag] = single.get(flag, 0) + count
    return pd.Index(list(single), dtype="str"), np.array(list(single.values()), dtype=np.int64)
