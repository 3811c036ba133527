"""Reading changes no setting of the process: other threads read at the same time."""

import csv
import gc
import io
import threading
import warnings
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from dashboard.readers import read
from dashboard.readers.files.workbook import iter_sheets

CSV = b"city,country\n" + b"Graz,Austria\n" * 2_000


def streamed_workbook() -> bytes:
    """A workbook with a far cell, so that it is read row by row, and validations openpyxl names."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["City", "Country"], ["Graz", "Austria"]):
        sheet.append(row)
    sheet.cell(1_048_576, 16_384, "far away")
    sheet.add_data_validation(DataValidation(type="list", formula1='"a,b"'))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def cell_limit() -> Iterator[int]:
    before = csv.field_size_limit(123_456)
    yield 123_456
    csv.field_size_limit(before)


def test_reading_a_table_leaves_the_csv_limit(cell_limit: int) -> None:
    assert read(CSV, "list.csv").sites["city"].tolist() == ["Graz"] * 2_000
    assert csv.field_size_limit() == cell_limit


def test_workbooks_read_in_turns_leave_the_warning_filters() -> None:
    data = streamed_workbook()
    before = warnings.filters, list(warnings.filters)
    first, second = (iter_sheets(data, name) for name in ("a.xlsx", "b.xlsx"))
    rows = [next(sheets)[1] for sheets in (first, second)]
    assert [next(one) for one in rows] == [["City", "Country"]] * 2
    for sheets in (*rows, first, second):
        list(sheets)
    assert warnings.filters is before[0]
    assert list(warnings.filters) == before[1]


def test_garbage_is_collected_while_another_thread_reads() -> None:
    states: list[bool] = []
    done = threading.Event()

    def progress(part: float) -> None:
        states.append(gc.isenabled())

    def read_list() -> None:
        read(CSV * 20, "list.csv", progress=progress)
        done.set()

    thread = threading.Thread(target=read_list)
    thread.start()
    assert done.wait(30)
    thread.join()
    assert states
    assert all(states)
