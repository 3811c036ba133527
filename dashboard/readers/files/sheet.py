"""A workbook's sheet with all its cells at once, as text; cells merged over rows are filled."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.clean import as_text
from dashboard.readers.files.workbook_size import MOST_SHARED_CHARACTERS

MOST_COLUMNS = 300
MOST_CELLS = 50_000_000
"""Cells after which reading stops, the empty ones between others counted."""

MOST_EMPTY_ROWS = 1_000
"""Empty rows after which a sheet is taken to have ended: formats reach further than data."""

MOST_SHEETS = 50

_MOST_MERGED = 20_000
_MOST_MERGED_ROWS = 2_000
_MOST_FILLED_CHARACTERS = 50_000_000

Corners = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell that are merged, each its row and column from 0."""


class Sheet(NamedTuple):
    """A sheet's rows, of any lengths, and which of its cells are merged."""

    title: str
    rows: list[list[Any]]
    merged: list[Corners]

    def checked(self, name: str) -> "Sheet":
        """Itself. Raises ReadError where its texts, repeated in cells, are more than a list has."""
        texts = (value for row in self.rows for value in row if type(value) is str)
        if sum(map(len, texts)) > MOST_SHARED_CHARACTERS:
            raise _too_large(name, self.title)
        return self

    def text_rows(self) -> Iterator[list[str]]:
        """Its rows as text, all of one length. Of merged rows each has the value, not the first."""
        width = min(max(map(len, self.rows), default=0), MOST_COLUMNS)
        self._fill_merged(width)
        for row in self.rows:
            yield [*map(cell_text, row[:width]), *[""] * (width - len(row))]

    def _fill_merged(self, width: int) -> None:
        rows = self.rows
        room = _MOST_FILLED_CHARACTERS
        for (top, left), (bottom, _) in self.merged[:_MOST_MERGED]:
            value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
            if not value or left >= width:
                continue
            for row in rows[top + 1 : min(bottom, top + _MOST_MERGED_ROWS) + 1]:
                row.extend([""] * (left + 1 - len(row)))
                if row[left] in ("", None) and room > 0:
                    row[left] = value
                    room -= len(value) if isinstance(value, str) else 1


def check_cell_count(cells: int, name: str, title: str) -> None:
    """Raise ReadError for a sheet with more than :data:`MOST_CELLS`."""
    if cells > MOST_CELLS:
        raise _too_large(name, title)


def _too_large(name: str, title: str) -> ReadError:
    return ReadError(name, "refused: more cells than a site list has", f"sheet {title}")


def cell_text(value: object) -> str:
    """A cell's value as it looks: days without a time, whole numbers without a point."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return as_text(value)


def in_a_line(error: Exception) -> str:
    """What a library says is wrong with a workbook."""
    return " ".join(f"{type(error).__name__} {error}".split())[:100]
