"""Reads workbooks: the rows of each sheet as text, within bounds."""

import io
import warnings
from collections.abc import Iterator

import python_calamine

from dashboard.errors import ReadError
from dashboard.readers.common.messages import Warn
from dashboard.readers.files.sheet import (
    MAX_COLUMNS,
    MAX_EMPTY_ROWS,
    MAX_SHEETS,
    Sheet,
    check_cell_count,
    format_cell,
    summarize_error,
)
from dashboard.readers.files.workbook_marks import find_marks
from dashboard.readers.files.workbook_size import check_ods_size, fits_in_memory
from geocache.collector import pause_collector

# openpyxl warns of styles and validations, which are not read. Filtered once, on import: a filter
# set while sheets are read would be seen, and undone in the wrong order, by other threads.
warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")


def iter_sheets(
    data: bytes, name: str, kind: str = "XLSX", warn: Warn | None = None
) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each sheet's title and rows as text, with warnings about what an XLSX hides.

    Raises ReadError for damage and sizes beyond bounds.
    """
    if kind in ("XLS", "XLSB"):
        for sheet in _read_binary(data, name, kind):
            yield sheet.title, sheet.text_rows()
        return
    if kind == "ODS":
        check_ods_size(data, name)
        sheets = _read_at_once(data)
        if sheets is None:
            raise ReadError(name, "the workbook is damaged; save it as XLSX")
        yield from sheets
        return
    fits = fits_in_memory(data, name)
    if warn is not None:
        for title, marks in find_marks(data).items():
            for sentence in marks.list_warnings(title):
                warn(sentence)
    if fits:
        sheets = _read_at_once(data)
        if sheets is not None:
            yield from sheets
            return
    yield from _read_row_by_row(data, name)


def _read_at_once(data: bytes) -> list[tuple[str, Iterator[list[str]]]] | None:
    """All sheets at once, 50 times as fast as row by row; None if that reader fails."""
    try:
        with pause_collector(), python_calamine.load_workbook(io.BytesIO(data)) as book:
            return [
                (title, _build_sheet(title, book.get_sheet_by_name(title)).text_rows())
                for title in book.sheet_names[:MAX_SHEETS]
            ]
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001 - how a panic in the library's Rust code arrives
        return None


def _read_binary(data: bytes, name: str, kind: str) -> Iterator[Sheet]:
    # Imported here: both take a tenth of a second, which a small text list need not wait for.
    if kind == "XLS":
        from dashboard.readers.files.xls import read_xls  # noqa: PLC0415

        return iter(read_xls(data, name))
    from dashboard.readers.files.xlsb import read_xlsb  # noqa: PLC0415

    return iter(read_xlsb(data, name))


def _build_sheet(title: str, found: python_calamine.CalamineSheet) -> Sheet:
    rows = found.to_python(skip_empty_area=False)
    return Sheet(title, rows, found.merged_cell_ranges or [])


def _read_row_by_row(data: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The sheets as a stream: slow, but memory does not grow with how far apart cells are."""
    import openpyxl  # noqa: PLC0415

    try:
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        titles = book.sheetnames[:MAX_SHEETS]
    except Exception as error:  # openpyxl lets through whatever its parts raise
        raise ReadError(name, f"the workbook cannot be opened: {summarize_error(error)}") from error
    for title in titles:
        sheet = book[title]
        if hasattr(sheet, "iter_rows"):
            sheet.reset_dimensions()
            yield title, _iter_rows(sheet, name, title)


def _iter_rows(sheet: object, name: str, title: str) -> Iterator[list[str]]:
    empty = number = seen = 0
    try:
        for row in sheet.iter_rows(values_only=True):  # type: ignore[attr-defined]
            number += 1
            seen += len(row)
            check_cell_count(seen, name, title)
            cells = ["" if value is None else format_cell(value) for value in row[:MAX_COLUMNS]]
            if any(cells):
                empty = 0
                yield cells
                continue
            empty += 1
            if empty > MAX_EMPTY_ROWS:
                return
            yield []
    except ReadError:
        raise
    except Exception as error:  # openpyxl lets through whatever its parts raise
        raise ReadError(
            name,
            f"the workbook is damaged: {summarize_error(error)}",
            f"sheet {title}, row {number + 1}",
        ) from error
