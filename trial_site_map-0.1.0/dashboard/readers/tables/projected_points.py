"""Columns of metres instead of degrees: Web Mercator, and UTM with its zone."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dashboard.readers.common.column_names import fold_header
from dashboard.readers.common.messages import Warn
from dashboard.readers.common.projections import parse_crs, to_wgs84
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code

_EASTING = frozenset(
    {"easting", "eastings", "utm e", "utm x", "x utm", "utm easting", "east", "rechtswert"}
)
_NORTHING = frozenset({"northing", "northings", "utm n", "utm y", "y utm", "utm northing", "north"})
_ZONE_NAMES = frozenset({"zone", "utm zone", "zona", "zona utm", "utmzone", "grid zone"})
_ZONE = re.compile(r"\b(\d{1,2})\s{0,3}([C-HJ-NP-X])?\b", re.IGNORECASE)
_MERCATOR_WORDS = ("mercator", "3857", "900913")
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,12})?")
_SAMPLE = 60
_NEARLY_ALL = 0.9
_MERCATOR_EDGE = 20_050_000.0
_DEGREES = 180


class Projection(NamedTuple):
    """Which columns hold x and y, in which system; ``zone_at`` is a column of UTM zones."""

    x_at: int
    y_at: int
    crs: str
    zone_at: int | None = None

    def convert(self, columns: Sequence[Sequence[str]]) -> tuple[list[str], list[str], int]:
        """Latitudes and longitudes as text, and how many points could not be converted."""
        count = len(columns[self.x_at])
        zones = columns[self.zone_at] if self.zone_at is not None else [""] * count
        known: dict[tuple[str, str, str], tuple[str, str]] = {}
        for key in set(zip(columns[self.x_at], columns[self.y_at], zones, strict=True)):
            known[key] = self._convert_one(*key)
        points = [
            known[key] for key in zip(columns[self.x_at], columns[self.y_at], zones, strict=True)
        ]
        lost = sum(
            not north and bool(x.strip())
            for (north, _), x in zip(points, columns[self.x_at], strict=True)
        )
        return [north for north, _ in points], [east for _, east in points], lost

    def _convert_one(self, x: str, y: str, zone: str) -> tuple[str, str]:
        east, north = parse_metres(x), parse_metres(y)
        crs = _parse_zone(zone) if self.zone_at is not None else self.crs
        if east is None or north is None or not crs:
            return "", ""
        latitude, longitude = to_wgs84(east, north, crs)
        on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
        return (f"{latitude:.7f}", f"{longitude:.7f}") if on_earth else ("", "")


def has_easting(header: Sequence[str]) -> bool:
    """True for a table with columns of eastings and northings."""
    names = [fold_header(name) for name in header]
    return any(_is_named(name, _EASTING) for name in names) and any(
        _is_named(name, _NORTHING) for name in names
    )


def parse_metres(text: str) -> float | None:
    """A plain number; None for other text."""
    plain = text.strip()
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def _parse_zone(text: str) -> str:
    """The UTM zone of `33N`, `33 T` (a latitude band) or `33`."""
    found = _ZONE.search(text[:40])
    if not found or not 1 <= int(found[1]) <= 60:
        return ""
    letter = (found[2] or "N").upper()
    # Alone, S means south in nearly every list, though it is a band of the north too.
    south = letter == "S" or letter < "N"
    return f"utm{int(found[1])}{'S' if south else 'N'}"


def find_projection(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    mapping: Mapping[str, str],
    stated: str,
    warn: Warn,
) -> Projection | None:
    """The projection of a table's points; None if they are degrees, or what they are is unknown.

    Args:
        header: the names of its columns.
        rows: its first rows.
        mapping: the column of each target.
        stated: the reference system that the file states, empty for none.
        warn: told what was concluded.
    """
    names = [fold_header(name) for name in header]
    if {"latitude", "longitude"} <= set(mapping):
        place = {target: header.index(column) for target, column in mapping.items()}
        x_at, y_at = place["longitude"], place["latitude"]
        if not _are_metres(rows, x_at, y_at):
            return None
        if stated:
            if stated == "other":
                warn("the points are in a reference system that is not read; save them in WGS 84")
            else:
                warn(f"points converted from {_describe(stated)} to degrees")
            return Projection(x_at, y_at, stated)
        named = any(word in name for name in names for word in _MERCATOR_WORDS)
        if named or _lie_in_countries(rows, x_at, y_at, place.get("country")):
            warn("points in metres of Web Mercator (EPSG:3857) converted to degrees")
            return Projection(x_at, y_at, "mercator")
        return None
    return _find_utm(header, names, rows, warn)


def _find_utm(
    header: Sequence[str], names: Sequence[str], rows: Sequence[Sequence[str]], warn: Warn
) -> Projection | None:
    x_at = next((at for at, name in enumerate(names) if _is_named(name, _EASTING)), None)
    y_at = next((at for at, name in enumerate(names) if _is_named(name, _NORTHING)), None)
    if x_at is None or y_at is None or not _are_metres(rows, x_at, y_at):
        return None
    zone_at = next((at for at, name in enumerate(names) if name in _ZONE_NAMES), None)
    stated = parse_crs(header[x_at]) if "utm" in names[x_at] else ""
    in_name = re.search(r"(?:utm|zone) ?(\d{1,2}) ?([ns])?", f"{names[x_at]} {names[y_at]}")
    if zone_at is not None:
        warn(f"points converted from UTM, by the zones in {header[zone_at]!r}, to degrees")
        return Projection(x_at, y_at, "", zone_at)
    if in_name and 1 <= int(in_name[1]) <= 60:
        stated = f"utm{int(in_name[1])}{(in_name[2] or 'n').upper()}"
    if not stated.startswith("utm"):
        warn(f"{header[x_at]!r} and {header[y_at]!r} are metres of an unknown grid; not used")
        return None
    warn(f"points converted from {_describe(stated)} to degrees")
    return Projection(x_at, y_at, stated)


def _is_named(name: str, known: frozenset[str]) -> bool:
    bare = re.sub(
        r" ?(?:utm )?(?:zone )?\d{1,2} ?[ns]?$| (?:m|metres|meters|wgs84)$", "", name[:80]
    )
    return bare in known


def _describe(crs: str) -> str:
    return "Web Mercator" if crs == "mercator" else f"UTM zone {crs[3:]}" if crs else "degrees"


def _are_metres(rows: Sequence[Sequence[str]], x_at: int, y_at: int) -> bool:
    points = _list_points(rows, x_at, y_at)
    far = sum(abs(x) > _DEGREES or abs(y) > _DEGREES for x, y in points)
    return bool(points) and far >= _NEARLY_ALL * len(points)


def _list_points(rows: Sequence[Sequence[str]], x_at: int, y_at: int) -> list[tuple[float, float]]:
    found = []
    for row in rows[:_SAMPLE]:
        if len(row) > max(x_at, y_at):
            x, y = parse_metres(row[x_at]), parse_metres(row[y_at])
            if x is not None and y is not None and (x or y):
                found.append((x, y))
    return found


def _lie_in_countries(
    rows: Sequence[Sequence[str]], x_at: int, y_at: int, country_at: int | None
) -> bool:
    """True if the points, read as Web Mercator, lie in their rows' countries."""
    if country_at is None:
        return False
    inside = seen = 0
    for row in rows[:_SAMPLE]:
        if len(row) <= max(x_at, y_at, country_at):
            continue
        x, y, code = parse_metres(row[x_at]), parse_metres(row[y_at]), country_code(row[country_at])
        if x is None or y is None or not code:
            continue
        seen += 1
        if abs(x) <= _MERCATOR_EDGE and abs(y) <= _MERCATOR_EDGE:
            latitude, longitude = to_wgs84(x, y, "mercator")
            inside += in_country(round(latitude, 5), round(longitude, 5), code)
    return seen > 0 and inside >= _NEARLY_ALL * seen
