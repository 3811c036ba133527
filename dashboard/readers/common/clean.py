"""Cleans columns of sites: text, coordinates, statuses; and values of JSON of a wrong type."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.readers.common.encoding import holds_mojibake, repair_mojibake
from dashboard.readers.common.messages import Warn
from dashboard.sites.vocabulary import (
    is_unclear_if_recruiting,
    site_status_word,
    status_word,
)
from geocache.tables.degrees import parse_degrees

_CONTROL = re.compile("[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_MAX_CHARACTERS = 2_000
_NO_FIELDS: dict[str, Any] = {}


def clean_texts(texts: Sequence[str]) -> list[str]:
    """The texts without outer blanks, line breaks and control characters, and cut if very long."""
    cleaned = list(map(str.strip, texts))
    if _CONTROL.search("".join(cleaned)) or max(map(len, cleaned), default=0) > _MAX_CHARACTERS:
        cleaned = [
            text if text.isprintable() and len(text) <= _MAX_CHARACTERS else _one_line(text)
            for text in cleaned
        ]
    return cleaned


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text[:_MAX_CHARACTERS]).split())


def as_text(value: object) -> str:
    """A text or number as text; empty for other values."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - NaN is the one value unlike itself
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value)
    # Python refuses to turn thousands of digits into text.
    return str(value) if isinstance(value, int) and abs(value) < 10**20 else ""


def as_dict(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one, so that damaged records can be read."""
    return value if type(value) is dict else _NO_FIELDS


def as_list(value: object) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if type(value) is list else []


def find_repairs(texts: Sequence[str]) -> dict[str, str]:
    """The texts that are mojibake, with what they were."""
    if not holds_mojibake("\n".join(texts)):
        return {}
    return {text: found[0] for text in texts if (found := repair_mojibake(text)) is not None}


def clean_points(
    latitudes: Sequence[Any], longitudes: Sequence[Any]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], int]:
    """Points in WGS 84 degrees, NaN where there is none, and the number of impossible ones dropped.

    Impossible are points off the globe, half a point, and 0, 0 (which usually means "unknown").
    """
    latitude, longitude = _to_numbers(latitudes), _to_numbers(longitudes)
    given = ~np.isnan(latitude) | ~np.isnan(longitude)
    with np.errstate(invalid="ignore"):
        possible = (np.abs(latitude) <= 90) & (np.abs(longitude) <= 180)
        possible &= (latitude != 0) | (longitude != 0)
    latitude[~possible] = np.nan
    longitude[~possible] = np.nan
    return latitude, longitude, int((given & ~possible).sum())


def _to_numbers(values: Sequence[Any]) -> npt.NDArray[np.float64]:
    if set(map(type, values)) - {float}:
        values = [value if type(value) is float else parse_degrees(value) for value in values]
    return np.array(values, dtype=np.float64)


def normalize_statuses(texts: Sequence[str], warn: Warn) -> list[str]:
    """The texts in the words of :data:`SITE_STATUSES`; empty, with a warning, for other words."""
    words = {text: site_status_word(text) for text in set(texts)}
    translated = []
    for text in sorted(words):
        shown, word = text[:60], words[text]
        if word and word != status_word(text):
            translated.append(f"{shown!r} as {word}")
        elif text and is_unclear_if_recruiting(text):
            warn(f"site status {shown!r} does not say whether a site recruits; left empty")
        elif text and not word:
            warn(f"site status {shown!r} is unknown; left empty")
    if translated:
        warn(f"site statuses read: {', '.join(translated)}")
    return [words[text] for text in texts]
