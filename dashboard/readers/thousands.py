"""Degrees that a spreadsheet took for thousands: ``48.208.174`` or ``48208174`` for 48.208174.

How many digits stand before the point is lost. It is found again where one way alone puts the
site into its country, and only in a table whose column is written so from top to bottom.
"""

import re
from collections.abc import Callable, Sequence
from itertools import product

from dashboard.readers.degrees import as_number
from geocache.borders import in_country
from geocache.countries import country_code

_AS_THOUSANDS = re.compile(r"^[+−-]?(?:\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3}){2,}|\d{5,12})$")
_LEAST_ROWS = 3
_NEARLY_ALL = 0.9
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
