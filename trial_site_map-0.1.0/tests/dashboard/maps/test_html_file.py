"""The map as one HTML file: every site, text escaped, nothing loaded from elsewhere."""

import re

import pandas as pd
import pytest

from dashboard.errors import ExportError
from dashboard.maps import html_file


def test_a_map_file_holds_every_site_with_its_text_escaped(seed: pd.DataFrame) -> None:
    table = seed.copy()
    table["facility"] = table["facility"].astype(str)
    table.loc[table.index[0], "facility"] = "</script><b>Clinic</b>"
    made = html_file.build_map_html(
        table, title="Sites <1>", as_of="2020-02-10", attribution=("GeoNames & others",)
    ).decode()
    assert made.count("<tr>") == 1 + 75
    assert "<title>Sites &lt;1&gt;</title>" in made
    assert "&lt;/script&gt;&lt;b&gt;Clinic&lt;/b&gt;" in made
    assert "</script><b>" not in made
    assert "<p>GeoNames &amp; others</p><p>Data as of 2020-02-10.</p>" in made
    assert re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", made) == []


def test_a_map_file_shows_missing_statuses_and_is_coloured_as_asked(seed: pd.DataFrame) -> None:
    made = html_file.build_map_html(seed, title="Sites", colour_by="precision").decode()
    assert made.count("<td>Not stated</td>") == 75
    assert '"legend":"precision"' in made


def test_a_map_file_states_that_no_date_is_known(seed: pd.DataFrame) -> None:
    made = html_file.build_map_html(seed, title="Sites").decode()
    assert "The lists do not state the date of their data." in made


def test_more_sites_than_a_file_holds_are_refused(
    seed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(html_file, "MAX_SITES", 74)
    with pytest.raises(ExportError, match="at most 74 sites, not 75: filter first"):
        html_file.build_map_html(seed, title="Sites")
