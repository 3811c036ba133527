"""Small PMTiles files for tests."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import shapely
from PIL import Image
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from scripts.basemap.encoding import encode_tile

SHAPES = {"earth": shapely.box(0, 0, 1, 1), "roads": shapely.LineString([(0, 0.5), (1, 0.5)])}
ATTRIBUTION = '<a href="https://osm.org/copyright" onclick="x()">© OSM</a> <script>1</script>'
MUNICH = (11.0, 47.8, 12.0, 48.5)


def write_streets(path: Path, *, layers: tuple[str, ...] = ("earth", "water", "roads")) -> Path:
    """Streets of the Protomaps schema around Munich, zoom 6 to 9: land with a road through it."""
    content = [
        (name, [(SHAPES[name], {"kind": "highway" if name == "roads" else name})])
        for name in layers
        if name in SHAPES
    ]
    tile = gzip.compress(encode_tile(content, (0, 0), 1, 4096), mtime=0)
    metadata = {
        "attribution": ATTRIBUTION,
        "vector_layers": [{"id": name, "fields": {"kind": "String"}} for name in layers],
    }
    return _write(path, tile, TileType.MVT, Compression.GZIP, metadata)


def write_images(path: Path) -> Path:
    """Red squares around Munich, zoom 6 to 9."""
    image = io.BytesIO()
    Image.new("RGB", (256, 256), "#ff0000").save(image, "PNG")
    metadata = {"attribution": "Red squares"}
    return _write(path, image.getvalue(), TileType.PNG, Compression.NONE, metadata)


def _write(
    path: Path, tile: bytes, kind: TileType, compression: Compression, metadata: dict[str, Any]
) -> Path:
    west, south, east, north = MUNICH
    with path.open("wb") as file:
        writer = Writer(file)
        numbers = [
            zxy_to_tileid(z, x, y)
            for z in range(6, 10)
            for x in range(34 * 2 ** (z - 6), 35 * 2 ** (z - 6))
            for y in range(22 * 2 ** (z - 6), 23 * 2 ** (z - 6))
        ]
        for number in sorted(numbers):
            writer.write_tile(number, tile)
        header = {
            "tile_type": kind,
            "tile_compression": compression,
            "min_lon_e7": int(west * 1e7),
            "min_lat_e7": int(south * 1e7),
            "max_lon_e7": int(east * 1e7),
            "max_lat_e7": int(north * 1e7),
            "center_lon_e7": int(11.5 * 1e7),
            "center_lat_e7": int(48.1 * 1e7),
            "center_zoom": 7,
        }
        writer.finalize(header, metadata)
    return path


def decode_tile(data: bytes) -> dict[str, list[dict[str, object]]]:
    """The properties of a vector tile's features by layer; texts, numbers and flags."""
    return dict(_decode_layer(layer) for number, layer in _read_fields(data) if number == 3)


def _decode_layer(data: bytes) -> tuple[str, list[dict[str, object]]]:
    fields = list(_read_fields(data))
    (name,) = (value.decode() for number, value in fields if number == 1)
    keys = [value.decode() for number, value in fields if number == 3]
    values = [_decode_value(value) for number, value in fields if number == 4]
    features = []
    for feature in (value for number, value in fields if number == 2):
        tags = [n for number, value in _read_fields(feature) if number == 2 for n in _unpack(value)]
        pairs = zip(tags[::2], tags[1::2], strict=True)
        features.append({keys[key]: values[value] for key, value in pairs})
    return name, features


def _decode_value(data: bytes) -> object:
    ((number, value),) = _read_fields(data)
    return value.decode() if isinstance(value, bytes) else bool(value) if number == 7 else value


def _read_fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        head, at = _read_varint(data, at)
        value, at = _read_varint(data, at)
        if head & 7 == 2:
            yield head >> 3, data[at : at + value]
            at += value
        else:
            yield head >> 3, value


def _unpack(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _read_varint(data, at)
        yield number


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number, shift = 0, 0
    while True:
        number |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return number, at
