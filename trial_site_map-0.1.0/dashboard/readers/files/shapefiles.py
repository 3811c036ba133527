"""Shapefiles in an archive: the records of the table with a point of each shape."""

import io
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers.common.column_names import complete_header
from dashboard.readers.common.geometry import locate_geometry
from dashboard.readers.common.messages import Warn
from dashboard.readers.common.projections import describe_crs, parse_crs, to_wgs84

PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".shp.xml", ".qmd")
"""Endings of the files that make a shapefile."""


_LONGEST_FIELD = 10
"""Bytes that dBase has for a field's name."""


def list_shapefiles(names: Iterator[str] | list[str]) -> dict[str, dict[str, str]]:
    """By the common start of their names, the files of each shapefile by ending."""
    found: dict[str, dict[str, str]] = {}
    for name in names:
        lower = name.lower()
        ending = next((part for part in sorted(PARTS, key=len)[::-1] if lower.endswith(part)), "")
        if ending:
            found.setdefault(lower.removesuffix(ending), {})[ending] = name
    return {stem: parts for stem, parts in found.items() if {".shp", ".dbf"} <= set(parts)}


def iter_records(parts: Mapping[str, bytes], name: str, warn: Warn) -> Iterator[dict[str, Any]]:
    """A record of each shape, with longitude and latitude; a point inside of an area.

    Raises:
        ReadError: it is damaged.
    """
    import shapefile  # noqa: PLC0415 - only these files need it

    crs = parse_crs(parts.get(".prj", b"").decode("latin-1")) if ".prj" in parts else ""
    encoding = parts.get(".cpg", b"").decode("latin-1").strip() or _guess_encoding(parts[".dbf"])
    areas = lines = lost = 0
    try:
        reader = shapefile.Reader(
            shp=io.BytesIO(parts[".shp"]),
            dbf=io.BytesIO(parts[".dbf"]),
            encoding=_known_encoding(encoding),
            encodingErrors="replace",
        )
        for both in reader.iterShapeRecords():
            record = {_complete(str(key)): value for key, value in both.record.as_dict().items()}
            point, kind = locate_geometry(_plain(both.shape.__geo_interface__))
            areas += kind == "area"
            lines += kind == "line"
            if point is not None:
                latitude, longitude = to_wgs84(float(point[0]), float(point[1]), crs)
                if latitude == latitude:  # noqa: PLR0124 - not NaN
                    record |= {"latitude": latitude, "longitude": longitude}
                else:
                    lost += 1
            yield record
    except ReadError:
        raise
    except Exception as error:  # pyshp lets through whatever struct and codecs raise
        why = " ".join(f"{type(error).__name__} {error}".split())[:100]
        raise ReadError(name, f"a damaged shapefile: {why}") from error
    if areas:
        warn(f"{areas} shapes are areas; a point inside each is used")
    if lines:
        warn(f"{lines} shapes are lines and give no point")
    if lost:
        what = describe_crs(parts.get(".prj", b"").decode("latin-1"))
        warn(f"{lost} points are in {what}, which is not read; save the layer in WGS 84")


@lru_cache(maxsize=1_000)
def _complete(name: str) -> str:
    """A field's name, in full if dBase has cut it."""
    return complete_header(name) if len(name.encode()) >= _LONGEST_FIELD - 2 else name


def _plain(geometry: Any) -> dict[str, Any]:
    """Tuples of coordinates as the lists of GeoJSON."""
    found = dict(geometry)
    if found.get("type") == "Point":
        found["coordinates"] = list(found.get("coordinates") or ())
    if found.get("type") == "MultiPoint":
        found["coordinates"] = [list(pair) for pair in found.get("coordinates") or ()]
    return found


def _guess_encoding(table: bytes) -> str:
    try:
        table.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError:
        digits = "".join(filter(str.isdigit, name))
        return "utf-8" if "UTF" in name.upper() else f"cp{digits}" if digits in _PAGES else "cp1252"
    return name


_PAGES = frozenset({"1250", "1251", "1252", "1253", "1254", "437", "850", "932", "936", "949"})
