"""Reads XLS workbooks of before 2007; other OLE2 files are refused by name.

xlrd is written in Python, where damage is an exception. python-calamine reserves the memory a
crafted file asks for, which ends the process.
"""

import datetime as dt
import io
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.compdoc import CompDoc

from dashboard.errors import ReadError
from dashboard.readers.files.sheet import MAX_SHEETS, Sheet, check_cell_count, summarize_error

_OTHER_STREAMS = (
    ("EncryptedPackage", "a workbook or document locked by a password; remove it and save again"),
    ("WordDocument", "a Word document; copy its table into a spreadsheet"),
    ("PowerPoint Document", "a presentation; copy its table into a spreadsheet"),
)
_WORKBOOK_STREAMS = frozenset({"workbook", "book"})
_DATES_FROM_1904 = 1


def _check_is_xls(data: bytes, name: str) -> None:
    try:
        entries = CompDoc(data, logfile=io.StringIO()).dirlist
        streams = {entries[at].name.casefold() for at in entries[0].children}
    except Exception as error:  # xlrd lets through whatever its parts raise
        raise ReadError(name, "an Office file of before 2007 that is damaged") from error
    if streams & _WORKBOOK_STREAMS:
        return
    for stream, what in _OTHER_STREAMS:
        if stream.casefold() in streams:
            raise ReadError(name, f"not a site list but {what}")
    raise ReadError(name, "not a site list: an Office file of before 2007 without a sheet")


def read_xls(data: bytes, name: str) -> Iterator[Sheet]:
    """The sheets, one at a time.

    Raises ReadError for damage, passwords and too many cells, and, with what to do instead, for
    OLE2 files that are no workbooks.
    """
    _check_is_xls(data, name)
    log = io.StringIO()  # xlrd prints warnings otherwise
    try:
        book = xlrd.open_workbook(
            file_contents=data, on_demand=True, formatting_info=True, ragged_rows=True, logfile=log
        )
        titles = book.sheet_names()[:MAX_SHEETS]
    except Exception as error:  # xlrd lets through whatever its parts raise
        if "encrypted" in str(error):
            reason = "a workbook locked by a password; remove it and save again"
            raise ReadError(name, reason) from error
        raise ReadError(name, f"the workbook cannot be opened: {summarize_error(error)}") from error
    cells = 0
    for at, title in enumerate(titles):
        try:
            sheet = book.sheet_by_index(at)
            rows = [_read_row(sheet, row, book.datemode) for row in range(sheet.nrows)]
            merged = [
                ((top, left), (bottom - 1, right - 1))
                for top, bottom, left, right in sheet.merged_cells
            ]
            book.unload_sheet(at)
        except Exception as error:  # xlrd lets through whatever its parts raise
            reason = f"the workbook is damaged: {summarize_error(error)}"
            raise ReadError(name, reason, f"sheet {title}") from error
        cells += sum(map(len, rows))
        check_cell_count(cells, name, title)
        yield Sheet(title, rows, merged).check_size(name)


def _read_row(sheet: xlrd.sheet.Sheet, row: int, datemode: int) -> list[Any]:
    values: list[Any] = sheet.row_values(row)
    for at, kind in enumerate(sheet.row_types(row)):
        if kind == xlrd.XL_CELL_DATE:
            values[at] = _to_date(values[at], datemode)
        elif kind in (xlrd.XL_CELL_ERROR, xlrd.XL_CELL_BOOLEAN):
            values[at] = ""
    return values


def _to_date(number: float, datemode: int) -> dt.datetime | dt.time | float:
    """The day or time of a number with a date's format; the number if it is out of range."""
    try:
        moment: dt.datetime = xlrd.xldate_as_datetime(number, datemode)
    except (OverflowError, ValueError):
        return number
    return moment.time() if 0 <= number < 1 and datemode != _DATES_FROM_1904 else moment
