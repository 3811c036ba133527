"""Coordinates put right where a table has damaged them.

Two kinds of damage are repaired, both by the countries of the sites: latitude and longitude in each
other's columns, and degrees that a spreadsheet turned into thousands (`48.208.174`).
"""

import re
from collections.abc import Mapping, Sequence
from itertools import product

from dashboard.readers.common.messages import Warn
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code
from geocache.tables.degrees import parse_degrees

_AS_THOUSANDS = re.compile(r"^[+−-]?(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3}){2,}|\d{5,12})$")

_MAX_ROWS = 40
_MIN_ROWS = 3
_NEARLY_ALL = 0.9

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def are_swapped(rows: Sequence[Sequence[str]], place: Mapping[str, int]) -> bool:
    """True if nearly all points lie in their countries only with latitude and longitude swapped.

    Args:
        rows: the first sites; three with a country and a point are needed.
        place: the index of each known column.
    """
    at = [place.get(target) for target in ("latitude", "longitude", "country")]
    right = swapped = seen = 0
    for row in rows:
        cells = [row[one] if one is not None and one < len(row) else "" for one in at]
        latitude, longitude, code = (
            parse_degrees(cells[0]),
            parse_degrees(cells[1]),
            country_code(cells[2]),
        )
        if not code or not (latitude or longitude) or latitude + longitude != latitude + longitude:
            continue
        seen += 1
        right += _lies_in(latitude, longitude, code)
        swapped += _lies_in(longitude, latitude, code)
        if right > _MIN_ROWS or seen == _MAX_ROWS:
            break
    return seen >= _MIN_ROWS and swapped >= _NEARLY_ALL * seen and right <= (1 - _NEARLY_ALL) * seen


def are_off_the_globe(rows: Sequence[Sequence[str]], place: Mapping[str, int]) -> bool:
    """True if most latitudes are beyond 90 degrees and all rows make points the other way round."""
    off = seen = 0
    for row in rows:
        cells = [
            row[place[target]] if place[target] < len(row) else ""
            for target in ("latitude", "longitude")
        ]
        latitude, longitude = map(parse_degrees, cells)
        if abs(longitude) > 90:
            return False
        seen += latitude + longitude == latitude + longitude
        off += 90 < abs(latitude) <= 180
    return off > 1 and off * 2 >= seen


def _lies_in(latitude: float, longitude: float, code: str) -> bool:
    on_globe = abs(latitude) <= 90 and abs(longitude) <= 180
    return on_globe and in_country(round(latitude, 5), round(longitude, 5), code)


def looks_like_thousands(text: str, bound: float) -> bool:
    """True for degrees whose decimal point was lost: digits that make no number in ``bound``."""
    return bool(_AS_THOUSANDS.match(text.strip())) and not abs(parse_degrees(text)) <= bound


class PointRecovery:
    """Restores points written as thousands; the first rows decide whether a table has such."""

    def __init__(self) -> None:
        self._applies: bool | None = None
        self._count = 0

    def recover(
        self, latitudes: Sequence[str], longitudes: Sequence[str], countries: Sequence[str]
    ) -> dict[int, Point]:
        """The restored points by row; a row with several or no possible points is left out."""
        rows = list(zip(latitudes, longitudes, countries, strict=True))
        points = {}
        damaged = 0
        known: dict[tuple[str, str, str], Point | None] = {}
        for at, row in enumerate(rows):
            lost = looks_like_thousands(row[0], 90), looks_like_thousands(row[1], 180)
            if any(lost):
                damaged += 1
                if row not in known:
                    known[row] = _find_only_point(*row, *lost)
                if point := known[row]:
                    points[at] = point
        if self._applies is None:
            applies = any(
                _all_lost(column, bound) for column, bound in ((latitudes, 90), (longitudes, 180))
            )
            self._applies = (
                applies and damaged >= _MIN_ROWS and len(points) >= _NEARLY_ALL * damaged
            )
        if not self._applies:
            return {}
        self._count += len(points)
        return points

    def report(self, warn: Warn) -> None:
        """Warn how many points were restored."""
        if self._count:
            warn(
                f"{self._count} points written as thousands, such as `48.208.174`, were read as "
                "the degrees that lie in their countries"
            )


def _all_lost(column: Sequence[str], bound: float) -> bool:
    """True if every value of a column has lost its decimal point."""
    given = [text for text in column if text.strip()]
    return bool(given) and all(looks_like_thousands(text, bound) for text in given)


def _find_only_point(latitude: str, longitude: str, country: str, *lost: bool) -> Point | None:
    code = country_code(country)
    if not code:
        return None
    norths = _list_degrees(latitude, 90) if lost[0] else [parse_degrees(latitude)]
    easts = _list_degrees(longitude, 180) if lost[1] else [parse_degrees(longitude)]
    inside = [
        (north, east)
        for north, east in product(norths, easts)
        if abs(north) <= 90 and abs(east) <= 180 and in_country(north, east, code)
    ]
    return inside[0] if len(inside) == 1 else None


def _list_degrees(text: str, bound: float) -> list[float]:
    """All degrees with these digits, whatever the place of the decimal point."""
    digits = re.sub(r"\D", "", text)
    sign = -1 if text.strip()[:1] in ("-", "−") else 1
    ways = (sign * float(f"{digits[:at]}.{digits[at:]}") for at in range(1, min(4, len(digits))))
    return [round(way, 5) for way in ways if abs(way) <= bound]
