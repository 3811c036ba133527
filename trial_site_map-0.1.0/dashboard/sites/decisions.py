"""Decisions about sites: shortlisted, on hold or declined, with a note and a rank.

A decision belongs to the site as its list writes it: trial, site number and address. It is found
again after a restart, and in another version of the list. Of several equal sites ("Research Site,
Berlin", three times) it names the first, second or third.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import categorical_from_codes, factorize, list_texts

SHORTLISTED, ON_HOLD, DECLINED = "shortlisted", "on hold", "declined"
DECISIONS = (SHORTLISTED, ON_HOLD, DECLINED)
UNDECIDED = "undecided"
"""What stands for an empty cell in filters and on the map."""

DECISION_COLUMNS = ("decision", "note")
MAX_NOTE = 2_000
"""Characters."""

_KEY = ("trial_id", "site_number", "facility", "city", "state", "postcode", "country")


class SiteKey(NamedTuple):
    """A site as its list writes it; ``number`` counts equal sites from 0."""

    trial_id: str = ""
    site_number: str = ""
    facility: str = ""
    city: str = ""
    state: str = ""
    postcode: str = ""
    country: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about a site.

    ``decision`` is one of :data:`DECISIONS`, or empty for a note alone; ``rank`` orders the
    shortlist, 0 for none; ``decided_at`` is in seconds since 1970.
    """

    site: SiteKey
    decision: str = ""
    note: str = ""
    rank: int = 0
    decided_at: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing."""
        return not self.decision and not self.note

    def check(self) -> None:
        """Refuse what cannot be stored.

        Raises:
            ValueError: an unknown decision, or a note that is too long.
        """
        if self.decision not in ("", *DECISIONS):
            raise ValueError(f"{self.decision[:40]}: give {', '.join(DECISIONS)}, or nothing")
        if len(self.note) > MAX_NOTE:
            raise ValueError(f"a note has at most {MAX_NOTE:,} characters, not {len(self.note):,}")


def list_site_keys(sites: pd.DataFrame, labels: Sequence[int]) -> list[SiteKey]:
    """The keys of some sites by their labels in the index of the whole site table."""
    numbers = sites.index.get_indexer(pd.Index(list(labels), dtype="int64"))
    rows = numbers[numbers >= 0]
    texts = _list_keys(sites, rows)
    equal = _find_rows(sites, texts)
    return [
        SiteKey(**dict(zip(_KEY, key, strict=True)), number=equal[key].index(row))
        for key, row in zip(texts, rows.tolist(), strict=True)
    ]


def add_decisions(sites: pd.DataFrame, decisions: Iterable[Decision]) -> pd.DataFrame:
    """The site table with :data:`DECISION_COLUMNS` filled in; its index stays."""
    by_row = find_decided_rows(sites, decisions)
    rows = np.fromiter(by_row, dtype=np.int64, count=len(by_row))
    columns = {}
    for name in DECISION_COLUMNS:
        texts = list(dict.fromkeys(["", *(getattr(one, name) for one in by_row.values())]))
        codes = np.zeros(len(sites), dtype=np.int64)
        code = {text: number for number, text in enumerate(texts)}
        codes[rows] = [code[getattr(one, name)] for one in by_row.values()]
        columns[name] = categorical_from_codes(codes, texts)
    return sites.assign(**{n: pd.Series(c, index=sites.index) for n, c in columns.items()})


def find_decided_rows(sites: pd.DataFrame, decisions: Iterable[Decision]) -> dict[int, Decision]:
    """By row number of the site table the decision about it; those about no site are left out."""
    decided = list(decisions)
    equal = _find_rows(sites, [tuple(one.site[:-1]) for one in decided])
    found = {}
    for one in decided:
        rows = equal.get(tuple(one.site[:-1]), [])
        if one.site.number < len(rows):
            found[rows[one.site.number]] = one
    return found


def select_shortlisted(sites: pd.DataFrame, decisions: Iterable[Decision]) -> pd.DataFrame:
    """The shortlisted sites, first those with a rank in its order, then in the table's."""
    ranks = {
        row: (one.rank or len(sites) + 1, row)
        for row, one in find_decided_rows(sites, decisions).items()
        if one.decision == SHORTLISTED
    }
    return sites.iloc[sorted(ranks, key=ranks.__getitem__)]


def _list_keys(sites: pd.DataFrame, rows: np.ndarray) -> list[tuple[str, ...]]:
    part = sites.iloc[rows]
    return list(zip(*(list_texts(part[name]) for name in _KEY), strict=True))


def _find_rows(
    sites: pd.DataFrame, keys: Iterable[tuple[str, ...]]
) -> Mapping[tuple[str, ...], list[int]]:
    """Row numbers of the sites with each of some keys, in the table's order."""
    wanted = set(keys)
    if not wanted or not len(sites):
        return {}
    possible = np.ones(len(sites), dtype=bool)
    for number, name in enumerate(_KEY):
        codes, distinct = factorize(sites[name])
        named = np.asarray(distinct.isin({key[number] for key in wanted}), dtype=bool)
        possible &= named[codes]
    rows = np.flatnonzero(possible)
    found: dict[tuple[str, ...], list[int]] = {}
    for key, row in zip(_list_keys(sites, rows), rows.tolist(), strict=True):
        if key in wanted:
            found.setdefault(key, []).append(row)
    return found
