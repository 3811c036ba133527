"""How large a workbook's sheets are when laid out, found out without laying them out."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO

from dashboard.readers.containers import Meter, damage_named

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
