"""KML maps: each placemark as a record with its name, data and point."""

from collections.abc import Iterator
from typing import Any

from dashboard.readers.common.clean import as_dict, as_text
from dashboard.readers.common.messages import Warn
from dashboard.readers.common.xml_tree import TEXT

_SHAPES = ("Polygon", "LineString", "LinearRing", "MultiGeometry")
_MAX_LEVELS = 50


def is_kml(tree: dict[str, Any]) -> bool:
    """True for a parsed KML document."""
    return "kml" in tree


def iter_placemarks(tree: dict[str, Any], warn: Warn) -> Iterator[dict[str, Any]]:
    """A record of each placemark, in any folder; of an area a point inside it."""
    areas = lines = 0
    for mark in _search(tree.get("kml"), 0):
        record: dict[str, Any] = {"name": as_text(mark.get("name"))}
        if address := as_text(mark.get("address")):
            record["address"] = address
        record.update(_read_data(as_dict(mark.get("ExtendedData"))))
        point, kind = _find_point(mark)
        if point is not None:
            record["longitude"], record["latitude"] = point
        areas += kind == "area"
        lines += kind == "line"
        yield record
    if areas:
        warn(f"{areas} placemarks are areas; a point inside each is used")
    if lines:
        warn(f"{lines} placemarks are lines and give no point")


def _search(value: Any, level: int) -> Iterator[dict[str, Any]]:
    if level > _MAX_LEVELS:
        return
    for one in _list(value):
        if not isinstance(one, dict):
            continue
        for key, inner in one.items():
            if key == "Placemark":
                yield from map(as_dict, _list(inner))
            elif isinstance(inner, (dict, list)):
                yield from _search(inner, level + 1)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _read_data(data: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in map(as_dict, _list(data.get("Data"))):
        found[as_text(item.get("name"))] = as_text(item.get("value"))
    for schema in map(as_dict, _list(data.get("SchemaData"))):
        for item in _list(schema.get("SimpleData")):
            if isinstance(item, dict):
                found[as_text(item.get("name"))] = as_text(item.get(TEXT))
    found.pop("", None)
    return found


def _find_point(mark: dict[str, Any]) -> tuple[tuple[float, float] | None, str]:
    """Longitude and latitude of a placemark, and whether it is a point, an area or a line."""
    from dashboard.readers.common.geometry import find_point_inside  # noqa: PLC0415 - shapely

    point = as_dict(mark.get("Point"))
    if pairs := _parse_coordinates(as_text(point.get("coordinates"))):
        return pairs[0], "point"
    multi = as_dict(mark.get("MultiGeometry"))
    for inner in map(as_dict, _list(multi.get("Point"))):
        if pairs := _parse_coordinates(as_text(inner.get("coordinates"))):
            return pairs[0], "point"
    rings = []
    for polygon in (*_list(mark.get("Polygon")), *_list(multi.get("Polygon"))):
        outer = as_dict(as_dict(as_dict(polygon).get("outerBoundaryIs")).get("LinearRing"))
        if pairs := _parse_coordinates(as_text(outer.get("coordinates"))):
            rings.append([[list(pair) for pair in pairs]])
    if rings:
        return find_point_inside({"type": "MultiPolygon", "coordinates": rings}), "area"
    return None, "line" if any(name in mark for name in _SHAPES) else ""


def _parse_coordinates(text: str) -> list[tuple[float, float]]:
    """The pairs of ``15.44,47.07,0 15.45,47.08,0``."""
    pairs = []
    for part in text.split():
        numbers = part.split(",")
        try:
            pairs.append((float(numbers[0]), float(numbers[1])))
        except (ValueError, IndexError):
            continue
    return pairs
