"""A site table as GeoJSON (RFC 7946): a feature a site, without geometry where unresolved."""

from collections.abc import Iterator

import orjson

from dashboard.exports.content import Content
from dashboard.exports.json_file import CHUNK_ROWS, about_object, records_of


def geojson_chunks(content: Content) -> Iterator[bytes]:
    """The content as one FeatureCollection, in pieces; ``about`` is a foreign member."""
    head = {
        "type": "FeatureCollection",
        "name": content.name,
        "title": content.title,
        "about": about_object(content),
    }
    yield orjson.dumps(head)[:-1] + b',"features":['
    table = content.table
    for start in range(0, len(table), CHUNK_ROWS):
        end = start + CHUNK_ROWS
        part = content.rows.iloc[start:end]
        points = zip(part["longitude"].tolist(), part["latitude"].tolist(), strict=True)
        features = [
            {"type": "Feature", "geometry": _geometry(*point), "properties": record}
            for point, record in zip(points, records_of(table.iloc[start:end]), strict=True)
        ]
        yield (b"," if start else b"") + orjson.dumps(features)[1:-1]
    yield b"]}\n"


def _geometry(longitude: float, latitude: float) -> dict[str, object] | None:
    if longitude != longitude or latitude != latitude:  # noqa: PLR0124 - NaN
        return None
    return {"type": "Point", "coordinates": [longitude, latitude]}
