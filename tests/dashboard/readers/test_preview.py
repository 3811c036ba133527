"""The preview recognizes files exactly as reading does."""

from pathlib import Path

import pandas as pd
import pytest

from dashboard.errors import ReadError
from dashboard.readers import preview, read
from dashboard.readers.recognition import FileType, recognize
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


def test_a_parquet_file_has_no_preview(tmp_path: Path) -> None:
    path = tmp_path / "sites.parquet"
    pd.DataFrame({"city": ["Graz"]}).to_parquet(path)
    assert preview(path.read_bytes(), "sites.parquet") is None


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
