"""XLSX workbooks: the rows of each sheet, read in a stream and within bounds."""

import io
import warnings
from collections.abc import Iterator

import openpyxl

from dashboard.errors import ReadError
from dashboard.readers.clean import as_text
from dashboard.readers.containers import zip_members

MOST_COLUMNS = 300
MOST_CELLS = 50_000_000
"""Cells after which reading stops, the empty ones between others counted."""

MOST_EMPTY_ROWS = 1_000
"""Empty rows after which a sheet is taken to have ended: formats reach further than data."""

_MOST_SHEETS = 50


def sheets_of(data: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each sheet's title and its rows as text. Raises ReadError for damage and for bombs."""
    for _ in zip_members(data, name):  # unpacks every part once, within the bounds of a zip
        pass
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
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return as_text(value)


def _why(error: Exception) -> str:
    return " ".join(f"{type(error).__name__} {error}".split())[:100]
