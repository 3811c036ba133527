"""Columns made fit for a table: text that is text, points that are on the globe."""

import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.readers.common.degrees import as_number
from dashboard.readers.common.encoding import MOJIBAKE, repair
from dashboard.sites.vocabulary import (
    is_unclear_if_recruiting,
    site_status_word,
    status_word,
)

_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_LONGEST_TEXT = 2_000


def clean_column(values: Sequence[Any], length: int) -> list[str]:
    """Text without blanks around it, line breaks or control characters.

    ``None``, lists and objects become empty, numbers their text. A short column is filled up with
    empty text.
    """
    column = list(values) if len(values) == length else [*values, *[""] * (length - len(values))]
    if set(map(type, column)) - {str}:
        column = [value if type(value) is str else as_text(value) for value in column]
    column = list(map(str.strip, column))
    if _CONTROL.search("".join(column)) or max(map(len, column), default=0) > _LONGEST_TEXT:
        column = [
            value if value.isprintable() and len(value) <= _LONGEST_TEXT else _one_line(value)
            for value in column
        ]
    return column


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text[:_LONGEST_TEXT]).split())


def as_text(value: object) -> str:
    """Text of a scalar, empty for nothing and for what is no scalar."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - NaN is the one value unlike itself
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    # A number of thousands of digits is no postcode, and turning it into text is refused.
    return str(value) if isinstance(value, int) and abs(value) < 10**20 else ""


def repaired_column(column: list[str]) -> tuple[list[str], int]:
    """The column with its mojibake repaired, and how many values that changed."""
    unique = set(column)
    if MOJIBAKE.search("\n".join(unique)) is None:
        return column, 0
    better = {text: found[0] for text in unique if (found := repair(text)) is not None}
    return [better.get(text, text) for text in column], sum(text in better for text in column)


def clean_points(
    latitudes: Sequence[Any], longitudes: Sequence[Any]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    """Points in WGS 84 degrees, NaN for none, and how many were given but impossible.

    Impossible is what lies off the globe, half a point, and 0, 0 (the usual "unknown").
    """
    latitude, longitude = _numbers(latitudes), _numbers(longitudes)
    given = ~np.isnan(latitude) | ~np.isnan(longitude)
    with np.errstate(invalid="ignore"):
        possible = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
        possible &= (latitude != 0) | (longitude != 0)
    latitude[~possible] = np.nan
    longitude[~possible] = np.nan
    return latitude, longitude, int((given & ~possible).sum())


def _numbers(values: Sequence[Any]) -> npt.NDArray[np.float64]:
    if set(map(type, values)) - {float}:
        values = [value if type(value) is float else as_number(value) for value in values]
    return np.array(values, dtype=np.float64)


def status_column(column: Sequence[str], warn: Callable[[str], None]) -> list[str]:
    """The column in words of :data:`SITE_STATUSES`, empty for others."""
    words = {text: site_status_word(text) for text in set(column)}
    meant = []
    for text in sorted(words):
        shown, word = text[:60], words[text]
        if word and word != status_word(text):
            meant.append(f"{shown!r} as {word}")
        elif text and is_unclear_if_recruiting(text):
            warn(
                f"site status {shown!r} does not say whether a site recruits; those sites have none"
            )
        elif text and not word:
            warn(f"site status {shown!r} is not one we know; those sites have none")
    if meant:
        warn(f"site statuses read: {', '.join(meant)}")
    return [words[text] for text in column]


_NO_FIELDS: dict[str, Any] = {}


def fields_of(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one: damaged records keep what is whole."""
    return value if type(value) is dict else _NO_FIELDS


def items_of(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if type(value) is list else []
