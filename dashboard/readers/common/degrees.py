"""Degrees of a coordinate, as people write them."""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from geocache.geo.borders import in_country
from geocache.geo.countries import country_code

_PLAIN = re.compile(r"^([+−-]?)(\d{1,3}(?:[.,]\d{0,20})?)$")
_PARTS = re.compile(
    r"^([NSEW]?)\s*([+−-]?)\s*(\d{1,3}(?:[.,]\d{1,15})?)\s*(?:[°ºd:]|deg\b|\s)?\s*"
    r"(?:(\d{1,2}(?:[.,]\d{1,15})?)\s*(?:['′’´`m:]|min\b|\s)?\s*)?"
    r"(?:(\d{1,2}(?:[.,]\d{1,15})?)\s*(?:[\"″”]|s(?=\s*[nsew]?$)(?!$)|''|’’|′′|sec\b)?\s*)?([NSEW]?)$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[°ºd:'′’´\"″”NSEW]", re.IGNORECASE)
_WORDS = re.compile(
    r"\b(north|south|east|west|nord|süd|ost|sud|est|ouest|norte|sur|este|oeste|ovest)\b"
)
_LETTER = {"süd": "s", "sud": "s", "sur": "s", "ost": "e", "ouest": "w", "oeste": "w", "ovest": "w"}


def as_number(value: object) -> float:
    """Degrees of a coordinate as people write it, NaN where it is none.

    ``48.137``, ``48,137``, ``48.137° N``, ``48°08'14"N``, ``N 48° 8.2'``, ``33 52 10 S``,
    ``-33.86``; S and W are negative. ``3.7° O`` is none: east or west, by the language.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e6 else np.nan
    if not isinstance(value, str):
        return np.nan
    text = value.strip()[:40]
    if found := _PLAIN.match(text):
        size = float(found[2].replace(",", "."))
        return -size if found[1] in ("-", "−") else size
    if _SIGN.search(text) and (degrees := _parts(text)) is not None:
        return degrees
    try:
        return float(text) if len(text) <= 30 and abs(float(text)) < 1e6 else np.nan
    except ValueError:
        return np.nan


def _parts(text: str) -> float | None:
    """Degrees, minutes and seconds, whole but for the last, and the side of the globe."""
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


_MOST_ROWS = 40
_LEAST_ROWS = 3
_NEARLY_ALL = 0.9


def are_swapped(rows: Sequence[Sequence[str]], place: Mapping[str, int]) -> bool:
    """True where nearly all of the first points lie in their countries only when exchanged.

    ``rows`` are sites, ``place`` says where their columns are; three with a country and a point
    are needed.
    """
    at = [place.get(target) for target in ("latitude", "longitude", "country")]
    right = exchanged = seen = 0
    for row in rows:
        cells = [row[one] if one is not None and one < len(row) else "" for one in at]
        latitude, longitude, code = as_number(cells[0]), as_number(cells[1]), country_code(cells[2])
        if not code or not (latitude or longitude) or latitude + longitude != latitude + longitude:
            continue
        seen += 1
        right += _lies_in(latitude, longitude, code)
        exchanged += _lies_in(longitude, latitude, code)
        if right > _LEAST_ROWS or seen == _MOST_ROWS:
            break
    return (
        seen >= _LEAST_ROWS
        and exchanged >= _NEARLY_ALL * seen
        and right <= (1 - _NEARLY_ALL) * seen
    )


def _lies_in(latitude: float, longitude: float, code: str) -> bool:
    on_globe = abs(latitude) <= 90 and abs(longitude) <= 180
    return on_globe and in_country(round(latitude, 5), round(longitude, 5), code)


_AS_THOUSANDS = re.compile(r"^[+−-]?(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3}){2,}|\d{5,12})$")
BOUNDS = {"latitude": 90.0, "longitude": 180.0}

Point = tuple[float, float]


def as_thousands(text: str, bound: float) -> bool:
    """True for what could be degrees within ``bound`` with their point lost."""
    return bool(_AS_THOUSANDS.match(text.strip())) and not abs(as_number(text)) <= bound


class LostPoints:
    """Finds the points of a table again; whether it is written so is judged by its first rows."""

    def __init__(self) -> None:
        self._written_so: bool | None = None
        self._count = 0

    def found(
        self, latitudes: Sequence[str], longitudes: Sequence[str], countries: Sequence[str]
    ) -> dict[int, Point]:
        """By row, the points of rows written so; none for a row where no one way is right."""
        rows = list(zip(latitudes, longitudes, countries, strict=True))
        points = {}
        tried = 0
        known: dict[tuple[str, str, str], Point | None] = {}
        for at, row in enumerate(rows):
            broken = as_thousands(row[0], 90), as_thousands(row[1], 180)
            if any(broken):
                tried += 1
                if row not in known:
                    known[row] = _only_point(*row, *broken)
                if point := known[row]:
                    points[at] = point
        if self._written_so is None:
            whole = any(
                _whole(column, bound) for column, bound in ((latitudes, 90), (longitudes, 180))
            )
            self._written_so = whole and tried >= _LEAST_ROWS and len(points) >= _NEARLY_ALL * tried
        if not self._written_so:
            return {}
        self._count += len(points)
        return points

    def report(self, warn: Callable[[str], None]) -> None:
        """Say how many were found."""
        if self._count:
            warn(
                f"{self._count} points written as thousands, such as `48.208.174`, read as the "
                "degrees that lie in their countries"
            )


def _whole(column: Sequence[str], bound: float) -> bool:
    """True where every value of a column is written so."""
    given = [text for text in column if text.strip()]
    return bool(given) and all(as_thousands(text, bound) for text in given)


def _only_point(latitude: str, longitude: str, country: str, *broken: bool) -> Point | None:
    code = country_code(country)
    if not code:
        return None
    norths = _degrees(latitude, 90) if broken[0] else [as_number(latitude)]
    easts = _degrees(longitude, 180) if broken[1] else [as_number(longitude)]
    inside = [
        (north, east)
        for north, east in product(norths, easts)
        if abs(north) <= 90 and abs(east) <= 180 and in_country(north, east, code)
    ]
    return inside[0] if len(inside) == 1 else None


def _degrees(text: str, bound: float) -> list[float]:
    """All degrees that have these digits."""
    digits = re.sub(r"\D", "", text)
    sign = -1 if text.strip()[:1] in ("-", "−") else 1
    ways = (sign * float(f"{digits[:at]}.{digits[at:]}") for at in range(1, min(4, len(digits))))
    return [round(way, 5) for way in ways if abs(way) <= bound]
