"""Workbooks: the rows of each sheet as text, within bounds."""

import io
import warnings
from collections.abc import Iterator

import openpyxl
import python_calamine

from dashboard.errors import ReadError
from dashboard.readers.files.sheet import (
    MOST_COLUMNS,
    MOST_EMPTY_ROWS,
    MOST_SHEETS,
    Sheet,
    cell_text,
    check_cell_count,
    in_a_line,
)
from dashboard.readers.files.workbook_size import check_ods_size, may_be_laid_out
from dashboard.readers.files.xls import xls_sheets
from dashboard.readers.files.xlsb import xlsb_sheets

# openpyxl warns of styles and validations, which are not read. Filtered once, on import: a filter
# set while sheets are read would be seen, and undone in the wrong order, by other threads.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")

_READ_HERE = {"XLS": xls_sheets, "XLSB": xlsb_sheets}


def sheets_of(
    data: bytes, name: str, kind: str = "XLSX"
) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each sheet's title and its rows as text. Raises ReadError for damage and for bombs."""
    if kind in _READ_HERE:
        for sheet in _READ_HERE[kind](data, name):
            yield sheet.title, sheet.text_rows()
        return
    if kind == "ODS":
        check_ods_size(data, name)
        sheets = _laid_out(data)
        if sheets is None:
            raise ReadError(name, "the workbook is damaged; save it as XLSX")
        yield from sheets
        return
    if may_be_laid_out(data, name):
        sheets = _laid_out(data)
        if sheets is not None:
            yield from sheets
            return
    yield from _row_by_row(data, name)


def _laid_out(data: bytes) -> list[tuple[str, Iterator[list[str]]]] | None:
    """All sheets at once, 50 times as fast; None where that reader cannot."""
    try:
        with python_calamine.load_workbook(io.BytesIO(data)) as book:
            return [
                (title, _sheet(title, book.get_sheet_by_name(title)).text_rows())
                for title in book.sheet_names[:MOST_SHEETS]
            ]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - what a panic in the library's own language arrives as
        return None


def _sheet(title: str, found: python_calamine.CalamineSheet) -> Sheet:
    rows = found.to_python(skip_empty_area=False)
    return Sheet(title, rows, found.merged_cell_ranges or [])


def _row_by_row(data: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheets as a stream: slow, but memory does not grow with how far apart cells are."""
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        titles = book.sheetnames[:MOST_SHEETS]
    except Exception as error:  # openpyxl lets through whatever its parts raise
        raise ReadError(name, f"the workbook cannot be opened: {in_a_line(error)}") from error
    for title in titles:
        sheet = book[title]
        if hasattr(sheet, "iter_rows"):
            sheet.reset_dimensions()
            yield title, _rows(sheet, name, title)


def _rows(sheet: object, name: str, title: str) -> Iterator[list[str]]:
    empty = number = seen = 0
    try:
        for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
            number += 1
            seen += len(row)
            check_cell_count(seen, name, title)
            cells = ["" if value is None else cell_text(value) for value in row[:MOST_COLUMNS]]
            if any(cells):
                empty = 0
                yield cells
                continue
            empty += 1
            if empty > MOST_EMPTY_ROWS:
                return
            yield []
    except ReadError:
        raise
    except Exception as error:  # openpyxl lets through whatever its parts raise
        raise ReadError(
            name,
            f"the workbook is damaged: {in_a_line(error)}",
            f"sheet {title}, row {number + 1}",
        ) from error
