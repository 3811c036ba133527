"""Lakes, rivers and names of places for a picture, from the tiles of the page's basemap."""

import gzip
from collections.abc import Iterator
from math import atan, cos, degrees, floor, log2, pi, radians, sinh
from pathlib import Path
from typing import Any, NamedTuple

import mapbox_vector_tile
import shapely

from dashboard.maps.mercator import project_latitude
from dashboard.maps.tile_archive import TileArchive

BUNDLED = Path(__file__).parents[1] / "assets" / "basemap.pmtiles"
MOST_TILES = 48
"""In one picture; a lower zoom is taken if there would be more."""

_EQUATOR_METRES = 40_075_016.7
_ROOM_METRES = _EQUATOR_METRES / (256 << 6)
"""One unit of ``room`` at the equator: ``ROOM_ZOOM`` in ``scripts/basemap/labels.py``."""

_TILE_POINTS = 256 * 0.75
"""A tile is 256 pixels of 1/96 inch on the page."""


class Name(NamedTuple):
    """A country, state or city: its point in degrees, and from which zoom on it is named.

    ``room_metres`` is how far a country's border is from there.
    """

    text: str
    kind: str
    rank: int
    longitude: float
    latitude: float
    room_metres: float = 0.0


class Features(NamedTuple):
    """What is drawn over the land, in degrees; ``is_last`` if no tiles show more than these.

    ``metres_per_point`` is the picture's scale.
    """

    lakes: list[Any]
    rivers: list[Any]
    names: list[Name]
    zoom: int
    is_last: bool
    metres_per_point: float


def read_features(box: tuple[float, float, float, float], metres_per_point: float) -> Features:
    """What the basemap has in a part of the world.

    Args:
        box: west, south, east, north in degrees; east may be over 180, west under -180.
        metres_per_point: the scale of the picture, at its middle.
    """
    archive = TileArchive(BUNDLED)
    middle = radians((box[1] + box[3]) / 2)
    wanted = log2(_EQUATOR_METRES * max(0.2, 1 - abs(middle) / 2) / _TILE_POINTS / metres_per_point)
    zoom = max(2, min(archive.zooms[1], round(wanted)))
    while zoom > 2 and _count_tiles(box, zoom) > MOST_TILES:
        zoom -= 1
    is_last = zoom == archive.zooms[1]
    found = Features([], [], [], zoom, is_last, metres_per_point)
    for x, y in _list_tiles(box, zoom):
        data = archive.get_tile(zoom, x % 2**zoom, y)
        if data:
            _read_tile(data, zoom, x, y, found)
    return found


def _column(longitude: float, zoom: int) -> int:
    return floor((longitude / 360 + 0.5) * (1 << zoom))


def _row(latitude: float, zoom: int) -> int:
    count = 1 << zoom
    return max(0, min(count - 1, floor(project_latitude(latitude) * count)))


def _count_tiles(box: tuple[float, float, float, float], zoom: int) -> int:
    west, south, east, north = box
    return (_column(east, zoom) - _column(west, zoom) + 1) * (
        _row(south, zoom) - _row(north, zoom) + 1
    )


def _list_tiles(box: tuple[float, float, float, float], zoom: int) -> Iterator[tuple[int, int]]:
    west, south, east, north = box
    first = _column(west, zoom)
    for x in range(first, min(_column(east, zoom), first + 2**zoom - 1) + 1):
        for y in range(_row(north, zoom), _row(south, zoom) + 1):
            yield x, y


def _read_tile(data: bytes, zoom: int, x: int, y: int, found: Features) -> None:
    layers = mapbox_vector_tile.decode(
        gzip.decompress(data), default_options={"y_coord_down": True}
    )

    def to_degrees(points: Any, extent: int) -> Any:
        turned = points.astype(float)
        turned[:, 0] = ((points[:, 0] / extent + x) / 2**zoom - 0.5) * 360
        turned[:, 1] = [
            degrees(atan(sinh(pi * (1 - 2 * (at / extent + y) / 2**zoom)))) for at in points[:, 1]
        ]
        return turned

    for layer, target in (("w", found.lakes), ("r", found.rivers)):
        content = layers.get(layer, {"features": (), "extent": 1})
        extent = content["extent"]
        tile = shapely.box(0, 0, extent, extent)
        for feature in content["features"]:
            if layer == "r" and feature["properties"].get("r", 0) > zoom - 2:
                continue
            shape = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
            shape = shapely.intersection(shape, tile)
            target += [
                shapely.transform(part, lambda points, extent=extent: to_degrees(points, extent))
                for part in shapely.get_parts(shape)
                if part.geom_type in {"Polygon", "LineString"}
            ]
    content = layers.get("p", {"features": (), "extent": 1})
    for feature in content["features"]:
        known = feature["properties"]
        at_x, at_y = feature["geometry"]["coordinates"]
        extent = content["extent"]
        if known.get("n") and 0 <= at_x < extent and 0 <= at_y < extent:
            point = shapely.get_coordinates(
                shapely.transform(
                    shapely.Point(at_x, at_y),
                    lambda points, extent=extent: to_degrees(points, extent),
                )
            )[0]
            rank = known.get("r", 0)
            found.names.append(
                Name(
                    str(known["n"]),
                    str(known.get("k")),
                    int(rank),
                    float(point[0]),
                    float(point[1]),
                    known.get("m", 0) * _ROOM_METRES * cos(radians(point[1])),
                )
            )
