"""Long tables are read column by column where they are even, and read the same as row by row.

Text without quotes, and text whose quotes all stand around cells, goes through Arrow's reader as
columns; with a quote elsewhere by rows, through Python's; a workbook's sheet gives columns too.
"""

import csv
import io
import random
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from dashboard.readers import read
from dashboard.readers.common.coded_column import ColumnSource
from dashboard.readers.files.delimited import iter_rows
from dashboard.sites.reading import Reading

Row = list[str]

HEADER = [
    "nct_id",
    "facility",
    "city",
    "state",
    "country",
    "status",
    "latitude",
    "longitude",
    "beds",
]
ODD = (
    "NA",
    "N/A",
    " Graz ",
    "['Graz', 'Linz']",
    "Namibia",
    "MÃ¼nchen",
    "48.208.174",
    "S 33 5",
    "Total",
)
ODD = (
    *ODD,
    "1102 - LKH Graz",
    "PI: Dr X; Clinic",
    "NCT00000003, NCT00000004",
    "日本",
    "\ufeffx",
    "\x0b",
    "",
)
ABOVE = 398
"""Rows of the sample; those below are read as columns where they are even."""


def make_rows(count: int, seed: int, odd: float = 0.05) -> list[Row]:
    """Rows of sites in a few cities, each facility another, with an odd cell now and then."""
    chance = random.Random(seed)  # noqa: S311 - made-up data
    rows = []
    for number in range(count):
        city, state, country = chance.choice(
            (("Graz", "Styria", "Austria"), ("Wien", "", "AT"), ("Windhoek", "", "NA"))
        )
        status = chance.choice(("RECRUITING", "Completed", "Active", ""))
        point = f"{47 + number % 9}.{number % 97}", f"{15 + number % 7}.{number % 89}"
        rows.append(
            [
                f"NCT{number // 50:08}",
                f"Clinic {number}",
                city,
                state,
                country,
                status,
                *point,
                "12",
            ]
        )
        if chance.random() < odd:
            rows[-1][chance.randrange(len(HEADER))] = chance.choice(ODD)
    return rows


def put_below(*odd: Row) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        rows[ABOVE + 120 : ABOVE + 120] = odd
        rows += odd

    return change


BLANK = [""] * len(HEADER)
QUIRKS: dict[str, Callable[[list[Row]], None]] = {
    "even": put_below(),
    "a blank row": put_below(BLANK),
    "empty lines": put_below([], []),
    "a short row": put_below(["NCT00000001", "Clinic", "Graz", "", "Austria"]),
    "a long row": put_below(
        ["NCT00000001", "Clinic", "Ward 3", "Graz", "", "AT", "Completed", "1", "2", "3"]
    ),
    "a surplus cell": put_below([*BLANK, "more"]),
    "a total": put_below(["Total", *BLANK[1:]]),
    "a heading": put_below(
        ["Germany", *BLANK[1:]], ["NCT00000009", "Charité", "Berlin", *BLANK[3:]]
    ),
    "the header again": put_below(HEADER),
    "a mark first": put_below(["\ufeffNCT00000001", "Clinic", "Graz", *BLANK[3:]]),
}


def list_content(reading: Reading) -> dict[str, object]:
    """All that was read, and all that was said about it."""
    assert reading.fields is not None
    return {
        "sites": {name: list(map(str, reading.sites[name])) for name in reading.sites},
        "types": reading.sites.dtypes.astype(str).to_dict(),
        "fields": {name: list(map(str, reading.fields[name])) for name in reading.fields},
        "said": (reading.warnings, reading.notes, reading.columns, reading.header, reading.rows),
        "trials": reading.trials,
    }


def write_text(rows: list[Row], delimiter: str = ",", quote: str = "") -> bytes:
    """The rows as they are, with every cell between ``quote``."""
    lines = [HEADER, *([cell.replace(delimiter, ";") for cell in row] for row in rows)]
    inner = '""' if quote else '"'
    cells = ([quote + one.replace('"', inner) + quote for one in row] for row in lines)
    end = "\r\n" if quote else "\n"
    return end.join(map(delimiter.join, cells)).encode()


