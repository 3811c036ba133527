"""JSON that is a table in disguise: lists of flat objects, and GeoJSON points."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from dashboard.readers.common.clean import as_text, fields_of, items_of
from dashboard.readers.common.column_names import named
from dashboard.readers.tables.tables import SAMPLE_ROWS, Table

GEOJSON_FORMAT = "GeoJSON"
RECORDS_FORMAT = "Site list (JSON)"

_MOST_KEYS = 300


def is_feature(value: object) -> bool:
    """True for a GeoJSON feature, and for a point that stands alone."""
    if type(value) is not dict:
        return False
    return value.get("type") == "Feature" or (
        value.get("type") in ("Point", "MultiPoint") and "coordinates" in value
    )


class Features:
    """The records of GeoJSON features; ``shapes`` counts those that are lines or areas."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values
        self.shapes = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for value in self._values:
            if is_feature(value):
                self.shapes += _is_shape(value)
                yield feature_record(value)


def _is_shape(feature: dict[str, Any]) -> bool:
    geometry = fields_of(feature.get("geometry", feature))
    many = geometry.get("type") != "MultiPoint" or len(items_of(geometry.get("coordinates"))) > 1
    return bool(geometry) and geometry.get("type") != "Point" and many


def cells(record: object) -> list[str]:
    """The cells of a row that is a JSON list; none for another value."""
    return list(map(_cell, record)) if type(record) is list else []


def feature_record(feature: dict[str, Any]) -> dict[str, Any]:
    """A feature's properties, with the point of its geometry as latitude and longitude.

    Lines and areas give no point: a site is where a person can go.
    """
    record = dict(fields_of(feature.get("properties")))
    geometry = fields_of(feature.get("geometry", feature))
    point = items_of(geometry.get("coordinates"))
    if geometry.get("type") == "MultiPoint" and len(point) == 1:
        point = items_of(point[0])
    elif geometry.get("type") != "Point":
        return record
    if len(point) >= 2:
        record["longitude"], record["latitude"] = point[0], point[1]
    return record


def table_of(records: Iterable[dict[str, Any]]) -> Table:
    """The records as a table: a column a key of the first few hundred, in order of appearance.

    What stands in an object inside a record is a column too: `geo lat` of ``{"geo": {"lat": 47}}``.
    """
    running = map(_flat, records)
    first = list(islice(running, SAMPLE_ROWS - 1))
    keys = list(dict.fromkeys(key for record in first for key in record))[:_MOST_KEYS]
    rows: Iterator[list[str]] = (
        [_cell(record.get(key)) for key in keys] for record in chain(first, running)
    )
    sample = [keys, *islice(rows, len(first))]
    return Table(sample, rows, 0)


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    if dict not in map(type, record.values()):
        return record
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if type(value) is dict:
            outer = "" if key == "address" else f"{key} "
            flat.update((outer + inner, each) for inner, each in value.items())
        else:
            flat[key] = value
    return flat


def _cell(value: object) -> str:
    if type(value) is list:
        return "; ".join(filter(None, map(as_text, value)))
    return as_text(value)


_PLACES = frozenset({"city", "country", "postcode", "place", "point", "latitude"})


def site_records(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A record a site.

    A trial with a list of its sites gives each of them its own fields; lists of sites by country,
    and sites by number, give theirs under ``group``. A site's list of people stays inside it.
    """
    for record in records:
        yield from _unfolded(record)


def _unfolded(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    inner = {key: value for key, value in record.items() if _are_sites(value)}
    if not inner or _is_located(record):
        yield record
        return
    if len(inner) == len(record):
        for group, sites in inner.items():
            for site in sites if isinstance(sites, list) else [sites]:
                yield {"group": group, **site}
        return
    own = {key: value for key, value in record.items() if not isinstance(value, (list, dict))}
    for sites in inner.values():
        for site in sites if isinstance(sites, list) else [sites]:
            around = {f"trial {key}" if key in site else key: own[key] for key in own}
            yield around | site


def _are_sites(value: object) -> bool:
    """True for objects that say where something is, alone or in a list."""
    if isinstance(value, dict):
        return _is_located(value) and any(named(str(key))[0] == "facility" for key in value)
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) for one in value)
        and _is_located(value[0])
    )


def _is_located(record: dict[str, Any]) -> bool:
    return any(named(str(key))[0] in _PLACES for key in record)
