"""Parquet, Feather, Arrow and ORC tables of other programs, as records."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
import pyarrow as pa

from dashboard.errors import ReadError
from dashboard.readers.common.budget import get_budget
from dashboard.readers.common.geometry import locate_wkb
from dashboard.readers.common.projections import parse_crs

SITE_TABLE_FORMAT = "Site table (Parquet)"
_STARTS = {"Parquet": b"PAR1", "Feather": b"ARROW1", "Feather 1": b"FEA1", "ORC": b"ORC"}
_STREAM = b"\xff\xff\xff\xff"
_LONGEST_SCHEMA = 1_000_000
_ROWS_AT_ONCE = 10_000


def name_arrow_kind(data: bytes) -> str:
    """Parquet, Feather (also any Arrow file), Feather 1, ORC or Arrow (a stream), else empty."""
    if data.startswith(_STREAM) and 0 < int.from_bytes(data[4:8], "little") < _LONGEST_SCHEMA:
        return "Arrow"
    return next((kind for kind, start in _STARTS.items() if data.startswith(start)), "")


def is_site_table(data: bytes) -> bool:
    """True for a Parquet file with the columns of a table this software saved."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    try:
        names = pq.read_schema(io.BytesIO(data)).names
    except (pa.ArrowException, OSError, ValueError):
        return True  # refused as damaged by the reader of site tables
    return {"trial_id", "facility", "city", "country"} <= set(names)


def read_crs(data: bytes, kind: str) -> str:
    """The reference system that GeoParquet states for its points; WGS 84 if it states none."""
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

    if kind != "Parquet":
        return ""
    stated = (pq.read_schema(io.BytesIO(data)).metadata or {}).get(b"geo")
    try:
        geo = orjson.loads(stated) if stated else {}
        column = geo["columns"][geo["primary_column"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    crs = column.get("crs") if isinstance(column, dict) else None
    identity = crs.get("id") if isinstance(crs, dict) else None
    if not isinstance(identity, dict):
        return ""
    return parse_crs(f"{identity.get('authority')}:{identity.get('code')}")


def iter_records(data: bytes, kind: str, name: str) -> Iterator[dict[str, Any]]:
    """Each row as a record; a geometry in well-known binary becomes longitude and latitude.

    Raises:
        ReadError: it is damaged, or larger than a site list.
    """
    budget = get_budget(name, len(data))
    with convert_errors(name, kind):
        for batch in _iter_batches(data, kind):
            budget.spend(cells=batch.num_rows * max(1, batch.num_columns))
            budget.spend(unpacked_bytes=batch.nbytes)
            for start in range(0, batch.num_rows, _ROWS_AT_ONCE):
                for record in batch.slice(start, _ROWS_AT_ONCE).to_pylist():
                    yield {
                        key: value
                        for key, cell in record.items()
                        for key, value in _convert(str(key), cell)
                    }


def _iter_batches(data: bytes, kind: str) -> Iterator[pa.RecordBatch]:
    source = pa.BufferReader(data)
    if kind == "Parquet":
        import pyarrow.parquet as pq  # noqa: PLC0415 - heavy

        file = pq.ParquetFile(source)
        about = file.metadata
        groups = [about.row_group(at) for at in range(about.num_row_groups)]
        get_budget().spend(unpacked_bytes=sum(max(0, group.total_byte_size) for group in groups))
        yield from file.iter_batches(_ROWS_AT_ONCE)
    elif kind == "Feather":
        reader = pa.ipc.open_file(source)
        yield from map(reader.get_batch, range(reader.num_record_batches))
    elif kind == "Arrow":
        yield from pa.ipc.open_stream(source)
    elif kind == "Feather 1":
        from pyarrow import feather  # noqa: PLC0415 - heavy

        yield from feather.read_table(source).to_batches(_ROWS_AT_ONCE)
    else:
        from pyarrow import orc  # noqa: PLC0415 - heavy

        yield from orc.ORCFile(source).read().to_batches(_ROWS_AT_ONCE)


def _convert(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bytes):
        point, _ = locate_wkb(value)
        if point is not None:
            yield "longitude", point[0]
            yield "latitude", point[1]
        return
    if hasattr(value, "isoformat"):
        value = value.isoformat().removesuffix("T00:00:00")
    yield key, value


@contextmanager
def convert_errors(name: str, kind: str) -> Iterator[None]:
    """Raise errors of the library as :class:`ReadError`; ``kind`` names the format."""
    try:
        yield
    except ReadError:
        raise
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError) as error:
        why = " ".join(str(error).split())[:120]
        raise ReadError(name, f"a damaged {kind} file: {why}") from error
