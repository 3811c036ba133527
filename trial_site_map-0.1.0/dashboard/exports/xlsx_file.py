"""A table as an Excel workbook: typed cells, a frozen header, a filter on every column.

A second sheet has the date, sources, filter and attribution. No cell is a formula or a link. Equal
rows give equal bytes.
"""

import io
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter

from dashboard.errors import ExportError
from dashboard.exports.content import Content

MAX_SHEET_ROWS = 1_048_576
MAX_CELL = 32_767
WIDTHS = {"trial_title": 40, "facility": 38, "sponsor": 24, "place_name": 30, "reason": 40}
NUMBER_FORMATS = {
    "latitude": "0.00000",
    "longitude": "0.00000",
    "score": "0.00",
    "uncertainty_km": "0.0",
    "distance_km": "0.0",
}
_UNKNOWN_DATE = datetime(2000, 1, 1)  # noqa: DTZ001 - as the workbook stores it


def xlsx_chunks(content: Content) -> Iterator[bytes]:
    """The content as one workbook.

    Raises:
        ExportError: more rows than a sheet holds (1,048,576 with the header).
    """
    if len(content.rows) >= MAX_SHEET_ROWS:
        raise ExportError(
            f"{len(content.rows):,} rows do not fit an Excel sheet, which holds {MAX_SHEET_ROWS:,} "
            "with the header: narrow the filter, give limit and offset, or take CSV or Parquet"
        )
    yield _build_workbook(content)


def _build_workbook(content: Content) -> bytes:
    file = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"title": content.title, "created": _parse_date(content.about.as_of)})
        bold = book.add_format({"bold": True, "bottom": 1})
        _write_rows(book, content, bold)
        _write_about(book, content, bold)
    return file.getvalue()


def _write_rows(book: xlsxwriter.Workbook, content: Content, bold: object) -> None:
    table = content.table
    types = content.column_types
    sheet = book.add_worksheet(content.name.capitalize())
    sheet.freeze_panes(1, 0)
    writers = []
    for number, (name, type_) in enumerate(types.items()):
        shown = NUMBER_FORMATS.get(name)
        number_format = book.add_format({"num_format": shown}) if shown else None
        sheet.set_column(number, number, WIDTHS.get(name, 14), number_format)
        sheet.write_string(0, number, name, bold)
        writers.append(
            (number, sheet.write_string if type_ == "string" else sheet.write_number, number_format)
        )
    columns = [
        [_shorten_cell(value) for value in table[name].tolist()]
        if type_ == "string"
        else table[name].tolist()
        for name, type_ in types.items()
    ]
    for row, values in enumerate(zip(*columns, strict=True), start=1):
        for (number, write, number_format), value in zip(writers, values, strict=True):
            if value != "" and value == value:  # noqa: PLR0124 - NaN is an empty cell
                write(row, number, value, number_format)
    last = max(len(table), 1)
    sheet.autofilter(0, 0, last, len(types) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})


def _write_about(book: xlsxwriter.Workbook, content: Content, bold: object) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 100)
    facts = {"title": content.title, **content.about.to_texts()}
    for row, (name, value) in enumerate(facts.items()):
        sheet.write_string(row, 0, name, bold)
        sheet.write_string(row, 1, _shorten_cell(value))


def _shorten_cell(text: str) -> str:
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _parse_date(as_of: str) -> datetime:
    try:
        return datetime.fromisoformat(as_of[:10])
    except ValueError:
        return _UNKNOWN_DATE
