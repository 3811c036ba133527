"""Writes one vector tile; the format is https://github.com/mapbox/vector-tile-spec, version 2.

Written by hand: ``mapbox-vector-tile`` of PyPI mends each polygon, which takes ten times as long,
and holds protobuf back.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_MOVE, _LINE, _CLOSE = 1, 2, 7
_KINDS = {"Point": 1, "LineString": 2, "MultiLineString": 2, "Polygon": 3, "MultiPolygon": 3}

Ring = npt.NDArray[np.int64]


def encode_tile(
    layers: Iterable[tuple[str, Iterable[tuple[Any, dict[str, Any]]]]],
    origin: tuple[float, float],
    size: float,
    extent: int,
) -> bytes:
    """A tile as bytes.

    Args:
        layers: names, each with geometries and their properties.
        origin: the tile's upper left corner, in the geometries' units, y downwards.
        size: its width in those units.
        extent: its width in the units of the tile.
    """
    return b"".join(
        _field(3, _encode_layer(name, features, origin, extent / size, extent))
        for name, features in layers
    )


def _encode_layer(
    name: str,
    features: Iterable[tuple[Any, dict[str, Any]]],
    origin: tuple[float, float],
    scale: float,
    extent: int,
) -> bytes:
    """A message ``Layer``: its features, then the keys and values that they refer to."""
    keys: dict[str, int] = {}
    values: dict[tuple[type, Any], int] = {}
    parts = [_number(15, 2), _field(1, name.encode())]
    for geometry, properties in features:
        commands = _encode(geometry, np.array(origin), scale)
        if not commands:
            continue
        tags: list[int] = []
        for key, value in properties.items():
            tags.append(keys.setdefault(key, len(keys)))
            tags.append(values.setdefault((type(value), value), len(values)))
        kind = _number(3, _KINDS[geometry.geom_type])
        parts.append(_field(2, _field(2, _pack(tags)) + kind + _field(4, _pack(commands))))
    parts += [_field(3, key.encode()) for key in keys]
    parts += [_field(4, _encode_value(value)) for _, value in values]
    return b"".join([*parts, _number(5, extent)])


def _encode_value(value: object) -> bytes:
    if isinstance(value, bool):
        return _number(7, int(value))
    if isinstance(value, int):
        return _number(4, value)
    return _field(1, str(value).encode())


def _pack(numbers: Iterable[int]) -> bytes:
    """Numbers as protobuf's varints."""
    packed = bytearray()
    for number in numbers:
        rest = number
        while rest > 0x7F:
            packed.append(rest & 0x7F | 0x80)
            rest >>= 7
        packed.append(rest)
    return bytes(packed)


def _field(number: int, data: bytes) -> bytes:
    return _pack([number << 3 | 2, len(data)]) + data


def _number(number: int, value: int) -> bytes:
    return _pack([number << 3, value])


def _encode(geometry: Any, origin: npt.NDArray[np.float64], scale: float) -> list[int]:
    """The drawing commands of a geometry."""

    def quantize(points: npt.NDArray[np.float64]) -> Ring:
        whole = np.round((points - origin) * scale).astype(np.int64)
        if len(whole) < 2:
            return whole
        return whole[np.concatenate([[True], (whole[1:] != whole[:-1]).any(axis=1)])]

    commands: list[int] = []
    cursor = np.zeros(2, dtype=np.int64)
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            rings = shapely.get_rings(part)
            for number, ring in enumerate(rings):
                points = quantize(shapely.get_coordinates(ring))[:-1]
                if len(points) < 3 or (area := _measure(points)) == 0:
                    if number == 0:
                        break
                    continue
                if (area > 0) != (number == 0):  # the outer ring is clockwise, holes the other way
                    points = points[::-1]
                cursor = _draw(commands, points, cursor)
                commands.append(_CLOSE | (1 << 3))
        elif part.geom_type == "LineString":
            points = quantize(shapely.get_coordinates(part))
            if len(points) > 1:
                cursor = _draw(commands, points, cursor)
        elif part.geom_type == "Point":
            cursor = _draw(commands, quantize(shapely.get_coordinates(part)), cursor)
    return commands


def _measure(points: Ring) -> int:
    """Twice the area, positive for a ring that is clockwise where y goes down."""
    x, y = points[:, 0], points[:, 1]
    return int((x * np.roll(y, -1) - np.roll(x, -1) * y).sum())


def _draw(commands: list[int], points: Ring, cursor: Ring) -> Ring:
    """Append a move to the first point and lines to the others; the last point."""
    steps = np.diff(points, axis=0, prepend=cursor[None, :])
    zigzag = ((steps << 1) ^ (steps >> 63)).tolist()
    commands.append(_MOVE | (1 << 3))
    commands.extend(zigzag[0])
    if len(zigzag) > 1:
        commands.append(_LINE | (len(zigzag) - 1) << 3)
        for step in zigzag[1:]:
            commands.extend(step)
    return points[-1]
