"""Parses dates as registries write them."""

import re
from functools import lru_cache

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        1,
    )
    for name in names
}
_ISO = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:[T ].*)?$")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})\b")
_DAY_MONTH_YEAR = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")


@lru_cache(maxsize=4_096)
def parse_date(text: str) -> str:
    """The date in ISO 8601, as exact as the text: day, month or year.

    ``June 1, 2020`` -> ``2020-06-01``, ``May 2018`` -> ``2018-05``, ``29/01/2021`` (day first, as
    European registries write) -> ``2021-01-29``.

    Empty if the text holds no date.
    """
    text = text.strip()[:80]
    if found := _ISO.match(text):
        return "-".join(part for part in found.groups() if part)
    if found := _DAY_FIRST.search(text):
        return _format(found[3], _MONTHS.get(found[2].casefold()), found[1])
    if found := _MONTH_FIRST.search(text):
        return _format(found[3], _MONTHS.get(found[1].casefold()), found[2])
    if found := _DAY_MONTH_YEAR.match(text):
        return _format(found[3], int(found[2]), found[1])
    if found := _COMPACT.match(text):
        return _format(found[1], int(found[2]), found[3])
    return ""


def _format(year: str, month: int | None, day: str | None) -> str:
    if month is None or not 1 <= month <= 12:
        return ""
    if day is None:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{int(day):02}" if 1 <= int(day) <= 31 else ""
