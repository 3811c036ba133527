"""How large the sheets of an OpenDocument workbook are: it repeats cells by number."""

import re
import zipfile
from io import BytesIO

from dashboard.errors import ReadError
from dashboard.readers.containers import Meter, damage_named
from dashboard.readers.workbook_size import MOST_CELLS_LAID_OUT, MOST_SHARED_CHARACTERS

_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_CHUNK_BYTES = 1 << 20
_LONGEST_TAG_BYTES = 10_000
_TAG = re.compile(rb"<(/?)(?:\w+:)?(table-row|table-cell|covered-table-cell|table)\b([^<>]*?)(/?)>")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"'](\d{1,12})")


def check_ods_size(data: bytes, name: str) -> None:
    """Raise ReadError where the rectangles that the sheets' cells span are too large to lay out.

    Unpacks the content once. Empty cells behind the last full one of a row, and empty rows behind
    the last full one, do not count: office programs write them to the edge of the sheet.
    """
    with damage_named(name), zipfile.ZipFile(BytesIO(data)) as archive:
        meter = Meter(name, len(data))
        size = _Size()
        tail = b""
        with archive.open("content.xml") as part:
            while chunk := part.read(_CHUNK_BYTES):
                meter.count(len(chunk))
                size.see(tail + chunk)
                tail = size.rest[-_LONGEST_TAG_BYTES:]
        size.end_table()
    if size.cells > MOST_CELLS_LAID_OUT or size.characters > MOST_SHARED_CHARACTERS:
        raise ReadError(name, "refused: its sheets span more cells than a site list has")


class _Size:
    def __init__(self) -> None:
        self.cells = 0
        self.characters = 0
        self.rest = b""
        self._rows = self._last_row = 0
        self._width = 0
        self._columns = self._last_column = 0
        self._repeat = 1
        self._seen = 0
        self._open: tuple[int, int] | None = None

    def see(self, data: bytes) -> None:
        """Count the tags of a stretch; what may be the beginning of one is kept in ``rest``."""
        end = 0
        for tag in _TAG.finditer(data):
            end = tag.end()
            repeated = _REPEATED.search(tag[3])
            count = int(repeated[1]) if repeated else 1
            if self._open and tag[1] + tag[2] == b"/table-cell":
                start, times = self._open
                self.characters += (self._seen + tag.start() - start) * times
                self._open = None
            elif tag[2] == b"table-cell" and not tag[4]:
                self._open = self._seen + end, min(count, _MOST_COLUMNS) * self._repeat
            self._tag(tag[1] + tag[2], count, empty=bool(tag[4]))
        begun = data.rfind(b"<")
        self.rest = data[begun:] if begun >= end else b""
        self._seen += len(data) - min(len(self.rest), _LONGEST_TAG_BYTES)

    def _tag(self, kind: bytes, count: int, *, empty: bool) -> None:
        if kind == b"table-row":
            self._columns = self._last_column = 0
            self._repeat = min(count, _MOST_ROWS)
            if empty:
                self._end_row()
        elif kind == b"/table-row":
            self._end_row()
        elif kind in (b"table-cell", b"covered-table-cell"):
            self._columns = min(self._columns + count, _MOST_COLUMNS)
            if not empty:
                self._last_column = self._columns
        elif kind in (b"table", b"/table"):
            self.end_table()

    def _end_row(self) -> None:
        self._rows = min(self._rows + self._repeat, _MOST_ROWS)
        if self._last_column:
            self._last_row = self._rows
            self._width = max(self._width, self._last_column)

    def end_table(self) -> None:
        """Add the rectangle of a sheet."""
        self.cells += self._last_row * self._width
        self._rows = self._last_row = self._width = 0
