"""A table as JSON in the form of Table Schema, and as GeoJSON; both in chunks.

``pd.read_json(url, orient="table")`` reads the JSON with its types; elsewhere the rows are the list
under ``data``. An unknown number is ``null``, an unknown text empty.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pandas as pd

from dashboard.exports.content import Content

CHUNK_ROWS = 5_000


def json_chunks(content: Content) -> Iterator[bytes]:
    """The content as one JSON document."""
    types = content.column_types
    head = {
        "title": content.title,
        "about": content.about.to_json(),
        "schema": {"fields": [{"name": name, "type": type_} for name, type_ in types.items()]},
    }
    table = content.table
    starts = range(0, len(table), CHUNK_ROWS)
    records = (_build_records(table.iloc[start : start + CHUNK_ROWS]) for start in starts)
    return _document_chunks(head, "data", records)


def geojson_chunks(content: Content) -> Iterator[bytes]:
    """The content as one FeatureCollection; ``about`` is a foreign member."""
    head = {
        "type": "FeatureCollection",
        "name": content.name,
        "title": content.title,
        "about": content.about.to_json(),
    }
    starts = range(0, len(content.rows), CHUNK_ROWS)
    features = (_build_features(content, start, start + CHUNK_ROWS) for start in starts)
    return _document_chunks(head, "features", features)


def _document_chunks(
    head: dict[str, Any], member: str, parts: Iterator[list[dict[str, Any]]]
) -> Iterator[bytes]:
    """An object of ``head`` and last a list ``member``, whose items come in parts."""
    yield orjson.dumps(head)[:-1] + f',"{member}":['.encode()
    for number, part in enumerate(parts):
        yield (b"," if number else b"") + orjson.dumps(part)[1:-1]
    yield b"]}\n"


def _build_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as objects; orjson writes NaN as ``null``."""
    names = list(table.columns)
    columns = [table[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _build_features(content: Content, start: int, end: int) -> list[dict[str, Any]]:
    rows = content.rows.iloc[start:end]
    points = zip(rows["longitude"].tolist(), rows["latitude"].tolist(), strict=True)
    records = _build_records(content.table.iloc[start:end])
    return [
        {"type": "Feature", "geometry": _build_geometry(*point), "properties": record}
        for point, record in zip(points, records, strict=True)
    ]


def _build_geometry(longitude: float, latitude: float) -> dict[str, object] | None:
    if longitude != longitude or latitude != latitude:  # noqa: PLR0124 - NaN
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}
