"""A table as a file: one module per format, all over the same :class:`Content`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dashboard.exports.content import About, Content, Provenance
from dashboard.exports.csv_file import csv_chunks, to_csv
from dashboard.exports.json_file import geojson_chunks, json_chunks

__all__ = [
    "FORMATS",
    "About",
    "Content",
    "Format",
    "Provenance",
    "csv_chunks",
    "to_bytes",
    "to_csv",
]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format; ``compressed`` where gzip would gain nothing."""

    suffix: str
    label: str
    media_type: str
    chunks: Callable[[Content], Iterator[bytes]]
    compressed: bool = False


def _kml_chunks(content: Content) -> Iterator[bytes]:
    from dashboard.exports.kml_file import kml_chunks  # noqa: PLC0415 - each slow to import

    return kml_chunks(content)


def _xlsx_chunks(content: Content) -> Iterator[bytes]:
    from dashboard.exports.xlsx_file import xlsx_chunks  # noqa: PLC0415

    return xlsx_chunks(content)


def _parquet_chunks(content: Content) -> Iterator[bytes]:
    from dashboard.exports.parquet_file import parquet_chunks  # noqa: PLC0415

    return parquet_chunks(content)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PARQUET = "application/vnd.apache.parquet"

FORMATS: dict[str, Format] = {
    f.suffix: f
    for f in (
        Format("csv", "CSV", "text/csv; charset=utf-8", lambda c: csv_chunks(c.table)),
        Format("json", "JSON", "application/json", json_chunks),
        Format("geojson", "GeoJSON", "application/geo+json", geojson_chunks),
        Format("xlsx", "Excel", _XLSX, _xlsx_chunks, compressed=True),
        Format("kml", "KML", "application/vnd.google-earth.kml+xml", _kml_chunks),
        Format("parquet", "Parquet", _PARQUET, _parquet_chunks, compressed=True),
    )
}
"""Every format by its suffix."""


def to_bytes(content: Content, suffix: str) -> bytes:
    """The whole file.

    Raises:
        ExportError: the table does not fit the format.
    """
    return b"".join(FORMATS[suffix].chunks(content))
