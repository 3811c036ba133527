"""Reads XLSB workbooks: XLSX as binary records (MS-XLSB), a dozen kinds of which are needed.

python-calamine, which reads XLSX, will not do: it reserves the whole rectangle up to the last cell,
so that a file of 3 kB with one cell in the last corner (`test_a_cell_far_away_costs_nothing`)
aborts the process, and it does not report merged cells of this format.
"""

import datetime as dt
import posixpath
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import count
from typing import Any, NamedTuple

from defusedxml import ElementTree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from dashboard.errors import ReadError
from dashboard.readers.files.containers import Meter, convert_zip_errors, unpack
from dashboard.readers.files.sheet import (
    MAX_COLUMNS,
    MAX_EMPTY_ROWS,
    MAX_SHEETS,
    Corners,
    Sheet,
    check_cell_count,
)

_BOOK, _RELATIONS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
_ROW, _RICH_TEXT, _TEXT_ITEM, _FORMAT, _STYLE = 0, 62, 19, 44, 47
_MERGED, _BOOK_PROPERTIES, _SHEET = 176, 153, 156
_STYLES_BEGIN, _STYLES_END = 617, 618
_CELLS = range(1, 12)
_SHORT_CELLS = range(12, 19)
"""Cells without a column: each is right of the one before."""

_MAX_ROWS = 1_048_576
_MAX_RECORDS = 16_000_000
_Record = tuple[int, bytes]


class _Book(NamedTuple):
    texts: list[str]
    date_styles: frozenset[int]
    epoch: dt.datetime


def read_xlsb(data: bytes, name: str) -> Iterator[Sheet]:
    """The sheets, one at a time. Raises ReadError for damage and sizes beyond bounds."""
    with convert_zip_errors(name), zipfile.ZipFile(BytesIO(data)) as archive:
        meter = Meter(name, len(data))
        seen = count()

        def part(path: str) -> bytes:
            return unpack(archive, archive.getinfo(path), meter)

        def records(path: str) -> Iterator[_Record]:
            return _iter_records(part(path), name, seen)

        try:
            targets = _read_targets(part(_RELATIONS))
            epoch, sheets = _read_contents(records(_BOOK))
            known = set(archive.namelist())
            texts, styles = (
                records(path) if (path := targets.get(kind, "")) in known else iter(())
                for kind in ("sharedStrings", "styles")
            )
            book = _Book(_read_texts(texts), _find_date_styles(styles), epoch)
            for title, relation in sheets[:MAX_SHEETS]:
                path = targets.get(relation, "")
                if "worksheets" in path:
                    yield _read_sheet(title, records(path), book, name).check_size(name)
        except ReadError:
            raise
        except (KeyError, IndexError, struct.error, SyntaxError, ValueError) as error:
            raise ReadError(name, "the workbook is damaged; save it as XLSX") from error


def _iter_records(data: bytes, name: str, seen: "count[int]") -> Iterator[_Record]:
    """Each record's kind and content; ``seen`` counts the records of all parts."""
    at, end = 0, len(data)
    while at < end:
        if next(seen) > _MAX_RECORDS:
            raise ReadError(name, "refused: more cells than a site list has")
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        for _ in range(4):
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, data[at : at + size]
        at += size


def _read_number(record: bytes, at: int = 0) -> int:
    return int.from_bytes(record[at : at + 4], "little")


def _read_text(record: bytes, at: int) -> str:
    start = at + 4
    return record[start : start + 2 * _read_number(record, at)].decode("utf-16-le", "replace")


def _read_targets(relations: bytes) -> dict[str, str]:
    """Paths of the workbook's parts, by id and by kind."""
    targets: dict[str, str] = {}
    for relation in ElementTree.fromstring(relations, forbid_dtd=True):
        path = posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        targets[relation.get("Id", "")] = path
        targets.setdefault(posixpath.basename(relation.get("Type", "")), path)
    return targets


