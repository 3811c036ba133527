"""Measures how large a workbook's sheets are, before a reader reserves memory for them.

A reader that returns a whole sheet reserves a cell for every place up to the last row and column,
and copies a shared text into every cell that refers to it: a file of a few kB can take gigabytes.
"""

import re
import zipfile
from io import BytesIO
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from dashboard.errors import ReadError
from dashboard.readers.common.budget import Budget, get_budget
from dashboard.readers.files.containers import Meter, convert_zip_errors

MAX_CELLS_AT_ONCE = 12_000_000
"""Most cells of all sheets' rectangles together, read at once; more are read row by row."""

MAX_SHARED_CHARACTERS = 300_000_000
"""Most characters that texts may come to when each is repeated in every cell that refers to it."""

Numbers = npt.NDArray[np.integer[Any]]

_CHUNK_BYTES = 1 << 20
_MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384


def fits_in_memory(data: bytes, name: str) -> bool:
    """True if every sheet of an XLSX is small enough to be read at once.

    Unpacks every member once. Raises ReadError for a damaged file, and for one that unpacks beyond
    the bounds.
    """
    size = _XlsxSize()
    with convert_zip_errors(name), zipfile.ZipFile(BytesIO(data)) as archive:
        Budget(name, len(data)).spend(unpacked_bytes=sum(i.file_size for i in archive.infolist()))
        meter = Meter(name, len(data))  # the sizes that the zip states may be wrong
        for info in archive.infolist():
            if "worksheets" in info.filename:
                scan = _XlsxSheetScan(size)
                _feed(archive, info.filename, meter, scan)
                scan.end()
            elif "sharedStrings" in info.filename:
                _feed(archive, info.filename, meter, _XlsxTextScan(size))
            else:
                _feed(archive, info.filename, meter)
    fits = size.fits()
    get_budget(name, len(data)).spend(cells=size.area if fits else size.cells)
    return fits


def check_ods_size(data: bytes, name: str) -> None:
    """Raise ReadError for an ODS whose sheets are too large to be read at once.

    Unpacks the content once. Empty cells at the end of rows and empty rows at the end of sheets do
    not count: office programs write them up to the edge of the sheet.
    """
    scan = _OdsScan()
    with convert_zip_errors(name), zipfile.ZipFile(BytesIO(data)) as archive:
        _feed(archive, "content.xml", Meter(name, len(data)), scan)
    scan.end_table()
    if scan.cells > MAX_CELLS_AT_ONCE or scan.characters > MAX_SHARED_CHARACTERS:
        raise ReadError(name, "refused: its sheets span more cells than a site list has")
    get_budget(name, len(data)).spend(cells=scan.cells)


class _Scan(Protocol):
    """Measures a member of the zip chunk by chunk."""

    def feed(self, chunk: bytes) -> None: ...


def _feed(archive: zipfile.ZipFile, member: str, meter: Meter, scan: _Scan | None = None) -> None:
    with archive.open(member) as part:
        while chunk := part.read(_CHUNK_BYTES):
            meter.count(len(chunk))
            if scan is not None:
                scan.feed(chunk)


# XLSX

# Cells (`r="B7"`) and rows (`r="7"`) state where they are; others follow the one before.
_POSITION = re.compile(rb"""[\s<]r\s*=\s*["']([A-Za-z]{0,3})(\d{1,7})""")
_LONGEST_POSITION = 12
_BLANKS = b" \t\n\r\f\v"
_TEXT_END = re.compile(rb"</(?:\w+:)?si>")
_END_BYTES = len(b"</si>")
_OVERLAP_BYTES = 64


def _look_up(letters: bytes, first: int) -> Numbers:
    """By byte: numbers from ``first`` for these letters, -1 for others."""
    found = np.full(256, -1, np.int32)
    found[list(letters)] = np.arange(first, first + len(letters))
    return found


_DIGITS = _look_up(b"0123456789", 0)
_LETTERS = np.maximum(_look_up(ascii_uppercase.encode(), 1), _look_up(ascii_lowercase.encode(), 1))
_IS_BLANK, _IS_TAG, _IS_QUOTE = (_look_up(one, 0) >= 0 for one in (_BLANKS, b"<", b"\"'"))


class _XlsxSize:
    """The area of all sheets, the number of their cells, and the longest shared text."""

    def __init__(self) -> None:
        self.area = self.cells = self.longest_text = 0

    def fits(self) -> bool:
        return (
            self.area <= MAX_CELLS_AT_ONCE
            and self.cells * self.longest_text <= MAX_SHARED_CHARACTERS
        )


