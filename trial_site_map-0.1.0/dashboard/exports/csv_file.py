"""A table as CSV: RFC 4180, UTF-8 with a BOM so that Excel detects the encoding.

Numbers have the fewest digits that read back equal; an empty cell is unknown. Cells are quoted only
where they must be. Arrow does the work without the interpreter lock: other requests go on.
"""

from collections.abc import Callable, Iterator

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.exports.formula_injection import escape_formulas
from dashboard.sites.categoricals import to_arrow

BOM = "\ufeff"
CHUNK_ROWS = 10_000
_LINE_END = "\r\n"


def csv_chunks(table: pd.DataFrame) -> Iterator[bytes]:
    """The table as CSV in chunks of at most :data:`CHUNK_ROWS` rows, the header first."""
    names = _format_cells(pa.array([str(name) for name in table.columns], pa.string()))
    yield (BOM + ",".join(names.to_pylist()) + _LINE_END).encode()
    columns = [_column_formatter(table[name]) for name in table.columns] if len(table) else []
    for start in range(0, len(table), CHUNK_ROWS):
        yield _join_lines([cells(start, start + CHUNK_ROWS) for cells in columns])


def to_csv(table: pd.DataFrame) -> bytes:
    """The whole of :func:`csv_chunks`."""
    return b"".join(csv_chunks(table))


def _join_lines(cells: list[pa.Array]) -> bytes:
    if len(cells) == 1:  # an empty line would be no row at all
        cells = [pc.if_else(pc.equal(cells[0], ""), '""', cells[0])]
    rows = pc.binary_join_element_wise(*cells, ",")
    everything = pa.ListArray.from_arrays([0, len(rows)], rows)
    return bytes(pc.binary_join(everything, _LINE_END)[0].as_buffer()) + _LINE_END.encode()


def _column_formatter(column: pd.Series) -> Callable[[int, int], pa.Array]:
    """A function from first and end row to the cells; repeated text is formatted once."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return lambda start, end: _format_cells(to_arrow(column.iloc[start:end]))
    codes = column.cat.codes.to_numpy()
    rows = pa.array(codes, mask=codes < 0)
    distinct = to_arrow(column.cat.categories.to_series())
    if len(distinct) > len(rows):
        return lambda start, end: _format_cells(distinct.take(rows[start:end]))
    cells = _format_cells(distinct)
    return lambda start, end: pc.fill_null(cells.take(rows[start:end]), "")


def _format_cells(column: pa.Array) -> pa.Array:
    texts = pc.fill_null(pc.cast(column, pa.string()), "")
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        return texts
    texts = escape_formulas(texts)
    quoted = pc.match_substring_regex(texts, '[",\r\n]')
    if not pc.any(quoted).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(quoted, pc.binary_join_element_wise('"', doubled, '"', ""), texts)
