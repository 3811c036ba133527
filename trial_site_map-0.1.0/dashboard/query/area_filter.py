"""The filter ``within``: sites in a drawn area, which a link carries as an encoded polyline.

The encoding is Google's for polylines, with five decimals: latitude and longitude in turn, each as
the difference to the one before. The last corner is joined to the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from dashboard.errors import FilterError
from dashboard.query.filter_kinds import Filter, Mask, Part

MAX_POINTS = 200
"""Corners of an area."""

_PRECISION = 1e5
_OFFSET = 63
_EXAMPLES = ("_p~iF~ps|U_ulLnnqC_mqNvxq`@", "_sdpHwnep@~hbE_y`B?~rzC")
_FORMS = (
    f"an encoded polyline of 3 to {MAX_POINTS} corners",
    f"for example {_EXAMPLES[0]}",
)

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def encode_polyline(points: Iterable[Point]) -> str:
    """Points as an encoded polyline."""
    written: list[str] = []
    last = (0, 0)
    for latitude, longitude in points:
        now = (round(latitude * _PRECISION), round(longitude * _PRECISION))
        for before, value in zip(last, now, strict=True):
            difference = value - before
            number = ~(difference << 1) if difference < 0 else difference << 1
            while number >= 0x20:
                written.append(chr((0x20 | (number & 0x1F)) + _OFFSET))
                number >>= 5
            written.append(chr(number + _OFFSET))
        last = now
    return "".join(written)


def decode_polyline(text: str) -> list[Point]:
    """The points of an encoded polyline.

    Raises:
        ValueError: the text is none.
    """
    numbers: list[int] = []
    number = shift = 0
    for character in text:
        value = ord(character) - _OFFSET
        if not 0 <= value < 0x40 or shift > 30:
            raise ValueError("not an encoded polyline")
        number |= (value & 0x1F) << shift
        shift += 5
        if value < 0x20:
            numbers.append(~(number >> 1) if number & 1 else number >> 1)
            number = shift = 0
    if shift or len(numbers) % 2:
        raise ValueError("an encoded polyline that breaks off")
    sums = np.cumsum(np.array(numbers, dtype=np.int64).reshape(-1, 2), axis=0) / _PRECISION
    return [(float(latitude), float(longitude)) for latitude, longitude in sums]


def list_corners(text: str) -> list[Point]:
    """The corners of an area to be drawn: longitudes go on over the 180th meridian."""
    points = decode_polyline(text)
    degrees = np.unwrap([longitude for _, longitude in points], period=360)
    return [(latitude, float(x)) for x, (latitude, _) in zip(degrees, points, strict=True)]


@lru_cache(maxsize=64)
def build_area(text: str) -> shapely.Geometry:
    """The area of an encoded polyline, x being the longitude.

    An edge goes the short way, over the 180th meridian too: the area may then reach beyond it.
    Where the line crosses itself, the parts are those of :func:`shapely.make_valid`.
    """
    area = shapely.Polygon([(x, latitude) for latitude, x in list_corners(text)])
    area = area if area.is_valid else shapely.make_valid(area)
    shapely.prepare(area)
    return area


def find_covered(text: str, latitudes: npt.ArrayLike, longitudes: npt.ArrayLike) -> Mask:
    """Which points lie in an area or on its border; none without coordinates."""
    area = build_area(text)
    west, south, east, north = shapely.bounds(area)
    lat, lon = np.asarray(latitudes, dtype=float), np.asarray(longitudes, dtype=float)
    found = np.zeros(len(lat), dtype=bool)
    for turn in (-360.0, 0.0, 360.0):
        x = lon + turn
        near = np.flatnonzero((x >= west) & (x <= east) & (lat >= south) & (lat <= north))
        found[near] |= shapely.covers(area, shapely.points(x[near], lat[near]))
    return found


@dataclass(frozen=True, kw_only=True)
class AreaFilter(Filter):
    """Keeps rows with a position in an area, or on its border."""

    longest: int = 4_000
    empty: ClassVar[Any] = ""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value: examples."""
        return {"type": "string", "enum": list(_EXAMPLES)}

    def convert(self, text: str) -> str:
        """The polyline.

        Raises:
            FilterError: it is none, has too few or too many corners, or leaves the Earth.
        """
        plain = text.strip()
        try:
            points = decode_polyline(plain)
        except ValueError as error:
            raise FilterError(self.name, plain[:40], f"{self.name}: {error}", _FORMS) from None
        if not 3 <= len(points) <= MAX_POINTS:
            message = f"{self.name}: {len(points)} corners, give 3 to {MAX_POINTS}"
            raise FilterError(self.name, plain[:40], message, _FORMS)
        if any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in points):
            message = f"{self.name}: a corner is not on the Earth"
            raise FilterError(self.name, plain[:40], message, _FORMS)
        return plain

    def mask(self, sites: pd.DataFrame, value: str) -> Mask:
        """Rows in the area."""
        return find_covered(value, sites["latitude"].to_numpy(), sites["longitude"].to_numpy())

    def list_parts(self, value: Any) -> list[Part]:  # noqa: ARG002
        """The area without its corners."""
        return [Part("drawn area", self.empty)]
