"""Turns JSON into tables: lists of objects or rows, and GeoJSON features."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from dashboard.readers.common.clean import as_dict, as_list, as_text
from dashboard.readers.common.column_names import match_header
from dashboard.readers.tables.raw_table import SAMPLE_ROWS, RawTable

GEOJSON_FORMAT = "GeoJSON"
RECORDS_FORMAT = "Site list (JSON)"

_MAX_KEYS = 300
_PLACES = frozenset({"city", "country", "postcode", "place", "point", "latitude"})


def is_feature(value: object) -> bool:
    """True for a GeoJSON feature, or a point that is none's geometry."""
    if type(value) is not dict:
        return False
    return value.get("type") == "Feature" or (
        value.get("type") in ("Point", "MultiPoint") and "coordinates" in value
    )


class Features:
    """The records of GeoJSON features; ``shapes`` counts lines and areas."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = values
        self.shapes = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for value in self._values:
            if is_feature(value):
                self.shapes += _is_shape(value)
                yield flatten_feature(value)


def _is_shape(feature: dict[str, Any]) -> bool:
    geometry = as_dict(feature.get("geometry", feature))
    many = geometry.get("type") != "MultiPoint" or len(as_list(geometry.get("coordinates"))) > 1
    return bool(geometry) and geometry.get("type") != "Point" and many


def format_row(record: object) -> list[str]:
    """The cells of a row given as a JSON list; none for other values."""
    return list(map(_format_cell, record)) if type(record) is list else []


def flatten_feature(feature: dict[str, Any]) -> dict[str, Any]:
    """A feature's properties, with its point as latitude and longitude.

    Lines and areas give no point: a site is a place that a person can go to.
    """
    record = dict(as_dict(feature.get("properties")))
    geometry = as_dict(feature.get("geometry", feature))
    point = as_list(geometry.get("coordinates"))
    if geometry.get("type") == "MultiPoint" and len(point) == 1:
        point = as_list(point[0])
    elif geometry.get("type") != "Point":
        return record
    if len(point) >= 2:
        record["longitude"], record["latitude"] = point[0], point[1]
    return record


def build_table(records: Iterable[dict[str, Any]]) -> RawTable:
    """The records as a table with a column per key of the first few hundred records.

    Keys of an object inside a record are columns too: `geo lat` of ``{"geo": {"lat": 47}}``.
    """
    running = map(_flatten, records)
    first = list(islice(running, SAMPLE_ROWS - 1))
    keys = list(dict.fromkeys(key for record in first for key in record))[:_MAX_KEYS]
    rows: Iterator[list[str]] = (
        [_format_cell(record.get(key)) for key in keys] for record in chain(first, running)
    )
    sample = [keys, *islice(rows, len(first))]
    return RawTable(sample, rows, 0)


def _flatten(record: dict[str, Any]) -> dict[str, Any]:
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


def _format_cell(value: object) -> str:
    if type(value) is list:
        return "; ".join(filter(None, map(as_text, value)))
    return as_text(value)


def iter_site_records(records: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One record per site.

    Sites in a trial's list get the trial's fields; sites in lists by country, or in objects by
    number, get the key as ``group``. Lists without places, such as people, stay in their site.
    """
    for record in records:
        yield from _expand(record)


def _expand(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
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
    """True for an object with a place, or a list of them."""
    if isinstance(value, dict):
        return _is_located(value) and any(match_header(str(key))[0] == "facility" for key in value)
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) for one in value)
        and _is_located(value[0])
    )


def _is_located(record: dict[str, Any]) -> bool:
    return any(match_header(str(key))[0] in _PLACES for key in record)
