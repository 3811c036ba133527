"""Coordinates, boxes and radii as a query string writes them."""

import re
from decimal import Decimal
from typing import NamedTuple

from dashboard.errors import FilterError

MAX_RADIUS_KM = 20_040
"""Half of the Earth's circumference."""

LATITUDE = r"-?(90(\.0+)?|[0-8]?[0-9](\.[0-9]+)?)"
LONGITUDE = r"-?(180(\.0+)?|(1[0-7][0-9]|0?[0-9]{1,2})(\.[0-9]+)?)"
_NUMBER = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?")
_POINT = re.compile(rf"({_NUMBER.pattern})\s{{0,9}}[,;]\s{{0,9}}({_NUMBER.pattern})")

_NUMBER_TEXT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SPACED_POINT = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]+\s+[+-]?[0-9]{1,3}\.[0-9]+")
"""Two numbers without a comma, which are coordinates only with decimals."""
_DISTANCE = re.compile(r"([0-9]{1,40}(?:\.[0-9]{1,40})?)\s{0,9}([a-z]{0,20})")
_UNITS = dict.fromkeys(("km", "kilometer", "kilometers", "kilometre", "kilometres"), "km")
_UNITS |= dict.fromkeys(("mi", "mile", "miles"), "miles")


class BBox(NamedTuple):
    """A box in WGS 84 degrees; ``west`` greater than ``east`` crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def __str__(self) -> str:
        return ",".join(format_number(value) for value in self)


def format_number(value: float) -> str:
    """The exact number without an exponent."""
    return f"{Decimal(repr(float(value))).normalize():f}"


def parse_number(text: str) -> float | None:
    """The number a text holds, ``None`` if it is no number."""
    return float(text) if _NUMBER.fullmatch(text.strip()) else None


def parse_point(text: str, parameter: str = "near") -> tuple[float, float] | None:
    """``LAT,LON``, or ``LAT LON`` with decimals, as two numbers; ``None`` for another form.

    Raises:
        FilterError: two numbers out of range.
    """
    found = _POINT.fullmatch(text.strip()) or _SPACED_POINT.fullmatch(text.strip())
    if not found:
        return None
    latitude, longitude = (float(number) for number in _NUMBER_TEXT.findall(found[0]))
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        ranges = ("latitude -90 to 90", "longitude -180 to 180")
        raise FilterError(parameter, text, f"{parameter}={text}: {' and '.join(ranges)}", ranges)
    return latitude, longitude


def parse_box(text: str) -> BBox:
    """A box from ``W,S,E,N``; the latitudes may be in either order.

    Raises:
        FilterError: not four numbers, or out of range.
    """
    numbers = [parse_number(part) for part in text.split(",")]
    ranges = ("W and E -180 to 180", "S and N -90 to 90")
    if len(numbers) != 4 or None in numbers:
        raise FilterError("bbox", text, f"bbox={text}: give W,S,E,N in degrees", ranges)
    west, one, east, other = (n for n in numbers if n is not None)
    south, north = min(one, other), max(one, other)
    in_range = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not in_range:
        raise FilterError("bbox", text, f"bbox={text}: {' and '.join(ranges)} degrees", ranges)
    return BBox(west, south, east, north)


def parse_distance(text: str, default: str = "km") -> tuple[float, str]:
    """A distance as a person types it: ``40 km``, ``25 mi``, ``25 miles`` or ``40``.

    Returns:
        The number and its unit, ``km`` or ``miles``.

    Raises:
        FilterError: no distance, or out of range.
    """
    found = _DISTANCE.fullmatch(text.strip().casefold().replace(",", "."))
    unit = _UNITS.get(found[2] or default) if found else None
    if found is None or unit is None:
        message = f"“{text}” is no distance: type 40 km or 25 mi"
        raise FilterError("radius_km", text, message, ("40 km", "25 mi"))
    number = float(found[1])
    parse_radius(format_number(number * (1.609344 if unit == "miles" else 1.0)))
    return number, unit


def parse_radius(text: str, parameter: str = "radius_km") -> float:
    """Kilometres, above 0 and at most :data:`MAX_RADIUS_KM`.

    Raises:
        FilterError: no number, or out of range.
    """
    radius = parse_number(text)
    if radius is None or not 0 < radius <= MAX_RADIUS_KM:
        allowed = f"above 0, up to {MAX_RADIUS_KM}"
        message = f"{parameter}={text}: give kilometres {allowed}"
        raise FilterError(parameter, text, message, (allowed,))
    return radius
