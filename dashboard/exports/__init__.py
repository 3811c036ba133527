"""A table as a file: one module a format, all over the same :class:`Content`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dashboard.exports.content import About, Content, Provenance
from dashboard.exports.csv_file import csv_chunks, to_csv
from dashboard.exports.csvw import build_metadata
from dashboard.exports.json_file import geojson_chunks, json_chunks
from dashboard.exports.kml_file import kml_chunks
from dashboard.exports.parquet_file import parquet_chunks
from dashboard.exports.xlsx_file import xlsx_chunks

__all__ = [
    "FORMATS",
    "About",
    "Content",
    "Format",
    "Provenance",
    "build_metadata",
    "csv_chunks",
    "to_bytes",
    "to_csv",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    ``points`` formats hold sites only; ``packed`` ones are compressed already.
    """

    suffix: str
    label: str
    media_type: str
    chunks: Callable[[Content], Iterator[bytes]]
    points: bool = False
    packed: bool = False


FORMATS: dict[str, Format] = {
    f.suffix: f
    for f in (
        Format("csv", "CSV", "text/csv; charset=utf-8", lambda c: csv_chunks(c.table)),
        Format("json", "JSON", "application/json", json_chunks),
        Format("geojson", "GeoJSON", "application/geo+json", geojson_chunks, points=True),
        Format(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            xlsx_chunks,
            packed=True,
        ),
        Format("kml", "KML", "application/vnd.google-earth.kml+xml", kml_chunks, points=True),
        Format("parquet", "Parquet", "application/vnd.apache.parquet", parquet_chunks, packed=True),
    )
}
"""Every format by its suffix."""


def to_bytes(content: Content, suffix: str) -> bytes:
    """The whole file.

    Raises:
        ExportError: the table does not fit the format.
    """
    return b"".join(FORMATS[suffix].chunks(content))
