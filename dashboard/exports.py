"""A site table as a file."""

import csv
import io
from collections.abc import Iterator

import pandas as pd

BOM = "\ufeff"
CHUNK_ROWS = 5_000


def csv_chunks(table: pd.DataFrame) -> Iterator[bytes]:
    """The table as RFC 4180 CSV, UTF-8 with a BOM so that Excel opens it right, in pieces.

    Numbers are written as short as they read back; an empty cell is unknown.
    """
    yield (BOM + _csv_rows([list(table.columns)])).encode()
    for start in range(0, len(table), CHUNK_ROWS):
        part = table.iloc[start : start + CHUNK_ROWS]
        columns = [_csv_column(part[name]) for name in part.columns]
        yield _csv_rows(zip(*columns, strict=True)).encode()


def to_csv(table: pd.DataFrame) -> bytes:
    """All of :func:`csv_chunks` in one piece."""
    return b"".join(csv_chunks(table))


def _csv_column(column: pd.Series) -> list[object]:
    if pd.api.types.is_float_dtype(column.dtype):
        return ["" if value != value else f"{value:.10g}" for value in column.tolist()]  # noqa: PLR0124
    return ["" if value is None else value for value in column.astype(object).tolist()]


def _csv_rows(rows: object) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)  # type: ignore[arg-type]
    return text.getvalue()
