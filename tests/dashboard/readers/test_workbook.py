"""Workbooks: the values of cells, and the size measured before reading."""

import datetime as dt
import io
import zipfile

import openpyxl
import pytest

from dashboard.readers import preview, read
from dashboard.readers.files.workbook_size import fits_in_memory


def saved(*rows: list[object], far: tuple[int, int] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if far is not None:
        book.active.cell(*far, "far away")
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


HEADER: list[object] = ["Facility", "City", "ZIP", "Country", "Status", "Lat", "Lon"]
ROW: list[object] = ["LKH", "Graz", 8036, "Austria", "Recruiting", 47.07, 15.44]


@pytest.mark.parametrize("far", [None, (1_048_576, 16_384), (5, 300)], ids=["small", "far", "wide"])
def test_numbers_are_read_as_they_are_shown(far: tuple[int, int] | None) -> None:
    site = read(saved(HEADER, ROW, far=far), "list.xlsx").sites.iloc[0]
    assert site["facility"] == "LKH"
    assert (site["postcode"], site["latitude"], site["longitude"]) == ("8036", 47.07, 15.44)


def test_dates_and_empty_cells_are_read() -> None:
    data = saved([], [None, "Ort", "Land", "Seit"], ["x", "Graz", "Austria", dt.date(2020, 1, 2)])
    assert read(data, "list.xlsx").sites["city"].tolist() == ["Graz"]
    shown = preview(data, "list.xlsx")
    assert shown is not None
    assert shown.rows[0][1:] == ("Graz", "Austria", "2020-01-02")


def test_every_sheet_with_sites_is_read() -> None:
    book = openpyxl.Workbook()
    book.active.append(["See the other sheets"])
    for country, city in (("Austria", "Graz"), ("Germany", "Ulm")):
        sheet = book.create_sheet(country)
        sheet.append(["City", "Country"])
        sheet.append([city, country])
    file = io.BytesIO()
    book.save(file)
    reading = read(file.getvalue(), "list.xlsx")
    assert reading.sites["city"].tolist() == ["Graz", "Ulm"]
    assert reading.columns == {"city": "City", "country": "Country"}


def test_the_size_of_a_sheet_is_measured_before_it_is_read() -> None:
    assert fits_in_memory(saved(HEADER, ROW), "small")
    assert not fits_in_memory(saved(HEADER, ROW, far=(1_048_576, 16_384)), "far")


def replace_sheet(data: bytes, xml: bytes) -> bytes:
    """The workbook with another first sheet."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for info in old.infolist():
            new.writestr(info, xml if "sheet1" in info.filename else old.read(info))
    return changed.getvalue()


@pytest.mark.parametrize("position", ['r="{}"', "r='{}'", 'r = "{}"', "r=\n'{}'", 's="1" r="{}"'])
@pytest.mark.parametrize(
    ("last", "fits"), [("ZZ9000", True), ("XFD900", False), ("xfd900", False), ("B9000000", False)]
)
def test_a_cell_may_state_its_place_in_any_way(position: str, last: str, fits: bool) -> None:
    cells = b"".join(f"<c {position.format(f'A{at}')}/>".encode() for at in range(1, 400))
    far = f"<c {position.format(last)}/>".encode()
    for xml in (far + cells, cells + far, cells * 60 + far + cells * 60):
        data = replace_sheet(saved(HEADER, ROW), b"<sheetData><row>" + xml + b"</row>")
        assert fits_in_memory(data, "far") is fits


def test_one_long_text_in_a_million_cells_is_not_read_at_once() -> None:
    file = io.BytesIO(saved(HEADER, ROW))
    grown = io.BytesIO()
    cells = b'<c t="s"><v>0</v></c>' * 50_000
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(grown, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if "sharedStrings" not in info.filename and "sheet1" not in info.filename:
                new.writestr(info, old.read(info))
        new.writestr("xl/worksheets/sheet1.xml", b"<sheetData><row>" + cells + b"</row>")
        new.writestr("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>")
    assert not fits_in_memory(grown.getvalue(), "long")


def workbook(sheets: dict[str, list[list[object]]], merged: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


LIST: list[list[object]] = [["Hospital", "City", "Country"], ["LKH", "Graz", "Austria"]]


def test_a_header_in_two_rows_is_read_as_one() -> None:
    rows: list[list[object]] = [
        ["Site", None, "Location", None, "Status"],
        ["No.", "Name", "City", "Country", None],
        [101, "LKH Graz", "Graz", "Austria", "Recruiting"],
    ]
    reading = read(workbook({"Sites": rows}, "A1:B1"), "list.xlsx")
    (site,) = reading.sites.itertuples()
    assert (site.site_number, site.facility, site.city) == ("101", "LKH Graz", "Graz")
    assert (site.country, site.status) == ("Austria", "Recruiting")
    shown = preview(workbook({"Sites": rows}, "A1:B1"), "list.xlsx")
    assert shown is not None
    assert shown.header == ("Site No.", "Site Name", "Location City", "Location Country", "Status")
    again = read(workbook({"Sites": rows}), "list.xlsx", columns={"city": "Location City"})
    assert again.sites["city"].tolist() == ["Graz"]


@pytest.mark.parametrize(
    ("sheets", "name"),
    [
        ({"Cover": [["Protocol ACM-1"], ["Registry: NCT01207388"]], "Sites": LIST}, "x.xlsx"),
        ({"Sites": LIST, "About": [["nct 01207388"]]}, "x.xlsx"),
        ({"NCT01207388": LIST}, "x.xlsx"),
        ({"Sites": [["Trial NCT01207388"], [], *LIST]}, "x.xlsx"),
        ({"Sites": LIST}, "NCT01207388_v2.xlsx"),
    ],
    ids=["cover", "a sheet after", "title of the sheet", "above the table", "name of the file"],
)
def test_the_trial_of_a_workbook_can_be_anywhere(
    sheets: dict[str, list[list[object]]], name: str
) -> None:
    reading = read(workbook(sheets), name)
    assert reading.sites["trial_id"].tolist() == ["NCT01207388"]
    assert [trial.trial_id for trial in reading.trials] == ["NCT01207388"]
    assert not any("the sites have none" in text for text in reading.warnings)


def test_the_sheet_of_sites_is_shown_not_its_cover() -> None:
    shown = preview(workbook({"Cover": [["Country", "n"], ["Austria", 1]], "Sites": LIST}), "x")
    assert shown is not None
    assert shown.header == ("Hospital", "City", "Country")


def test_two_trials_on_the_cover_are_assigned_to_no_site() -> None:
    cover: list[list[object]] = [["NCT00000001"], ["NCT00000002"]]
    reading = read(workbook({"Cover": cover, "Sites": LIST}), "list.xlsx")
    assert reading.sites["trial_id"].tolist() == [""]
    assert any("the sites have none" in text for text in reading.warnings)


def test_a_cell_merged_over_rows_is_filled_down() -> None:
    rows: list[list[object]] = [
        ["Country", "City"], ["Austria", "Graz"], [None, "Wien"], ["Germany", "Ulm"]
    ]  # fmt: skip
    reading = read(workbook({"Sites": rows}, "A2:A3"), "list.xlsx")
    assert reading.sites["country"].tolist() == ["Austria", "Austria", "Germany"]


def test_sheets_by_country_and_sheets_that_repeat_or_count_them() -> None:
    short = [row[:2] for row in LIST]
    sheets: dict[str, list[list[object]]] = {
        "Austria": short,
        "Germany": [["Hospital", "City"], ["UKU", "Ulm"]],
        "All": [*LIST, ["UKU", "Ulm", "Germany"]],
        "Counts": [["Country", "Sites"], ["Austria", 1], ["Germany", 1]],
    }
    reading = read(workbook(sheets), "list.xlsx")
    assert reading.sites[["city", "country"]].to_numpy().tolist() == [
        ["Graz", "Austria"],
        ["Ulm", "Germany"],
    ]
    (skipped,) = [text for text in reading.warnings if "skipped" in text]
    assert skipped.endswith("skipped: Austria, Germany, Counts")
    del sheets["All"]
    assert read(workbook(sheets), "list.xlsx").sites["country"].tolist() == ["Austria", "Germany"]


def test_an_ods_workbook_is_read() -> None:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "manifest")
    )
    rows = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p>'
            "</table:table-cell>"
            for cell in row
        )
        + '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        for row in (("Hospital", "City", "Country"), ("LKH", "Graz", "Austria"))
    )
    file = io.BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr(
            "content.xml",
            f"<office:document-content{spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="Sites">{rows}'
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell/>'
            "</table:table-row>"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        )
        archive.writestr(
            "META-INF/manifest.xml",
            f"<manifest:manifest{spaces}>"
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            "</manifest:manifest>",
        )
    reading = read(file.getvalue(), "list.ods")
    assert reading.format == "Site list (ODS)"
    assert reading.sites["city"].tolist() == ["Graz"]
