"""Workbooks in Excel's two binary formats: XLS by xlwt, XLSB record by record as MS-XLSB has it."""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Sequence

import xlwt

Rows = Sequence[Sequence[object]]

_DAY = 14
"""The number of the format that shows a number as a day."""

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xls(sheets: dict[str, Rows], merged: tuple[int, int, int, int] | None = None) -> bytes:
    """``merged`` is the first and last row and column, from 0, of merged cells."""
    book = xlwt.Workbook()
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for title, rows in sheets.items():
        sheet = book.add_sheet(title)
        if merged is not None:
            sheet.merge(*merged)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is not None:
                    style = (day,) if isinstance(value, dt.date) else ()
                    sheet.write(at, column, value, *style)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsb(sheets: dict[str, Rows], merged: tuple[int, int, int, int] | None = None) -> bytes:
    """As :func:`xls`; texts are shared, whole numbers packed, days in the style for days."""
    texts: dict[str, int] = {}
    parts = {
        f"xl/worksheets/sheet{number}.bin": sheet_part(rows, texts, merged)
        for number, rows in enumerate(sheets.values(), 1)
    }
    bundle = b"".join(
        record(156, struct.pack("<II", 0, number) + wide(f"rId{number}") + wide(title))
        for number, title in enumerate(sheets, 1)
    )
    parts["xl/workbook.bin"] = (
        record(131) + record(143) + bundle + record(144) + record(157, bytes(26)) + record(132)
    )
    items = b"".join(record(19, b"\0" + wide(text)) for text in texts)
    parts["xl/sharedStrings.bin"] = (
        record(159, struct.pack("<II", len(texts), len(texts))) + items + record(160)
    )
    styles = b"".join(record(47, struct.pack("<HH", 0, kind) + bytes(12)) for kind in (0, _DAY))
    parts["xl/styles.bin"] = record(278) + record(617, struct.pack("<I", 2)) + styles + record(618)
    targets = {
        **{f"rId{number}": ("worksheet", f"worksheets/sheet{number}.bin")
           for number in range(1, len(sheets) + 1)},
        "rIdS": ("sharedStrings", "sharedStrings.bin"),
        "rIdT": ("styles", "styles.bin"),
    }  # fmt: skip
    parts["xl/_rels/workbook.bin.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
            for name, (kind, target) in targets.items()
        )
        + "</Relationships>"
    ).encode()
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def record(kind: int, content: bytes = b"") -> bytes:
    """One record: its kind and size in bytes of seven bits, then its content."""
    return _sevens(kind, 2) + _sevens(len(content), 4) + content


def _sevens(number: int, most: int) -> bytes:
    found = []
    for _ in range(most):
        found.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            break
    return bytes(found)


def wide(text: str) -> bytes:
    """Text behind the number of its UTF-16 units."""
    written = text.encode("utf-16-le")
    return struct.pack("<I", len(written) // 2) + written


def sheet_part(
    rows: Rows, texts: dict[str, int], merged: tuple[int, int, int, int] | None = None
) -> bytes:
    """A worksheet; new texts are put into ``texts`` with their number."""
    width = max(map(len, rows), default=1)
    extent = struct.pack("<4I", 0, max(0, len(rows) - 1), 0, max(0, width - 1))
    found = [record(129), record(148, extent), record(145)]
    for at, row in enumerate(rows):
        found.append(record(0, struct.pack("<I", at) + bytes(13)))
        found += [
            cell(column, value, texts) for column, value in enumerate(row) if value is not None
        ]
    found.append(record(146))
    if merged is not None:
        found += [record(177, struct.pack("<I", 1)), record(176, struct.pack("<4I", *merged))]
        found.append(record(178))
    return b"".join([*found, record(130)])


def cell(column: int, value: object, texts: dict[str, int]) -> bytes:
    style = 1 if isinstance(value, dt.date) else 0
    head = struct.pack("<II", column, style)
    if isinstance(value, dt.date):
        return record(5, head + struct.pack("<d", (value - dt.date(1899, 12, 30)).days))
    if isinstance(value, int):
        return record(2, head + struct.pack("<i", value << 2 | 2))
    if isinstance(value, float):
        return record(5, head + struct.pack("<d", value))
    return record(7, head + struct.pack("<I", texts.setdefault(str(value), len(texts))))
