"""Hostile files are refused in bounded time and memory; other files are refused by name."""

import gzip
import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from dashboard.errors import ReadError
from dashboard.readers import read


@pytest.fixture(autouse=True)
def _bounded() -> Iterator[None]:
    """Each of these takes less than 20 s of processor time and 1 GB of memory."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak is from now on
    start, before = time.process_time(), _peak_megabytes()
    yield
    assert time.process_time() - start < 20
    assert _peak_megabytes() - before < 1_000


def _peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def zipped(name: str, data: bytes, times: int = 1) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(times):
            archive.writestr(f"{number}{name}", data)
    return file.getvalue()


def named(member: str, data: bytes = b"x") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, data)
    return file.getvalue()


def test_a_gzip_bomb() -> None:
    bomb = gzip.compress(b"0" * 200_000_000)
    with pytest.raises(ReadError, match="unpacks to far more"):
        read(bomb, "bomb.gz")


def test_a_zip_bomb() -> None:
    with pytest.raises(ReadError, match="unpacks to far more"):
        read(zipped(".csv", b"0" * 100_000_000), "bomb.zip")


def test_a_zip_within_a_zip_within_a_zip() -> None:
    data = zipped(".csv", b"city,country\nGraz,Austria\n")
    for _ in range(5):
        data = zipped(".zip", data)
    with pytest.raises(ReadError, match="archives inside archives"):
        read(data, "nested.zip")


def test_a_workbook_that_unpacks_to_gigabytes() -> None:
    book = openpyxl.Workbook()
    book.active.append(["city", "country"])
    file = io.BytesIO()
    book.save(file)
    grown = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(grown, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info, old.read(info))
        new.writestr("xl/worksheets/sheet2.xml", b" " * 300_000_000)
    with pytest.raises(ReadError, match="unpacks to far more"):
        read(grown.getvalue(), "bomb.xlsx")


@pytest.mark.parametrize(
    "rows",
    [
        b'<table-cell number-columns-repeated="9999999"><p>x</p></table-cell>',
        b"<table-cell>" + b"x" * 30_000 + b"</table-cell>",
    ],
    ids=["cells", "texts"],
)
def test_an_ods_workbook_that_repeats_itself(rows: bytes) -> None:
    content = b'<table><table-row number-rows-repeated="1048576">' + rows + b"</table-row></table>"
    with pytest.raises(ReadError, match="span more cells"):
        read(named("content.xml", content), "bomb.ods")


@pytest.mark.parametrize(
    "page",
    [
        b"<p><!--" * 500_000,
        b"<p><a " * 500_000,
        b"<table>" + b"<td rowspan=999 colspan=999>" * 50_000,
        b"<html>" + b"<aaaa" * 12_000,
        b"<html>" + b"<table><tr><td>" * 300_000,
        b"<p title='" + b"x" * 40_000_000 + b"'>",
        b"<p " + b" ".join(b"a%d=1" % number for number in range(300_000)) + b">",
        b"<p>" + b"&#" * 2_000_000,
    ],
    ids=["comments", "tags", "spans", "names", "nesting", "attribute", "attributes", "entities"],
)
def test_a_hostile_web_page(page: bytes) -> None:
    with pytest.raises(ReadError):
        read(page, "page.html")


def test_a_table_deep_inside_a_web_page_is_read() -> None:
    rows = b"<tr><td>City<td>Country<tr><td>Graz<td>Austria"
    page = b"<html>" + b"<div>" * 10_000 + b"<table>" + rows + b"</table>"
    assert read(page, "page.html").sites["city"].tolist() == ["Graz"]


def test_a_workbook_with_one_cell_in_its_last_corner_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["city", "country"])
    book.active.append(["Graz", "Austria"])
    book.active.cell(1_048_576, 16_384, "far away")
    file = io.BytesIO()
    book.save(file)
    assert read(file.getvalue(), "corner.xlsx").sites["city"].tolist() == ["Graz"]


def record_with(declared: bytes) -> bytes:
    return (
        b'<?xml version="1.0"?><!DOCTYPE a [' + declared + b"]>"
        b"<clinical_study><brief_title>&a;</brief_title></clinical_study>"
    )


LAUGHS = record_with(b'<!ENTITY h "haha"><!ENTITY a "&h;&h;&h;&h;&h;&h;&h;&h;">')
OUTSIDE = record_with(b'<!ENTITY a SYSTEM "file:///etc/hostname">')


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE], ids=["expanding", "of another file"])
def test_xml_entities(data: bytes) -> None:
    with pytest.raises(ReadError, match="declares entities or a DTD is refused"):
        read(data, "entities.xml")


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b'{"studies":' * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'[{"protocolSection":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}]",
        b"<a>" * 100_000,
        b"<a>" * 100_000 + b"</a>" * 100_000,
        b'{"type":"FeatureCollection","features":[' + b'{"a":' * 100_000,
        b"[" * 30_000_000,
    ],
    ids=["lists", "objects", "closed", "in a study", "tags", "closed tags", "features", "30 MB"],
)
def test_nesting_of_100_000_levels(data: bytes) -> None:
    with pytest.raises(ReadError):
        read(data, "deep")


def test_one_quote_that_never_closes_does_not_swallow_the_list() -> None:
    lines = ["facility,city,country", '"Clinic,Graz,Austria', *["A,Linz,Austria"] * 3_000]
    reading = read("\n".join(lines).encode(), "quote.csv")
    assert len(reading.sites) == 3_001


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf", "not a site list"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "of before 2007 that is damaged"),
        (b"<!DOCTYPE html><html><body>Locations</body></html>", "HTML"),
        (b"<table><tr><td>x</table>", "without a table of sites"),
        (b"{\\rtf1 Hello}", "RTF"),
        (b"<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", "save it as XLSX"),
        (zipped(".iwa", b"x"), "Apple Numbers"),
        (named("word/document.xml"), "a Word document"),
        (named("xl/workbook.bin"), "the workbook is damaged"),
        (b"<note>hello</note>", "XML without trials and without a list of sites"),
        (b"NCT01207388\nNCT02552212\n", "names 2 trials but no sites; fetch them"),
        (b"Dear all, see you on Monday.", "not a site list in any known format"),
        (b"name,age\nAnn,3\n", "no column looks like"),
        (b"[]", "JSON without studies"),
        (b"[1, 2, 3]", "JSON without studies"),
        (b'{"a": 1', "not valid JSON"),
        (b"\x00\x01\x02\x03" * 50, "the file is not text"),
        (b"\x1f\x8b\x08\x00\x00", "gzip file breaks off"),
        (b"PK\x03\x04nonsense", "the zip is damaged"),
        (zipped(".txt", b"hello"), "not a site list"),
    ],
)
def test_files_that_are_no_site_lists_are_refused_by_name(data: bytes, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read(data, "given.dat")
    assert reason in str(caught.value)
    assert caught.value.name.startswith("given.dat")


def test_the_good_files_of_a_zip_are_read_and_the_others_named() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.csv", "city,country\nGraz,Austria\n")
        archive.writestr("b.txt", "nothing")
        archive.writestr("c.csv", "city;country\nLinz;Austria\n")
    reading = read(file.getvalue(), "both.zip")
    assert reading.sites["city"].tolist() == ["Graz", "Linz"]
    assert "b.txt: not a site list in any known format" in reading.warnings


def test_a_file_without_a_name_inside_a_zip_is_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("aa.csv", "facility,city,country\nLKH,Graz,Austria\n")
    nameless = file.getvalue().replace(b"aa.csv", b"\x00a.csv")
    assert read(nameless, "list.zip").sites["city"].tolist() == ["Graz"]
