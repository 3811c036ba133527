"""XLSX and ODS workbooks: the rows of each sheet as text, within bounds."""

import io
import warnings
from collections.abc import Iterator
from typing import Any

import openpyxl
import python_calamine

from dashboard.errors import ReadError
from dashboard.readers.clean import as_text
from dashboard.readers.ods_size import check_ods_size
from dashboard.readers.workbook_size import may_be_laid_out

MOST_COLUMNS = 300
MOST_CELLS = 50_000_000
"""Cells after which reading stops, the empty ones between others counted."""

MOST_EMPTY_ROWS = 1_000
"""Empty rows after which a sheet is taken to have ended: formats reach further than data."""

_MOST_SHEETS = 50
_MOST_MERGED = 20_000
_MOST_MERGED_ROWS = 2_000


def sheets_of(
    data: bytes, name: str, kind: str = "XLSX"
) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each sheet's title and its rows as text. Raises ReadError for damage and for bombs."""
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
            sheets = [
                (title, book.get_sheet_by_name(title)) for title in book.sheet_names[:_MOST_SHEETS]
            ]
            return [(title, _text_rows(_unmerged(sheet))) for title, sheet in sheets]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - what a panic in the library's own language arrives as
        return None


def _unmerged(sheet: python_calamine.CalamineSheet) -> list[list[Any]]:
    """The rows; of cells merged over rows each has the value, not the first alone."""
    rows = sheet.to_python(skip_empty_area=False)
    merged = sheet.merged_cell_ranges or []
    for (top, left), (bottom, _) in merged[:_MOST_MERGED]:
        value = rows[top][left] if top < len(rows) and left < len(rows[top]) else ""
        for row in rows[top + 1 : min(bottom, top + _MOST_MERGED_ROWS) + 1] if value else ():
            if left < len(row) and row[left] in ("", None):
                row[left] = value
    return rows


def _text_rows(rows: list[list[Any]]) -> Iterator[list[str]]:
    for row in rows:
        yield [_cell(value) for value in row[:MOST_COLUMNS]]


def _row_by_row(data: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheets in a stream: slow, but however far apart their cells are."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations, which are not read
        try:
            book = openpyxl.load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            titles = book.sheetnames[:_MOST_SHEETS]
        except Exception as error:  # openpyxl lets through whatever its parts raise
            raise ReadError(name, f"the workbook cannot be opened: {_why(error)}") from error
        for title in titles:
            sheet = book[title]
            if hasattr(sheet, "iter_rows"):
                sheet.reset_dimensions()
                yield title, _rows(sheet, name, title)


def _rows(sheet: object, name: str, title: str) -> Iterator[list[str]]:
    empty = number = seen = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
                number += 1
                seen += len(row)
                _check_size(seen, name, title)
                cells = ["" if value is None else _cell(value) for value in row[:MOST_COLUMNS]]
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
                name, f"the workbook is damaged: {_why(error)}", f"sheet {title}, row {number + 1}"
            ) from error


def _check_size(cells: int, name: str, title: str) -> None:
    if cells > MOST_CELLS:
        raise ReadError(name, "refused: more cells than a site list has", f"sheet {title}")


def _cell(value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return as_text(value)


def _why(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:100]
