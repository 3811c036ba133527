"""Cuts layers into vector tiles and writes them as one PMTiles file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import deflate
import numpy as np
import numpy.typing as npt
import shapely
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from scripts.basemap import areas
from scripts.basemap.encoding import encode_tile

SHORT = {
    "states": "s",
    "water": "w",
    "rivers": "r",
    "boundaries": "b",
    "places": "p",
    "country": "c",
    "state": "s",
    "kind": "k",
    "name": "n",
    "local": "l",
    "rank": "r",
    "room": "m",
}
"""Names of layers and properties in the file: 40,000 tiles each repeat them."""

BUFFER = 1 / 48  # of a tile: about 11 of 512 pixels, so that lines do not end at its edge


@dataclass(slots=True)
class Layer:
    """Geometries in Web Mercator from 0 to 1, with properties."""

    name: str
    geometries: npt.NDArray[Any]
    properties: list[dict[str, Any]]


Box = tuple[float, float, float, float]
Cut = tuple[npt.NDArray[Any], npt.NDArray[np.int64]]


def cut_tiles(layers: list[Layer], zoom: int, extent: int) -> Iterator[tuple[int, bytes]]:
    """The tiles of a zoom that hold something: number and gzip bytes, in no order."""
    whole = [(layer.geometries, np.arange(len(layer.geometries))) for layer in layers]
    for x, y, parts in _descend(whole, 0, 0, 0, zoom):
        size = 2.0**-zoom
        content = [
            (
                SHORT[layer.name],
                [
                    (geometry, _shorten(layer.properties[number]))
                    for geometry, number in zip(*part, strict=True)
                ],
            )
            for layer, part in zip(layers, parts, strict=True)
            if len(part[0])
        ]
        data = encode_tile(content, (x * size, y * size), size, extent)
        yield zxy_to_tileid(zoom, x, y), bytes(deflate.gzip_compress(data, 12))


def _shorten(properties: dict[str, Any]) -> dict[str, Any]:
    """Short names; the country is left out where the state's code begins with it."""
    country, state = properties.get("country"), str(properties.get("state", ""))
    kept = {k: v for k, v in properties.items() if k != "country" or not state.startswith(f"{v}-")}
    if country is None and state:
        kept["country"] = ""  # land that is no country's
    return {_shorten_name(name): value for name, value in kept.items()}


def _shorten_name(name: str) -> str:
    head, colon, language = name.partition(":")
    return SHORT.get(head, head) + colon + language


def _descend(
    parts: list[Cut], z: int, x: int, y: int, zoom: int
) -> Iterator[tuple[int, int, list[Cut]]]:
    if not any(len(geometries) for geometries, _ in parts):
        return
    if z == zoom:
        yield x, y, parts
        return
    size = 2.0 ** -(z + 1)
    margin = BUFFER * 2.0**-zoom
    for column in (2 * x, 2 * x + 1):
        for row in (2 * y, 2 * y + 1):
            box = (
                column * size - margin, row * size - margin,
                (column + 1) * size + margin, (row + 1) * size + margin,
            )  # fmt: skip
            inner = (column * size, row * size, (column + 1) * size, (row + 1) * size)
            clipped = [_clip(part, box, inner) for part in parts]
            yield from _descend(clipped, z + 1, column, row, zoom)


def _clip(part: Cut, box: Box, inner: Box) -> Cut:
    """What lies in a tile: lines and areas with the margin ``box`` has, each point in one tile."""
    geometries, numbers = part
    if not len(geometries):
        return part
    bounds = shapely.bounds(geometries)
    if shapely.get_type_id(geometries[0]) == shapely.GeometryType.POINT:
        x, y = bounds[:, 0], bounds[:, 1]
        here = (x >= inner[0]) & (x < inner[2]) & (y >= inner[1]) & (y < inner[3])
        return geometries[here], numbers[here]
    near = (
        (bounds[:, 0] <= box[2])
        & (bounds[:, 2] >= box[0])
        & (bounds[:, 1] <= box[3])
        & (bounds[:, 3] >= box[1])
    )
    geometries, numbers, bounds = geometries[near], numbers[near], bounds[near]
    inside = (
        (bounds[:, 0] >= box[0])
        & (bounds[:, 2] <= box[2])
        & (bounds[:, 1] >= box[1])
        & (bounds[:, 3] <= box[3])
    )
    clipped = geometries.copy()
    clipped[~inside] = shapely.clip_by_rect(geometries[~inside], *box)
    # Of a shape that simplifying made invalid, the quick way may return the whole box.
    grown = shapely.area(clipped) > 1.001 * shapely.area(geometries)
    for number in np.flatnonzero(grown):
        sound = shapely.make_valid(geometries[number])
        clipped[number] = areas.keep_polygons(shapely.intersection(sound, shapely.box(*box)))
    filled = ~shapely.is_empty(clipped)
    return clipped[filled], numbers[filled]


def write_archive(
    path: Path, tiles: list[tuple[int, bytes]], zooms: tuple[int, int], metadata: dict[str, Any]
) -> None:
    """Write tiles as a PMTiles file."""
    with path.open("wb") as file:
        writer = Writer(file)
        for number, data in sorted(tiles):
            writer.write_tile(number, data)
        writer.finalize(
            {
                "tile_type": TileType.MVT,
                "tile_compression": Compression.GZIP,
                "min_lon_e7": -1_800_000_000,
                "min_lat_e7": -850_000_000,
                "max_lon_e7": 1_800_000_000,
                "max_lat_e7": 850_000_000,
                "center_lon_e7": 100_000_000,
                "center_lat_e7": 250_000_000,
                "center_zoom": zooms[0],
            },
            metadata,
        )
