"""Geometries as points: a point, the only point of a collection, or a point inside an area."""

from typing import Any

_MAX_DEPTH = 5


def find_point_inside(geometry: dict[str, Any]) -> tuple[float, float] | None:
    """Longitude and latitude of a point inside an area; None if it is damaged."""
    import shapely  # noqa: PLC0415 - here and below: a small list is read without it
    import shapely.geometry  # noqa: PLC0415

    try:
        shape = shapely.geometry.shape(geometry)
        shape = shape if shape.is_valid else shapely.make_valid(shape)
        point = shape.representative_point()
    except (shapely.errors.ShapelyError, ValueError, TypeError, LookupError, AttributeError):
        return None
    return None if point.is_empty else (point.x, point.y)


def locate_geometry(  # noqa: PLR0911 - a list of cases
    geometry: object, depth: int = 0
) -> tuple[tuple[Any, Any] | None, str]:
    """X and y of a GeoJSON geometry, and what it is: `point`, `area`, `line` or empty for none.

    Several points, or an area, give the point inside that shapely chooses. Lines give none.
    """
    if not isinstance(geometry, dict):
        return None, ""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Point":
        pair = coordinates if isinstance(coordinates, list) and len(coordinates) > 1 else None
        return ((pair[0], pair[1]), "point") if pair else (None, "")
    if kind == "MultiPoint" and isinstance(coordinates, list):
        if len(coordinates) == 1:
            return locate_geometry({"type": "Point", "coordinates": coordinates[0]})
        return find_point_inside(geometry), "area"
    if kind in ("Polygon", "MultiPolygon"):
        return find_point_inside(geometry), "area"
    if kind == "GeometryCollection" and depth < _MAX_DEPTH:
        parts = geometry.get("geometries")
        found = [locate_geometry(one, depth + 1) for one in parts if one] if parts else []
        located = [one for one in found if one[0] is not None]
        if len(located) == 1 or (located and len(found) == 1):
            return located[0]
        if located:
            return located[0][0], "area"
    return None, "line" if kind else ""


def locate_wkb(data: bytes) -> tuple[tuple[float, float] | None, str]:
    """As :func:`locate_geometry`, of well-known binary."""
    import shapely  # noqa: PLC0415

    try:
        shape = shapely.from_wkb(data)
    except (shapely.errors.ShapelyError, ValueError, TypeError):
        return None, ""
    return locate_shape(shape)


def locate_shape(shape: Any) -> tuple[tuple[float, float] | None, str]:
    """As :func:`locate_geometry`, of a geometry of shapely."""
    if shape is None or shape.is_empty:
        return None, ""
    if shape.geom_type == "Point":
        return (shape.x, shape.y), "point"
    if "Line" in shape.geom_type:
        return None, "line"
    point = shape.representative_point()
    return (None, "") if point.is_empty else ((point.x, point.y), "area")
