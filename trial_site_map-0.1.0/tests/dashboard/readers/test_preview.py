"""The preview recognizes files exactly as reading does."""

import bz2
from collections.abc import Callable

import pandas as pd
import pytest

from dashboard.errors import ReadError
from dashboard.readers import preview, read
from dashboard.readers.recognition import FileType, recognize
from tests.dashboard.readers.generated import binaries, documents
from tests.dashboard.readers.generated.description import LISTS
from tests.dashboard.readers.generated.quirks import Draft, draft
from tests.dashboard.readers.trial_formats import WRITERS

ALIGNED = (
    b"Hospital     City    Country\nLKH Graz     Graz    Austria\nAKH Wien     Wien    Austria\n"
)
REGISTRY_PAGE = b"""<html><body><p>A trial</p><p>NCT ID: NCT01207388</p><h2>Locations</h2>
<p>LKH</p><p>Graz, Austria</p><p>Site Status</p>
<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"""


def test_columns_separated_by_blanks_show_in_the_preview() -> None:
    shown = preview(ALIGNED, "list.txt")
    assert shown is not None
    assert shown.header == ("Hospital", "City", "Country")
    assert shown.columns == read(ALIGNED, "list.txt").columns


def test_a_registry_page_saved_as_html_has_no_preview() -> None:
    assert recognize(REGISTRY_PAGE, "page.html").type is FileType.REGISTRY_PAGE
    assert read(REGISTRY_PAGE, "page.html").format == "Registry page (text), HTML"
    assert preview(REGISTRY_PAGE, "page.html") is None


def test_a_saved_site_table_has_no_preview_and_its_columns_are_known() -> None:
    columns = {"trial_id": [""], "facility": ["LKH"], "city": ["Graz"], "country": ["Austria"]}
    data = bytes(pd.DataFrame(columns).to_parquet())
    assert preview(data, "sites.parquet") is None


TABLES: tuple[Callable[[Draft], bytes], ...] = (
    *(binaries.parquet, binaries.feather, binaries.orc, binaries.sqlite),
    *(binaries.spss, binaries.stata, binaries.xlsx, binaries.ods),
    lambda change: documents.records(change).encode(),
    lambda change: documents.rows(change).encode(),
    lambda change: documents.feature_collection(change).encode(),
    lambda change: documents.trial_with_sites(change).encode(),
    lambda change: documents.elements(change).format("utf-8").encode(),
    lambda change: documents.placemarks(change).format("utf-8").encode(),
    lambda change: bz2.compress(documents.records(change).encode()),
)


@pytest.mark.parametrize("write", TABLES)
def test_tables_of_every_kind_have_a_preview_with_columns_to_choose(
    write: Callable[[Draft], bytes],
) -> None:
    change = draft(LISTS[0])
    data = write(change)
    shown, reading = preview(data, "list"), read(data, "list")
    assert shown is not None
    assert shown.columns == reading.columns
    assert len(shown.rows) == len(reading.sites)
    chosen = read(data, "list", columns={**shown.columns, "facility": shown.columns["city"]})
    assert chosen.sites["facility"].tolist() == change.wanted["city"]


def test_a_web_page_too_large_to_read_is_not_previewed_either() -> None:
    page = b"<html>" + b" " * 50_000_000
    for look in (read, preview):
        with pytest.raises(ReadError, match="a web page over 50 MB"):
            look(page, "page.html")


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_a_preview_shows_the_columns_that_are_read(write: object) -> None:
    sites = pd.DataFrame(
        [("", "LKH Graz", "Graz", "", "Austria"), ("", "UKE", "Hamburg", "", "Germany")],
        columns=["site_number", "facility", "city", "state", "country"],
    )
    data = write("NCT01207388", sites)  # type: ignore[operator]
    shown, columns = preview(data, "list"), read(data, "list").columns
    if shown is not None and columns:
        assert shown.columns == columns
