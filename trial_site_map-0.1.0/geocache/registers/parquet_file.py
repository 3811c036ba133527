"""Reads Parquet and GeoParquet, batch by batch."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from geocache.errors import InputError
from geocache.registers.columns import Columns
from geocache.registers.facility import Reading, Row, Warn

_GEOMETRIES = ("geometry", "geom", "wkb_geometry")
_LICENCE_KEYS = (b"license", b"licence", b"attribution")
_BATCH_ROWS = 8_192


def read_parquet(path: Path, warn: Warn) -> Reading:
    """The facilities of a Parquet file, points also as WKB in a column ``geometry``.

    Raises:
        InputError: the file is damaged, or lacks names or points.
    """
    try:
        schema = pq.read_schema(path)
        about = pq.read_metadata(path).num_rows
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{path.name}: a damaged Parquet file: {_shorten(error)}") from error
    geometry = next(
        (one for one in _GEOMETRIES if one in schema.names and _is_binary(schema.field(one).type)),
        "",
    )
    columns = Columns(schema.names, path.name, has_points=bool(geometry))
    metadata = schema.metadata or {}
    named = [metadata[key].decode(errors="replace") for key in _LICENCE_KEYS if key in metadata]
    licence = " ".join(named[0].split())[:200] if named else ""
    return Reading(_read(path, columns, geometry, warn), licence, about)


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _shorten(error: Exception) -> str:
    return " ".join(str(error).split())[:100]


def _read(path: Path, columns: Columns, geometry: str, warn: Warn) -> Iterator[Row]:
    wanted = list(dict.fromkeys((*columns.used, *([geometry] if geometry else []))))
    number = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
                cells = batch.to_pylist()
                points = _parse_points([row[geometry] for row in cells]) if geometry else None
                for at, row in enumerate(cells):
                    number += 1
                    yield columns.build_row(number, row.get, points[at] if points else None)
    except (pa.ArrowException, OSError) as error:
        if number == 1:
            raise InputError(f"{path.name}: a damaged Parquet file: {_shorten(error)}") from error
        warn(f"{path.name}: damaged after row {number:,}: {_shorten(error)}; the rest is missing")


def _parse_points(shapes: Sequence[Any]) -> list[tuple[float, float]]:
    """A point within each WKB geometry, as latitude and longitude; NaN if there is none."""
    import shapely  # noqa: PLC0415 - most registers have columns of degrees

    inside = shapely.point_on_surface(shapely.from_wkb(shapes, on_invalid="ignore"))
    norths, easts = shapely.get_y(inside), shapely.get_x(inside)
    return [
        (north, east) if not math.isnan(north + east) else (math.nan, math.nan)
        for north, east in zip(norths.tolist(), easts.tolist(), strict=True)
    ]