class _XlsxSheetScan:
    """Measures the cells of a worksheet."""

    def __init__(self, size: _XlsxSize) -> None:
        self._size = size
        self._tail = b""
        self._rows = self._columns = self._cells = 0

    def feed(self, chunk: bytes) -> None:
        data = self._tail + chunk
        self._cells += data.count(b"<c", max(0, len(self._tail) - 1))  # and a few `<cols>`
        row, column = _find_last(data)
        self._rows, self._columns = max(self._rows, row), max(self._columns, column)
        self._tail = data[-_OVERLAP_BYTES:]

    def end(self) -> None:
        """Add the sheet, all of it read, to the workbook's size."""
        columns = max(self._columns, 1)
        self._size.area += max(self._rows, self._cells // columns + 1) * columns
        self._size.cells += self._cells


def _find_last(data: bytes) -> tuple[int, int]:
    """The last row and the last column that any position in the XML states, from 1; 0 for none.

    Positions without blanks in them, as programs write them, are parsed all together: ten times as
    fast as one by one.
    """
    signs = np.frombuffer(data + bytes(_LONGEST_POSITION), np.uint8)
    equals = np.flatnonzero(signs == ord("="))
    equals = equals[equals > 1]
    before, after = signs[equals - 1], signs[equals + 1]
    if _IS_BLANK[before].any() or _IS_BLANK[after].any():
        return _find_last_one_by_one(data)
    named = (before == ord("r")) & (_IS_BLANK | _IS_TAG)[signs[equals - 2]]
    at = equals[named & _IS_QUOTE[after]] + 2
    start, columns = _parse_digits(signs, at, _LETTERS, 26, 3)
    end, rows = _parse_digits(signs, start, _DIGITS, 10, 7)
    return int(rows.max(initial=0)), int(columns[end > start].max(initial=0))


def _parse_digits(
    signs: npt.NDArray[np.uint8], at: Numbers, digits: Numbers, base: int, most: int
) -> tuple[Numbers, Numbers]:
    """Where the numbers that begin ``at`` end, and what they are: of ``most`` digits or fewer."""
    numbers = np.zeros(len(at), np.int32)
    for _ in range(most):
        digit = digits[signs[at]]
        is_digit = digit >= 0
        if not is_digit.any():
            break
        numbers = np.where(is_digit, numbers * base + digit, numbers)
        at = at + is_digit
    return at, numbers


def _find_last_one_by_one(data: bytes) -> tuple[int, int]:
    positions = _POSITION.findall(data)
    letters, digits = map(set, zip(*positions, strict=True)) if positions else ((), ())
    return max(map(int, digits), default=0), max(map(_parse_column, letters), default=0)


def _parse_column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class _XlsxTextScan:
    """Measures shared texts; the longest gap between their ends bounds the longest text."""

    def __init__(self, size: _XlsxSize) -> None:
        self._size = size
        self._since_end = 0

    def feed(self, chunk: bytes) -> None:
        first, *texts = (_TEXT_END.split if b":si>" in chunk else _split_at_ends)(chunk)
        self._see_text(self._since_end + len(first) + _END_BYTES)
        if texts:
            self._see_text(max(map(len, texts)) + _END_BYTES)
        self._since_end = len(texts[-1]) if texts else self._since_end + len(first)

    def _see_text(self, characters: int) -> None:
        self._size.longest_text = max(self._size.longest_text, characters)


def _split_at_ends(chunk: bytes) -> list[bytes]:
    return chunk.split(b"</si>")


# ODS

_MAX_TAG_BYTES = 10_000
_TAG = re.compile(rb"<(/?)(?:\w+:)?(table-row|table-cell|covered-table-cell|table)\b([^<>]*?)(/?)>")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"'](\d{1,12})")


class _OdsScan:
    """Measures the sheets of an ODS: the cells of their rectangles, and the texts in them."""

    def __init__(self) -> None:
        self.cells = 0
        self.characters = 0
        self._tail = b""
        self._rows = self._last_row = 0
        self._width = 0
        self._columns = self._last_column = 0
        self._repeat = 1
        self._seen = 0
        self._open: tuple[int, int] | None = None

    def feed(self, chunk: bytes) -> None:
        data = self._tail + chunk
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
                self._open = self._seen + end, min(count, _MAX_COLUMNS) * self._repeat
            self._see_tag(tag[1] + tag[2], count, empty=bool(tag[4]))
        cut_tag = data.rfind(b"<")
        rest = data[cut_tag:] if cut_tag >= end else b""
        self._tail = rest[-_MAX_TAG_BYTES:]
        self._seen += len(data) - len(self._tail)

    def _see_tag(self, kind: bytes, count: int, *, empty: bool) -> None:
        if kind == b"table-row":
            self._columns = self._last_column = 0
            self._repeat = min(count, _MAX_ROWS)
            if empty:
                self._end_row()
        elif kind == b"/table-row":
            self._end_row()
        elif kind in (b"table-cell", b"covered-table-cell"):
            self._columns = min(self._columns + count, _MAX_COLUMNS)
            if not empty:
                self._last_column = self._columns
        elif kind in (b"table", b"/table"):
            self.end_table()

    def _end_row(self) -> None:
        self._rows = min(self._rows + self._repeat, _MAX_ROWS)
        if self._last_column:
            self._last_row = self._rows
            self._width = max(self._width, self._last_column)

    def end_table(self) -> None:
        """Add the rectangle of a sheet."""
        self.cells += self._last_row * self._width
        self._rows = self._last_row = self._width = 0
