"""Which column of a table is which of ours where no name says so: by what stands in them."""

import re
from collections.abc import Callable, Sequence

from dashboard.readers.common.place_knowledge import is_city, is_city_anywhere
from dashboard.sites.vocabulary import SITE_STATUSES, status_word
from geocache.geo.countries import country_code

_SAMPLE_ROWS = 300
_LONGEST_NAME = 40
TRIAL_ID = re.compile(
    r"^\s*(NCT\d{8}|\d{4}-\d{6}-\d{2}(-\d{2})?|ISRCTN\d+|ACTRN\d+|ChiCTR[\w-]+|CTRI/\S+|jRCT\S+|"
    r"DRKS\d+|EUCTR\S+|JPRN-\S+|KCT\d+|NL-?\w+|RBR-\w+|TCTR\d+|UMIN\d+)\s*$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"^[A-Z0-9][A-Z0-9 -]{2,9}$", re.IGNORECASE)


def share(values: Sequence[str], good: Callable[[str], object]) -> float:
    """The part of the values, 0-1, that are good."""
    return sum(bool(good(value)) for value in values) / len(values)


def by_content(values: Sequence[str]) -> str:
    """``trial_id``, ``country`` or ``status`` for a column that holds nothing else, else empty."""
    if len(values) < 1:
        return ""
    if share(values, TRIAL_ID.match) > 0.8:
        return "trial_id"
    if share(values, country_code) > 0.8 and max(map(len, values)) > 3:
        return "country"
    # Words of a registry only: `open` and `closed` stand in columns about contracts too.
    if share(values, lambda value: status_word(value) in SITE_STATUSES) > 0.8:
        return "status"
    return ""


def guess_without_header(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Which column is which in a table without names, by content; empty where it is no site list.

    A country column is needed; city is the text column before it, facility the longest text.
    """
    width = max((len(row) for row in rows), default=0)
    cells = [
        [row[at].strip() for row in rows[:_SAMPLE_ROWS] if at < len(row) and row[at].strip()]
        for at in range(width)
    ]
    found: dict[str, int] = {}
    for at, values in enumerate(cells):
        target = by_content(values) if values else ""
        if target and target not in found:
            found[target] = at
    if "country" not in found:
        return {}
    country = found["country"]
    city = _column_of_cities(rows[:_SAMPLE_ROWS], country, width)
    if city is not None and city not in found.values():
        found["city"] = city
    texts = [
        at
        for at, values in enumerate(cells)
        if values and at not in found.values() and share(values, _is_words) > 0.6
    ]
    before = [at for at in texts if at < country]
    if city is not None:
        others = [at for at in texts if at != city]
        if others:
            found["facility"] = max(others, key=lambda at: sum(map(len, cells[at])))
    elif before:
        longest = max(texts, key=lambda at: sum(map(len, cells[at])) / len(cells[at]))
        if len(texts) > 1:
            found["facility"] = longest
        rest = [at for at in before if at != found.get("facility")]
        if rest:
            found["city"] = rest[0]
            if len(rest) > 1:
                found["state"] = rest[-1]
    for at, values in enumerate(cells):
        if at not in found.values() and values and share(values, _is_postcode) > 0.7:
            found.setdefault("postcode", at)
    return found


def _column_of_cities(rows: Sequence[Sequence[str]], country: int, width: int) -> int | None:
    """The column with the most towns of their rows' countries, a third or more; None for none."""
    known = [0] * width
    for row in rows:
        code = country_code(row[country]) if country < len(row) else ""
        for at, cell in enumerate(row if code else ()):
            known[at] += at != country and is_city(cell, code)
    best = max(range(width), key=known.__getitem__)
    return best if known[best] * 3 >= len(rows) else None


def names_row(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row, where it names columns in words that nobody knows; None where it does not.

    It does where every cell is a short word unlike the others and no country, and a column below
    holds what its own cell is not: countries, statuses, trials or numbers.
    """
    first = next((at for at, row in enumerate(rows) if any(row)), None)
    if first is None:
        return None
    names = [cell.strip() for cell in rows[first]]
    body = [row for row in rows[first + 1 : first + 1 + _SAMPLE_ROWS] if any(row)]
    wide = sum(len(row) == len(names) for row in body) * 2 > len(body)
    if len(names) < 2 or not wide or not all(map(_may_name, names)) or len(set(names)) < len(names):
        return None
    columns = [
        [row[at].strip() for row in body if at < len(row) and row[at].strip()]
        for at in range(len(names))
    ]
    if any(values and share(values, _has_digit) > 0.8 for values in columns):
        return first
    unlike = any(by_content(values) for values in columns)
    return first if unlike and not any(map(is_city_anywhere, names)) else None


def _may_name(cell: str) -> bool:
    """True for what may name a column: a few words without a number, and no value we know."""
    return (
        0 < len(cell) <= _LONGEST_NAME
        and not _has_digit(cell)
        and "@" not in cell
        and not (len(cell) > 3 and country_code(cell))
        and status_word(cell) not in SITE_STATUSES
    )


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _is_words(value: str) -> bool:
    return sum(letter.isalpha() for letter in value) * 2 > len(value)


def _is_postcode(value: str) -> bool:
    return bool(_POSTCODE.match(value)) and any(letter.isdigit() for letter in value)
