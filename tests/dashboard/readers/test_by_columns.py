"""Long tables are read column by column where they are even, and read the same as row by row.

With its header in quotation marks a text goes through the reader of quoted text, as rows; without
any, through Arrow's, as columns; a workbook's sheet gives columns too.
"""

import io
import random
from collections.abc import Callable

import pytest
import xlsxwriter

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


def write_text(rows: list[Row], delimiter: str = ",", *, quoted: bool = False) -> bytes:
    header = [f'"{name}"' for name in HEADER] if quoted else HEADER
    lines = [header, *([cell.replace(delimiter, ";") for cell in row] for row in rows)]
    return "\n".join(map(delimiter.join, lines)).encode()


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
def test_text_reads_the_same_with_and_without_quotes(quirk: str, delimiter: str) -> None:
    rows = make_rows(700, len(quirk))
    QUIRKS[quirk](rows)
    plain = read(write_text(rows, delimiter), "list.csv")
    quoted = read(write_text(rows, delimiter, quoted=True), "list.csv")
    assert len(plain.sites) >= 700
    assert list_content(plain) == list_content(quoted)


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
    assert list_content(plain) == list_content(read(write_text(rows, quoted=True), "list.csv"))


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
    assert not isinstance(iter_rows('a,"b"', ",", "list.csv"), ColumnSource)
