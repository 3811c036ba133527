"""How large a workbook's sheets are when laid out, found out without laying them out."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from dashboard.errors import ReadError
from dashboard.readers.files.containers import Meter, damage_named

MOST_CELLS_LAID_OUT = 12_000_000
"""Cells of a sheet's rectangle above which it is read row by row instead of at once."""

MOST_SHARED_CHARACTERS = 300_000_000
"""Most that repeating the longest shared text in every cell that refers to one may come to."""

_CHUNK_BYTES = 1 << 20
_OVERLAP_BYTES = 64
# Cells (`r="B7"`) and rows (`r="7"`) say where they are; those that do not come one after another.
_PLACE = re.compile(rb"""[\s<]r\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})""")
_TEXT_END = re.compile(rb"</(?:\w+:)?si>")


@dataclass(slots=True)
class _Size:
    rows: int = 0
    columns: int = 0
    cells: int = 0
    longest_text: int = 0

    def fits(self) -> bool:
        columns = max(self.columns, 1)
        rows = max(self.rows, self.cells // columns + 1)
        return (
            rows * columns <= MOST_CELLS_LAID_OUT
            and self.cells * self.longest_text <= MOST_SHARED_CHARACTERS
        )


def may_be_laid_out(data: bytes, name: str) -> bool:
    """True when every sheet is small enough to be read at once.

    Unpacks every part once. Raises ReadError for damage, and for what unpacks beyond bounds.
    """
    size = _Size()
    with damage_named(name), zipfile.ZipFile(BytesIO(data)) as archive:
        Meter(name, len(data)).count(sum(info.file_size for info in archive.infolist()))
        meter = Meter(name, len(data))  # what it says of itself may be a lie
        for info in archive.infolist():
            _measure(archive, info, meter, size)
    return size.fits()


def _measure(archive: zipfile.ZipFile, info: zipfile.ZipInfo, meter: Meter, size: _Size) -> None:
    sheet = "worksheets" in info.filename
    shared = "sharedStrings" in info.filename
    tail = b""
    since_end = 0
    with archive.open(info) as part:
        while chunk := part.read(_CHUNK_BYTES):
            meter.count(len(chunk))
            if sheet:
                _count_places(tail + chunk, len(tail), size)
                tail = (tail + chunk)[-_OVERLAP_BYTES:]
            elif shared:
                since_end = _longest(chunk, since_end, size)


def _count_places(data: bytes, seen: int, size: _Size) -> None:
    size.cells += data.count(b"<c ", max(0, seen - 2)) + data.count(b"<c>", max(0, seen - 2))
    for letters, digits in _PLACE.findall(data):
        size.rows = max(size.rows, int(digits))
        if letters:
            size.columns = max(size.columns, _column_number(letters))


def _longest(chunk: bytes, since_end: int, size: _Size) -> int:
    """Bytes since the last shared text ended; the longest gap bounds the longest text."""
    at = 0
    for found in _TEXT_END.finditer(chunk):
        size.longest_text = max(size.longest_text, since_end + found.end() - at)
        since_end, at = 0, found.end()
    since_end += len(chunk) - at
    size.longest_text = max(size.longest_text, since_end)
    return since_end


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
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
        size = _OdsSize()
        tail = b""
        with archive.open("content.xml") as part:
            while chunk := part.read(_CHUNK_BYTES):
                meter.count(len(chunk))
                size.see(tail + chunk)
                tail = size.rest[-_LONGEST_TAG_BYTES:]
        size.end_table()
    if size.cells > MOST_CELLS_LAID_OUT or size.characters > MOST_SHARED_CHARACTERS:
        raise ReadError(name, "refused: its sheets span more cells than a site list has")


class _OdsSize:
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
