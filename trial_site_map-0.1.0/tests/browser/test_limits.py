"""Input over a limit is refused on the page with the limit, and without internals."""

import gzip
import io
import re
import zipfile
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from harness.visit import Visit

INTERNALS = re.compile(r"Traceback|File \"|line \d+, in |\.py\b|site-packages")
BOMB = b" " * 40_000_000


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return file.getvalue()


def workbook_bomb() -> bytes:
    """A workbook whose sheet holds 40 MB of blanks."""
    book = openpyxl.Workbook()
    book.active.append(["city"])
    file = io.BytesIO()
    book.save(file)
    with zipfile.ZipFile(file) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", BOMB + b"</sheetData>")
    return zipped(**parts)


def open_uploader(page: Page) -> None:
    page.get_by_text("Add sites").click()
    expect(page.get_by_test_id("stFileUploaderDropzone").first).to_be_visible()


def test_a_file_over_the_size_limit_is_refused_by_name_before_upload(
    visit: Visit, tmp_path: Path
) -> None:
    large = tmp_path / "too large.csv"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024 + 1)
    visit.open(sites=75)
    open_uploader(visit.page)
    visit.page.locator("input[type=file]").first.set_input_files(large)
    uploader = visit.page.get_by_test_id("stFileUploader").first
    expect(uploader.get_by_text("too large.csv")).to_be_visible()
    expect(uploader.get_by_text("200.0MB or smaller")).to_be_visible()

    visit.open_tab("Quality")
    visit.page.get_by_text("Pins set by people").click()
    pins = tmp_path / "many pins.csv"
    pins.write_bytes(bytes(5 * 1024 * 1024 + 1))
    uploader = visit.page.get_by_test_id("stFileUploader").last
    uploader.locator("input[type=file]").set_input_files(pins)
    expect(uploader.get_by_text("many pins.csv")).to_be_visible()
    expect(uploader.get_by_text("5.0MB or smaller")).to_be_visible()


def test_decompression_bombs_and_deep_nesting_are_refused_by_name(visit: Visit) -> None:
    visit.open(sites=75)
    open_uploader(visit.page)
    nested = b"[" * 100_000
    for name, data, reason in (
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
        (line,) = [text for text in refusal.inner_text().splitlines() if text.startswith(name)]
        assert reason in line
        assert not INTERNALS.search(visit.page.locator("body").inner_text())
    visit.wait_for_map(sites=75)
    log = visit.server.log.read_text()
    assert "bomb.zip" in log


def test_input_over_a_limit_is_refused_with_the_limit(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.server.url}/?q=" + "x" * 60_000)
    expect(page.get_by_text("it is longer than 60,000 characters")).to_be_visible()
    page.get_by_role("button", name="Show the sites without it").click()
    visit.wait_for_map(sites=75)
    visit.wait_until_idle()

    page.get_by_text("Add sites").click()
    pasted = page.get_by_label("Or paste a list or a registry page")
    pasted.fill("x" * 2_000_001)
    page.get_by_role("button", name="Add pasted text").click()
    expect(page.get_by_text("2,000,001 characters, but at most 2,000,000")).to_be_visible()
    expect(pasted).to_have_value("")

    page.get_by_text("Add trials from the registry").click()
    numbers = page.get_by_role("textbox", name="NCT numbers")
    numbers.fill(" ".join(f"NCT{number:08}" for number in range(1_001)))
    page.get_by_role("button", name="Fetch", exact=True).click()
    expect(page.get_by_text("1,001 NCT numbers, but at most 1,000")).to_be_visible()

    search = page.get_by_role("textbox", name="Search", exact=True)
    search.fill("x" * 501)
    search.press("Enter")
    expect(page.get_by_text("Search: 501 characters, but at most 500")).to_be_visible()
