"""A worksheet in memory: its rows as text, merged cells filled down; and the bounds of sheets."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.clean import as_text
from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.files.workbook_size import MAX_SHARED_CHARACTERS

MAX_COLUMNS = 300
MAX_CELLS = 50_000_000
"""Most cells of a workbook, counting empty ones between others."""

MAX_EMPTY_ROWS = 1_000
"""Empty rows that end a sheet: cell formats reach further than data."""

MAX_SHEETS = 50

_MAX_MERGED = 20_000
_MAX_MERGED_ROWS = 2_000
_MAX_FILLED_CHARACTERS = 50_000_000

Corners = tuple[tuple[int, int], tuple[int, int]]
"""Row and column, from 0, of the first and the last of some merged cells."""


class Sheet(NamedTuple):
    """A sheet's rows, of any lengths, and its merged cells."""

    title: str
    rows: list[list[Any]]
    merged: list[Corners]

    def check_size(self, name: str) -> "Sheet":
        """The sheet itself. Raises ReadError if its texts are longer than those of a site list."""
        texts = (value for row in self.rows for value in row if type(value) is str)
        if sum(map(len, texts)) > MAX_SHARED_CHARACTERS:
            raise _too_large(name, self.title)
        return self

    def text_rows(self) -> "TextRows":
        """Its rows as text, all of one length. A value merged over rows is in each of them."""
        width = min(max(map(len, self.rows), default=0), MAX_COLUMNS)
        self._fill_merged(width)
        return TextRows(self.rows, width)

    def _fill_merged(self, width: int) -> None:
        rows = self.rows
        room = _MAX_FILLED_CHARACTERS
        for (top, left), (bottom, _) in self.merged[:_MAX_MERGED]:
            value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
            if not value or left >= width:
                continue
            for row in rows[top + 1 : min(bottom, top + _MAX_MERGED_ROWS) + 1]:
                row.extend([""] * (left + 1 - len(row)))
                if row[left] in ("", None) and room > 0:
                    row[left] = value
                    room -= len(value) if isinstance(value, str) else 1


class TextRows:
    """Rows of a sheet as text, each of ``width`` cells: one by one, or many at once as columns.

    Even rows are kept as columns, so that their lists are gone before the garbage collector looks
    at each of them again and again.
    """

    def __init__(self, rows: Sequence[Sequence[Any]], width: int) -> None:
        even = bool(rows) and all(len(row) == width for row in rows)
        self._columns = list(zip(*rows, strict=True)) if even else []
        self._rows = () if even else rows
        self._width = width
        self._count = len(rows)
        self._at = 0

    def __iter__(self) -> "TextRows":
        return self

    def __next__(self) -> list[str]:
        at = self._at
        if at >= self._count:
            raise StopIteration
        self._at += 1
        row = self._rows[at][: self._width] if self._rows else [one[at] for one in self._columns]
        cells = _format_cells(row)
        return [*cells, *[""] * (self._width - len(cells))]

    def read_columns(self, rows: int, width: int) -> list[CodedColumn] | None:
        """The next rows as columns; ``None`` if the rows are uneven or of another width."""
        start, stop = self._at, min(self._at + rows, self._count)
        if width != self._width or not self._columns or start == stop:
            return None
        self._at = stop
        return [CodedColumn.encode(_format_cells(cells[start:stop])) for cells in self._columns]


def _format_cells(cells: Sequence[Any]) -> Sequence[str]:
    if set(map(type, cells)) == {str}:
        return cells
    return [cell if type(cell) is str else format_cell(cell) for cell in cells]


def check_cell_count(cells: int, name: str, title: str) -> None:
    """Raise ReadError for a sheet with more than :data:`MAX_CELLS`."""
    if cells > MAX_CELLS:
        raise _too_large(name, title)


def _too_large(name: str, title: str) -> ReadError:
    return ReadError(name, "refused: more cells than a site list has", f"sheet {title}")


def format_cell(value: object) -> str:
    """A cell's value as text: days without a time, whole numbers without a decimal point."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return as_text(value)


def summarize_error(error: Exception) -> str:
    """An error of a library in one line."""
    return " ".join(f"{type(error).__name__} {error}".split())[:100]
