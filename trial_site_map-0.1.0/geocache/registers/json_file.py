"""Reads GeoJSON and dumps of ROR (Research Organization Registry), record by record."""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from itertools import islice
from typing import IO, Any

import ijson

from geocache.errors import InputError
from geocache.registers.columns import Columns
from geocache.registers.facility import Reading, Row, Warn

ROR_LICENCE = "Research Organization Registry, ror.org (CC0)"
_LICENCE_MEMBERS = frozenset(("license", "licence", "attribution", "copyright"))
_GEOJSON = "features.item"
_LIST = "item"
_SAMPLE = 50

Opener = Callable[[], AbstractContextManager[IO[bytes]]]


def read_json(open_file: Opener, name: str, warn: Warn) -> Reading:
    """The facilities of a GeoJSON FeatureCollection or a dump of ROR, schema 1 or 2.

    A feature that is an area or a line gives a point within it.

    Raises:
        InputError: it is neither, or no JSON.
    """
    prefix, licence = _look_into(open_file, name)
    first = list(islice(_iter_items(open_file, prefix, name, None), _SAMPLE))
    if prefix == _GEOJSON:
        headers = list(dict.fromkeys(key for one in first for key in _properties(one)))
        columns = Columns(headers, name, has_points=True)
        return Reading(_read_features(open_file, name, columns, warn), licence, None)
    if not any("ror.org/" in str(one.get("id", "")) for one in first):
        raise InputError(f"{name}: neither GeoJSON nor a dump of ROR")
    return Reading(_read_ror(open_file, name, warn), licence or ROR_LICENCE, None)


def _look_into(open_file: Opener, name: str) -> tuple[str, str]:
    """Where the records are, and a licence that stands before them."""
    licence = ""
    try:
        with open_file() as file:
            for prefix, event, value in ijson.parse(file):
                if prefix == "" and event == "start_array":
                    return _LIST, ""
                if prefix == "features" and event == "start_array":
                    return _GEOJSON, licence
                if prefix in _LICENCE_MEMBERS and event == "string":
                    licence = licence or " ".join(str(value).split())[:200]
    except (ijson.JSONError, OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: not valid JSON: {_shorten(error)}") from error
    raise InputError(f"{name}: neither GeoJSON nor a dump of ROR")


def _iter_items(
    open_file: Opener, prefix: str, name: str, warn: Warn | None
) -> Iterator[dict[str, Any]]:
    """The records that are objects; ``{}`` for others, so that they are counted."""
    count = 0
    try:
        with open_file() as file:
            for record in ijson.items(file, prefix, use_float=True):
                count += 1
                yield record if isinstance(record, dict) else {}
    except (ijson.JSONError, OSError, UnicodeDecodeError, OverflowError) as error:
        if not count:
            raise InputError(f"{name}: not valid JSON: {_shorten(error)}") from error
        if warn is not None:
            warn(f"{name}: broken after record {count:,}: {_shorten(error)}; the rest is missing")


def _shorten(error: Exception) -> str:
    return " ".join(str(error).split())[:100]


def _properties(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _read_features(open_file: Opener, name: str, columns: Columns, warn: Warn) -> Iterator[Row]:
    for number, feature in enumerate(_iter_items(open_file, _GEOJSON, name, warn), 1):
        point = _find_point(feature.get("geometry"))
        yield columns.build_row(number, _properties(feature).get, point)


def _find_point(geometry: Any) -> tuple[float, float]:
    """A point of a GeoJSON geometry as latitude and longitude; NaN if there is none."""
    try:
        if geometry["type"] == "Point":
            east, north = geometry["coordinates"][:2]
            return float(north), float(east)
        return _find_inside(geometry)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return math.nan, math.nan


def _find_inside(geometry: Any) -> tuple[float, float]:
    """A point within an area or on a line."""
    import shapely  # noqa: PLC0415 - most registers hold points
    from shapely.geometry import shape  # noqa: PLC0415

    try:
        inside = shape(geometry).representative_point()
        return float(inside.y), float(inside.x)
    except shapely.errors.ShapelyError:
        return math.nan, math.nan


def _read_ror(open_file: Opener, name: str, warn: Warn) -> Iterator[Row]:
    for number, record in enumerate(_iter_items(open_file, _LIST, name, warn), 1):
        if record.get("status") == "withdrawn":
            continue
        names = _list_ror_names(record)
        for place in _list_ror_places(record):
            yield Row(number, names, *place)


def _list_ror_names(record: Mapping[str, Any]) -> tuple[str, ...]:
    """All names of a record, the one to show first."""
    found = record.get("names")
    if isinstance(found, list):
        named = [one for one in found if isinstance(one, dict)]
        named.sort(key=lambda one: "ror_display" not in (one.get("types") or ()))
        texts = [one["value"] for one in named if isinstance(one.get("value"), str)]
    else:
        labels = [one.get("label") for one in record.get("labels") or () if isinstance(one, dict)]
        others = (*(record.get("aliases") or ()), *labels, *(record.get("acronyms") or ()))
        texts = [one for one in (record.get("name"), *others) if isinstance(one, str)]
    return tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))


def _list_ror_places(
    record: Mapping[str, Any],
) -> Iterator[tuple[str, str, str, str, float, float]]:
    """City, state, postcode, country, latitude and longitude of each location of a record."""
    country = record.get("country")
    code = str(country.get("country_code") or "") if isinstance(country, dict) else ""
    places: list[Any] = record.get("locations") or record.get("addresses") or [{}]
    for location in places:
        about = location if isinstance(location, dict) else {}
        details = about.get("geonames_details")
        if isinstance(details, dict):
            city, state = details.get("name"), details.get("country_subdivision_name")
            code = str(details.get("country_code") or code)
        else:
            details = about
            city, state = about.get("city"), about.get("state")
        north, east = details.get("lat"), details.get("lng")
        yield (
            " ".join(str(city or "").split()),
            " ".join(str(state or "").split()),
            " ".join(str(about.get("postcode") or "").split()),
            code,
            float(north) if isinstance(north, (int, float)) else math.nan,
            float(east) if isinstance(east, (int, float)) else math.nan,
        )
