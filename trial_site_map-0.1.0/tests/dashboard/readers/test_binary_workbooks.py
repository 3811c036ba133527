"""Excel's binary workbooks: read like XLSX, and refused within bounds if they are crafted."""

import datetime as dt
import io
import struct
import zipfile
from collections.abc import Callable

import pytest
import python_calamine

from dashboard.errors import ReadError
from dashboard.readers import preview, read
from dashboard.readers.files import xlsb as xlsb_reader
from tests.dashboard.readers.binary_workbooks import cell, packed, record, sheet_part, xls, xlsb

Write = Callable[..., bytes]
HEADER = ["Site", "Hospital", "City", "Country", "ZIP", "Lat", "Lon", "Since"]
ROWS: list[list[object]] = [
    ["Sites of NCT01207388"],
    [],
    HEADER,
    [101, "LKH Ä", "Graz", "Austria", 8036, 47.07, 15.44, dt.date(2020, 1, 2)],
    [102, "AKH", "Wien", None, 1090, 48.22, 16.35, dt.date(2021, 12, 31)],
    ["Total", 2],
]
MERGED = (3, 4, 3, 3)

both = pytest.mark.parametrize("write", [xls, xlsb])


@both
def test_a_binary_workbook_is_read_like_xlsx(write: Write) -> None:
    data = write({"Cover": [["Who wrote it"]], "Sites": ROWS}, MERGED)
    reading = read(data, "list.bin")
    assert reading.format == f"Site list ({write.__name__.upper()})"
    sites = reading.sites
    assert sites["site_number"].tolist() == ["101", "102"]
    assert sites["facility"].tolist() == ["LKH Ä", "AKH"]
    assert sites["country"].tolist() == ["Austria", "Austria"]
    assert sites["postcode"].tolist() == ["8036", "1090"]
    assert sites["latitude"].tolist() == [47.07, 48.22]
    assert sites["trial_id"].tolist() == ["NCT01207388"] * 2
    assert any("row 6 ('Total')" in text for text in reading.warnings)
    shown = preview(data, "list.bin")
    assert shown is not None
    assert shown.header == tuple(HEADER)
    assert shown.rows[0] == (
        *("101", "LKH Ä", "Graz", "Austria", "8036", "47.07", "15.44", "2020-01-02"),
    )


def test_another_reader_reads_what_the_tests_write() -> None:
    book = python_calamine.load_workbook(io.BytesIO(xlsb({"Sites": ROWS}, MERGED)))
    rows = book.get_sheet_by_name("Sites").to_python(skip_empty_area=False)
    assert rows[3] == ROWS[3]


def changed_sheet(change: Callable[[bytes], bytes], texts: bytes | None = None) -> bytes:
    """An XLSB whose sheet was changed, and its shared texts."""
    with zipfile.ZipFile(io.BytesIO(xlsb({"Sites": [["City", "Country"]]}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.bin"
    parts[part] = change(parts[part])
    if texts is not None:
        parts["xl/sharedStrings.bin"] = texts
    return packed(parts)


END = record(146)
HEAD = struct.pack("<II", 0, 0)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (record(6, HEAD + b"\x02\0\0\0U\0l\0"), "Ul"),
        (record(8, HEAD + b"\x02\0\0\0U\0l\0"), "Ul"),
        (record(62, HEAD + b"\0\x02\0\0\0U\0l\0"), "Ul"),
        (record(2, HEAD + struct.pack("<i", -1234 << 2 | 3)), "-12.34"),
        (record(2, HEAD + struct.pack("<d", 1.5)[4:]), "1.5"),
        (record(9, HEAD + struct.pack("<d", 0.25)), "0.25"),
        (record(3, HEAD + b"\x2a"), ""),
        (record(1, HEAD[:4] + b"\0\0\0\0"), ""),
        (record(4, HEAD + b"\x01"), ""),
        (record(16, bytes(4) + struct.pack("<d", 7)), "7"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_cells_of_every_kind(cells: bytes, expected: str) -> None:
    row = record(0, struct.pack("<I", 1) + bytes(13)) + cells
    named = cell(1, 0, {})  # the row is no empty one
    data = changed_sheet(lambda part: part.replace(END, row + named + END))
    shown = preview(data, "list.xlsb")
    assert shown is not None
    assert shown.rows == ((expected, "0"),)


def test_a_cell_far_away_costs_nothing() -> None:
    far = record(0, struct.pack("<I", 2**31) + bytes(13)) + cell(2**31, "x", {"x": 0})
    near = record(0, struct.pack("<I", 1) + bytes(13)) + cell(2**31, "x", {"x": 0})
    near += cell(0, 8036, {}) + cell(1, 1, {})
    data = changed_sheet(lambda part: part.replace(END, near + far + END))
    assert read(data, "far.xlsb").sites["city"].tolist() == ["8036"]


def test_one_long_text_in_a_million_cells_is_refused() -> None:
    rows = sheet_part([["x"] * 300 for _ in range(120)], {"x": 0})
    long = record(159, bytes(8)) + record(19, b"\0" + struct.pack("<I", 20_000) + b"x\0" * 20_000)
    with pytest.raises(ReadError, match="more cells than a site list has"):
        read(changed_sheet(lambda _: rows, long), "long.xlsb")


def test_too_many_records_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsb_reader, "_MAX_RECORDS", 1_000)
    data = changed_sheet(lambda part: part.replace(END, record(1) * 1_000 + END))
    with pytest.raises(ReadError, match="more cells than a site list has"):
        read(data, "bomb.xlsb")


@both
def test_a_truncated_workbook_is_refused(write: Write) -> None:
    data = write({"Sites": ROWS})
    with pytest.raises(ReadError, match=r"^cut\.bin"):
        read(data[: len(data) // 2], "cut.bin")


def ole(*streams: str) -> bytes:
    """An OLE2 file with these streams: a workbook with its stream renamed."""
    data = xls({"Sites": ROWS})
    for stream in streams:
        old = "Workbook".encode("utf-16-le")
        new = stream.encode("utf-16-le")
        at = data.index(old.ljust(64, b"\0"))
        data = data[:at] + new.ljust(64, b"\0") + struct.pack("<H", len(new) + 2) + data[at + 66 :]
    return data


@pytest.mark.parametrize(
    ("stream", "what"),
    [
        ("EncryptedPackage", "locked by a password"),
        ("WordDocument", "a Word document"),
        ("PowerPoint Document", "a presentation"),
        ("Installer", "without a sheet"),
    ],
)
def test_other_ole_files_are_refused_by_name(stream: str, what: str) -> None:
    with pytest.raises(ReadError, match=what):
        read(ole(stream), "file.xls")
    with pytest.raises(ReadError, match=what):
        preview(ole(stream), "file.xls")


def test_an_xls_with_a_password_is_refused_by_name() -> None:
    data = xls({"Sites": ROWS})
    begin = struct.pack("<HHHH", 0x0809, 16, 0x0600, 5)
    at = data.index(begin) + 20
    locked = data[:at] + struct.pack("<HHH", 0x2F, 4, 1) + data[at + 6 :]
    with pytest.raises(ReadError, match="locked by a password"):
        read(locked, "locked.xls")