def _read_contents(records: Iterator[_Record]) -> tuple[dt.datetime, list[tuple[str, str]]]:
    """The day that dates count from, and each sheet's title and the id of its part."""
    epoch, sheets = CALENDAR_WINDOWS_1900, []
    for kind, record in records:
        if kind == _BOOK_PROPERTIES and record[0] & 1:
            epoch = CALENDAR_MAC_1904
        elif kind == _SHEET and _read_number(record, 8) <= len(record):
            sheets.append(
                (_read_text(record, 12 + 2 * _read_number(record, 8)), _read_text(record, 8))
            )
    return epoch, sheets


def _read_texts(records: Iterator[_Record]) -> list[str]:
    return [_read_text(record, 1) for kind, record in records if kind == _TEXT_ITEM]


def _find_date_styles(records: Iterator[_Record]) -> frozenset[int]:
    """The numbers of styles that format a number as a day or a time."""
    formats = dict(BUILTIN_FORMATS)
    styles: list[int] = []
    inside = False
    for kind, record in records:
        if kind == _FORMAT:
            formats[int.from_bytes(record[:2], "little")] = _read_text(record, 2)[:255]
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            inside = kind == _STYLES_BEGIN
        elif kind == _STYLE and inside:
            styles.append(int.from_bytes(record[2:4], "little"))
    dates = {number for number, text in formats.items() if is_date_format(text)}
    return frozenset(at for at, number in enumerate(styles) if number in dates)


def _read_sheet(title: str, records: Iterator[_Record], book: _Book, name: str) -> Sheet:
    rows: list[list[Any]] = []
    merged: list[Corners] = []
    row: list[Any] = []
    column, cells = -1, 0
    for kind, record in records:
        if kind in _CELLS or kind == _RICH_TEXT or kind in _SHORT_CELLS:
            short = kind in _SHORT_CELLS
            column = column + 1 if short else _read_number(record)
            if column >= MAX_COLUMNS:
                continue
            cells += max(0, column + 1 - len(row))
            check_cell_count(cells, name, title)
            row.extend([""] * (column + 1 - len(row)))
            at = 0 if short else 4
            row[column] = _read_value(kind - 11 if short else kind, record, at, book)
        elif kind == _ROW:
            number = _read_number(record)
            if number >= _MAX_ROWS or number - len(rows) > MAX_EMPTY_ROWS:
                break
            rows.extend([] for _ in range(number + 1 - len(rows)))
            row, column = rows[number], -1
        elif kind == _MERGED:
            top, bottom, left, right = struct.unpack("<4I", record[:16])
            merged.append(((top, left), (bottom, right)))
    return Sheet(title, rows, merged)


def _read_value(kind: int, record: bytes, at: int, book: _Book) -> Any:
    """A cell's value; its style is at offset ``at``, the value behind it."""
    style, at = int.from_bytes(record[at : at + 3], "little"), at + 4
    if kind in (6, 8):
        return _read_text(record, at)
    if kind == _RICH_TEXT:
        return _read_text(record, at + 1)
    if kind == 7:
        return book.texts[_read_number(record, at)]
    if kind == 2:
        number = _unpack_number(_read_number(record, at))
    elif kind in (5, 9):
        number = struct.unpack_from("<d", record, at)[0]
    else:
        return ""  # blanks, errors and yes or no
    return _to_date(number, book.epoch) if style in book.date_styles else number


def _unpack_number(packed: int) -> float:
    """A number of 30 bits: whole, or the upper half of a double; the last bit divides by 100."""
    if packed & 2:
        number = float((packed ^ 0x80000000) - 0x80000000 >> 2)
    else:
        number = struct.unpack("<d", struct.pack("<Q", (packed & ~3) << 32))[0]
    return number / 100 if packed & 1 else number


def _to_date(number: float, epoch: dt.datetime) -> Any:
    try:
        return from_excel(number, epoch)
    except (OverflowError, ValueError):
        return number