def write_workbook(rows: list[Row]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("list")
    for at, row in enumerate([HEADER, *rows]):
        sheet.write_row(at, 0, row)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize(
    ("quirk", "delimiter"), [*((quirk, ",") for quirk in QUIRKS), ("even", "\t"), ("even", "¬")]
)
def test_text_reads_the_same_by_rows_and_by_columns(quirk: str, delimiter: str) -> None:
    rows = make_rows(700, len(quirk))
    QUIRKS[quirk](rows)
    plain = read(write_text(rows, delimiter), "list.csv")
    assert len(plain.sites) >= 700
    assert list_content(plain) == list_content(read(write_text(rows, delimiter, '"'), "list.csv"))
    rows[ABOVE + 5][1] = 'Clinic "B"'  # in a cell without quotes around it: by rows
    by_rows = read(write_text(rows, delimiter), "list.csv")
    assert by_rows.sites["facility"].eq('Clinic "B"').sum() == 1
    assert list_content(by_rows) == list_content(read(write_text(rows, delimiter, '"'), "list.csv"))


@pytest.mark.parametrize("quirk", ["even", "a blank row", "a total", "a heading"])
def test_a_sheet_reads_as_the_text(quirk: str) -> None:
    rows = make_rows(700, 3)
    for row in rows:
        row[:] = [cell.strip().replace("Ã¼", "ü") for cell in row]
    QUIRKS[quirk](rows)
    text, sheet = read(write_text(rows, "\t"), "list.txt"), read(write_workbook(rows), "list.xlsx")
    assert list_content(sheet) == list_content(text)


def test_what_is_said_of_a_list_names_the_rows_of_all_its_blocks() -> None:
    rows = make_rows(21_000, 1, odd=0)
    for at in (100, 500, 20_500):
        rows[at][6] = "somewhere"
    rows[20_400] = BLANK
    plain = read(write_text(rows), "list.csv")
    where = ", ".join(f"row {at} ('somewhere')" for at in (102, 502, 20_502))
    assert any(text.endswith(where) for text in plain.warnings), plain.warnings
    assert plain.rows == 20_999
    assert list_content(plain) == list_content(read(write_text(rows, quote='"'), "list.csv"))


def test_even_lines_without_quotes_are_read_as_columns() -> None:
    even = [f"Clinic {at},Graz" for at in range(5)]
    source = iter_rows("\n".join([*even, "Wien", *even, *even]), ",", "list.csv")
    assert isinstance(source, ColumnSource)
    assert next(source) == ["Clinic 0", "Graz"]
    assert list(map(list, source.read_columns(4, 2) or ())) == [
        ["Clinic 1", "Clinic 2", "Clinic 3", "Clinic 4"],
        ["Graz"] * 4,
    ]
    assert source.read_columns(4, 2) is None
    assert next(source) == ["Wien"]
    assert source.read_columns(20, 3) is None
    columns = source.read_columns(20, 2)
    assert columns is not None
    assert [len(column) for column in columns] == [10, 10]
    assert source.read_columns(20, 2) is None
    assert list(source) == []


@given(
    st.lists(st.lists(st.text('ab",é \n=', max_size=4), min_size=3, max_size=3), max_size=6),
    st.booleans(),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONE]),
)
def test_any_text_gives_the_same_rows_in_blocks(rows: list[Row], unix: bool, quoting: Any) -> None:
    file = io.StringIO()
    end = "\n" if unix else "\r\n"
    if quoting == csv.QUOTE_NONE:
        file.write(end.join(map(",".join, rows)))
    else:
        csv.writer(file, quoting=quoting, lineterminator=end).writerows(rows)
    text = f'"h","i","j"{end}{file.getvalue()}'
    one_by_one = [row or [""] * 3 for row in iter_rows(text, ",", "list.csv")]
    source = iter_rows(text, ",", "list.csv")
    assert isinstance(source, ColumnSource)
    in_blocks = [next(source)]
    while True:
        columns = source.read_columns(2, 3)
        found = zip(*columns, strict=True) if columns is not None else islice(source, 1)
        if not (block := [list(row) or [""] * 3 for row in found]):
            break
        in_blocks += block
    assert in_blocks == one_by_one
