"""Coordinates as people write them, parsed."""

import math
import re

_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?").fullmatch
_PLAIN = re.compile(r"^([+−-]?)(\d{1,3}(?:[.,]\d{0,20})?)$")
_PARTS = re.compile(
    r"^([NSEW]?)\s{0,5}([+−-]?)\s{0,5}(\d{1,3}(?:[.,]\d{1,15})?)\s{0,5}(?:[°ºd:]|deg\b|\s)?\s{0,5}"
    r"(?:(\d{1,2}(?:[.,]\d{1,15})?)\s{0,5}(?:['′’´`m:]|min\b|\s)?\s{0,5})?"
    r"(?:(\d{1,2}(?:[.,]\d{1,15})?)\s{0,5}(?:[\"″”]|s(?=\s{0,5}[nsew]?$)(?!$)|''|’’|′′|sec\b)?\s{0,5})?([NSEW]?)$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[°ºd:'′’´\"″”NSEW]", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(north|south|east|west|nord|süd|ost|sud|est|ouest|norte|sur|este|oeste|ovest)\b"
)
_LETTER = {"süd": "s", "sud": "s", "sur": "s", "ost": "e", "ouest": "w", "oeste": "w", "ovest": "w"}

BOUNDS = {"latitude": 90.0, "longitude": 180.0}
"""Largest degrees of each half of a point."""


def parse_degrees(value: object) -> float:
    """Degrees of a coordinate in any usual spelling, NaN for other text.

    ``48.137``, ``48,137``, ``48.137° N``, ``48°08'14"N``, ``N 48° 8.2'``, ``33 52 10 S``,
    ``-33.86``; S and W are negative. ``3.7° O`` is NaN: it means east or west, by the language.
    """
    if not isinstance(value, str):
        return _convert_number(value)
    if _DECIMAL(value):  # nearly every value of nearly every list
        return float(value)
    text = value.strip()[:40]
    if found := _PLAIN.match(text):
        size = float(found[2].replace(",", "."))
        return -size if found[1] in ("-", "−") else size
    if _SIGN.search(text) and (degrees := _parse_parts(text)) is not None:
        return degrees
    try:
        return _convert_number(float(text)) if len(text) <= 30 else math.nan
    except ValueError:
        return math.nan


def _convert_number(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e6:
        return float(value)
    return math.nan


def _parse_parts(text: str) -> float | None:
    """Degrees from degrees, minutes and seconds, of which only the last may have decimals."""
    lower = _WORDS.sub(lambda word: _LETTER.get(word[0], word[0][0]), text.casefold())
    found = _PARTS.match(lower)
    if not found or (found[1] and found[6]):
        return None
    given = [part.replace(",", ".") for part in found.group(3, 4, 5) if part]
    if any("." in part for part in given[:-1]) or any(float(part) >= 60 for part in given[1:]):
        return None
    size = sum(float(part) / float(60**power) for power, part in enumerate(given))
    south_or_west = (found[1] or found[6]) in ("s", "w")
    return -size if found[2] in ("-", "−") or south_or_west else size
