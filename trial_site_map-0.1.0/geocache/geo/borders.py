"""Country borders from Natural Earth, with disputed areas.

Data: Natural Earth 1:10m, public domain; see ``data/README.md``.
"""

import gzip
import json
from collections.abc import Sequence
from functools import cache, lru_cache
from math import cos, pi, radians, sin
from typing import Any

from geocache.geo.distance import KM_PER_DEGREE
from geocache.paths import DATA

_INCLUDED = {
    "AU": "CX CC NF HM",
    "CN": "HK MO TW",
    "CW": "SX BQ AW",
    "DK": "GL FO",
    "FI": "AX",
    "FR": "GF GP MQ RE YT PM BL MF NC PF WF TF",
    "GB": "IM JE GG GI FK",
    "IL": "PS",
    "MA": "EH",
    "NL": "AW BQ CW SX",
    "NO": "SJ",
    "NZ": "CK NU TK",
    "PS": "IL",
    "RS": "XK ME",
    "US": "PR GU VI AS MP UM",
    "XK": "RS",
    "EH": "MA",
    "TR": "CY",
    "AR": "FK GS",
    "ME": "RS",
    "SS": "SD",
    "SD": "SS",
}
"""Other codes whose land counts as the country's: dependencies, claims, dissolved unions."""

_DISPUTED = (
    ("RU UA", (32.4, 44.3, 36.7, 46.3)),  # Crimea
    ("RU UA", (31.4, 45.9, 40.3, 50.3)),  # Donetsk, Kherson, Luhansk, Zaporizhzhia
    ("IN PK CN", (72.5, 32.2, 80.5, 37.2)),  # Kashmir, Ladakh, Aksai Chin
    ("IN CN", (91.5, 26.5, 97.5, 29.6)),  # Arunachal Pradesh
    ("IL SY LB", (35.5, 32.6, 36.0, 33.5)),  # Golan
    ("GE RU", (39.9, 41.9, 45.0, 43.7)),  # Abkhazia, South Ossetia
    ("AM AZ", (44.9, 38.7, 47.8, 40.6)),  # Karabakh
    ("MD UA", (28.0, 46.2, 30.2, 48.3)),  # Transnistria
    ("GY VE", (-61.6, 1.1, -58.0, 8.7)),  # Essequibo
    ("EG SD", (33.0, 21.9, 37.3, 23.2)),  # Halaib
    ("JP RU", (145.2, 43.3, 149.0, 45.7)),  # southern Kurils
    ("ES MA", (-5.5, 35.1, -2.8, 36.0)),  # Ceuta, Melilla
    ("GI ES", (-5.5, 36.0, -5.2, 36.3)),
    ("KG TJ UZ", (69.2, 39.0, 73.2, 41.5)),  # Fergana valley enclaves
    ("ET SO", (41.0, 3.9, 48.1, 8.2)),  # Ogaden
    ("KE SS ET", (33.9, 4.0, 36.1, 5.6)),  # Ilemi
)
"""Areas claimed by several countries: (codes, (west, south, east, north))."""


@cache
def read_land() -> dict[str, Any]:
    """The land of each country code as a shapely MultiPolygon in degrees WGS 84."""
    import shapely  # noqa: PLC0415 - keeps `import geocache` light

    collection = shapely.from_wkb(gzip.decompress((DATA / "borders.wkb.gz").read_bytes()))
    codes = json.loads((DATA / "borders.json").read_bytes())
    return dict(zip(codes, collection.geoms, strict=True))


@cache
def _prepare_area(code: str) -> Any:
    """The prepared land of a country and the codes it includes, ``None`` if not on the map."""
    import shapely  # noqa: PLC0415

    land = read_land()
    parts = [land[c] for c in (code, *_INCLUDED.get(code, "").split()) if c in land]
    if code not in land or not parts:
        return None
    area = (
        parts[0]
        if len(parts) == 1
        else shapely.MultiPolygon([polygon for part in parts for polygon in part.geoms])
    )
    shapely.prepare(area)
    return area


@cache
def extent(code: str) -> tuple[float, float, float, float] | None:
    """West, south, east and north of a country's largest landmass, in degrees WGS 84.

    ``code`` is ISO 3166-1 alpha-2; ``None`` for a code that is not on the map.
    """
    land = read_land().get(code)
    if land is None:
        return None
    west, south, east, north = max(land.geoms, key=lambda piece: float(piece.area)).bounds
    return float(west), float(south), float(east), float(north)


@lru_cache(maxsize=50_000)
def in_country(latitude: float, longitude: float, code: str, tolerance_km: float = 25.0) -> bool:
    """Whether a WGS 84 point lies in a country or at most ``tolerance_km`` outside it.

    ``code`` is ISO 3166-1 alpha-2. Disputed land counts for each claimant, a territory's land also
    for its country. ``True`` for a code that is not on the map, as nothing can be checked.
    """
    import shapely  # noqa: PLC0415

    area = _prepare_area(code)
    if area is None:
        return True
    for codes, (west, south, east, north) in _DISPUTED:
        if code in codes.split() and south <= latitude <= north and west <= longitude <= east:
            return True
    if area.intersects(shapely.Point(longitude, latitude)):
        return True
    high = tolerance_km / KM_PER_DEGREE
    wide = high / max(0.02, cos(radians(latitude)))
    ring = [
        (longitude + wide * cos(2 * pi * i / 24), latitude + high * sin(2 * pi * i / 24))
        for i in range(24)
    ]
    for turn in (0.0, 360.0, -360.0):
        if turn and abs(longitude - turn) - wide > 180:
            continue
        if area.intersects(shapely.Polygon([(x - turn, y) for x, y in ring])):
            return True
    return False


def are_in_country(
    latitudes: Sequence[float], longitudes: Sequence[float], code: str, tolerance_km: float = 25.0
) -> list[bool]:
    """As :func:`in_country`, for many points at once."""
    import shapely  # noqa: PLC0415

    area = _prepare_area(code)
    if area is None:
        return [True] * len(latitudes)
    inside = shapely.contains_xy(area, longitudes, latitudes).tolist()
    return [
        is_inside or in_country(latitude, longitude, code, tolerance_km)
        for is_inside, latitude, longitude in zip(inside, latitudes, longitudes, strict=True)
    ]


def find_countries(latitudes: Sequence[float], longitudes: Sequence[float]) -> list[str]:
    """The alpha-2 code of the country that each WGS 84 point lies in, empty at sea."""
    import numpy as np  # noqa: PLC0415
    import shapely  # noqa: PLC0415

    norths, easts = np.asarray(latitudes, dtype=float), np.asarray(longitudes, dtype=float)
    found = np.full(len(norths), "", dtype="<U2")
    for code, land in read_land().items():
        west, south, east, north = land.bounds
        near = (found == "") & (norths >= south) & (norths <= north)
        near &= (easts >= west) & (easts <= east)
        if near.any():
            shapely.prepare(land)
            at = np.flatnonzero(near)
            found[at[shapely.contains_xy(land, easts[at], norths[at])]] = code
    return [str(code) for code in found]
