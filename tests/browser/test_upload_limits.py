"""Files that are too much, as a visitor sees it: the file, the limit, and nothing of the inside."""

import gzip
import io
import re
import zipfile
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from harness.visit import Visit

INSIDE = re.compile(r"Traceback|File \"|line \d+, in |\.py\b|site-packages")


BOMB = b" " * 40_000_000


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def workbook_bomb() -> bytes:
    """A workbook with far more blanks between its cells than a sheet has."""
    book = openpyxl.Workbook()
    book.active.append(["city"])
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", BOMB + b"</sheetData>")
    return zipped(**parts)


def adder(page: Page) -> None:
    page.get_by_text("Add sites").click()
    expect(page.get_by_test_id("stFileUploaderDropzone").first).to_be_visible()


def test_a_file_over_the_limit_is_refused_by_name_before_it_is_sent(
    visit: Visit, tmp_path: Path
) -> None:
    large = tmp_path / "too large.csv"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024 + 1)
    visit.open(sites=75)
    adder(visit.page)
    visit.page.locator("input[type=file]").first.set_input_files(large)
    uploader = visit.page.get_by_test_id("stFileUploader").first
    expect(uploader.get_by_text("too large.csv")).to_be_visible()
    expect(uploader.get_by_text("200.0MB or smaller")).to_be_visible()

    visit.page.get_by_role("tab", name="Quality").click()
    visit.page.get_by_text("Pins set by people").click()
    pins = tmp_path / "many pins.csv"
    pins.write_bytes(bytes(5 * 1024 * 1024 + 1))
    uploader = visit.page.get_by_test_id("stFileUploader").last
    uploader.locator("input[type=file]").set_input_files(pins)
    expect(uploader.get_by_text("many pins.csv")).to_be_visible()
    expect(uploader.get_by_text("5.0MB or smaller")).to_be_visible()


def test_what_unpacks_or_nests_beyond_reason_is_refused_by_name(visit: Visit) -> None:
    visit.open(sites=75)
    adder(visit.page)
    nested = b"[" * 100_000
    for name, data, told in (
        ("bomb.csv.gz", gzip.compress(BOMB), "300 times its size"),
        ("bomb.zip", zipped(**{"list.csv": BOMB}), "300 times its size"),
        ("bomb.xlsx", workbook_bomb(), "300 times its size"),
        ("nested.json", nested, "nested deeper than 1,024 levels"),
        ("studies.json", b'{"studies": [' + b'{"a":' * 50_000, "nested deeper than 1,024 levels"),
    ):
        visit.page.locator("input[type=file]").first.set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        )
        refusal = visit.page.get_by_text(f"{name} was not opened: ").first
        expect(refusal).to_be_visible()
        (line,) = [line for line in refusal.inner_text().splitlines() if line.startswith(name)]
        assert told in line
        assert not INSIDE.search(visit.page.locator("body").inner_text())
    visit.wait_for_map(sites=75)
    log = visit.server.log.read_text()
    assert "bomb.zip" in log
