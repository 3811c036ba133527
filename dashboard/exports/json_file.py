"""A table as JSON in the form of Table Schema, so that pandas keeps the types.

``pd.read_json(url, orient="table")`` reads it; elsewhere the rows are the list under ``data``. An
unknown number is ``null``, an unknown text empty.
"""

from collections.abc import Iterator
from typing import Any

import orjson
import pandas as pd

from dashboard.exports.content import Content, column_types

CHUNK_ROWS = 5_000


def json_chunks(content: Content) -> Iterator[bytes]:
    """The content as one JSON document, in pieces."""
    table = content.table
    head = {
        "title": content.title,
        "about": build_about(content),
        "schema": {"fields": list_fields(table)},
    }
    yield orjson.dumps(head)[:-1] + b',"data":['
    for start in range(0, len(table), CHUNK_ROWS):
        records = build_records(table.iloc[start : start + CHUNK_ROWS])
        yield (b"," if start else b"") + orjson.dumps(records)[1:-1]
    yield b"]}\n"


def build_about(content: Content) -> dict[str, Any]:
    """What a file says of itself, for JSON."""
    about = content.about
    return {
        "as_of": about.as_of,
        "as_of_oldest": about.as_of_oldest,
        "filter": about.filter,
        "rows": about.rows,
        "total": about.total,
        "lists": list(about.lists),
        "position_sources": list(about.sources),
        "attribution": list(about.attribution),
        "written_by": about.facts()["written_by"],
    }


def list_fields(table: pd.DataFrame) -> list[dict[str, str]]:
    """Name and type of each column, as Table Schema has them."""
    return [{"name": name, "type": kind} for name, kind in column_types(table).items()]


def build_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as objects; NaN becomes ``null`` when they are written."""
    names = list(table.columns)
    columns = [table[name].tolist() for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def geojson_chunks(content: Content) -> Iterator[bytes]:
    """The content as one FeatureCollection, in pieces; ``about`` is a foreign member."""
    head = {
        "type": "FeatureCollection",
        "name": content.name,
        "title": content.title,
        "about": build_about(content),
    }
    yield orjson.dumps(head)[:-1] + b',"features":['
    table = content.table
    for start in range(0, len(table), CHUNK_ROWS):
        end = start + CHUNK_ROWS
        part = content.rows.iloc[start:end]
        points = zip(part["longitude"].tolist(), part["latitude"].tolist(), strict=True)
        features = [
            {"type": "Feature", "geometry": _geometry(*point), "properties": record}
            for point, record in zip(points, build_records(table.iloc[start:end]), strict=True)
        ]
        yield (b"," if start else b"") + orjson.dumps(features)[1:-1]
    yield b"]}\n"


def _geometry(longitude: float, latitude: float) -> dict[str, object] | None:
    if longitude != longitude or latitude != latitude:  # noqa: PLR0124 - NaN
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}
