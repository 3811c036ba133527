"""JSON that is a table in disguise: lists of flat objects, and GeoJSON points."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from dashboard.readers.clean import as_text
from dashboard.readers.study_record import fields_of, items_of
from dashboard.readers.tables import SAMPLE_ROWS, Table

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
