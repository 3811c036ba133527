"""A list that names no trial goes by its own name, wherever others go by their trial's."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.maps.layer import build_layer_data
from dashboard.page import main
from dashboard.page.panels import map_panel
from dashboard.page.state import address
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters
from dashboard.service.service import Service
from dashboard.settings import SEEDS
from dashboard.sites.list_rows import colour_lists

WAVE_1 = "Hospital,City,Country\nCharité,Berlin,Germany\nLKH Graz,Graz,Austria\n"
WAVE_2 = "Hospital,City,Country\nKH Linz,Linz,Austria\n"


@pytest.fixture
def page(
    opened: Callable[[], Service], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AppTest:
    """The page over the seed and two lists without trials, not run yet."""
    folder = data_folder / "sources"
    folder.mkdir()
    shutil.copy(SEEDS / "NCT01207388.txt", folder)
    (folder / "wave 1.csv").write_text(WAVE_1)
    (folder / "wave 2.csv").write_text(WAVE_2)
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    monkeypatch.setenv("SITE_MAP_SOURCES", str(folder))
    return AppTest.from_file(main.__file__, default_timeout=60)


def test_title_trials_and_figures_name_the_lists(page: AppTest) -> None:
    page.session_state["tab"] = "Trials"
    page.run()
    assert not page.exception
    captions = [caption.value for caption in page.caption]
    assert escape("1 trial: NCT01207388; 2 lists: wave 1.csv, wave 2.csv") in captions
    trials, matrix = (table.value for table in page.dataframe)
    assert list(trials["trial_id"]) == ["NCT01207388"]
    assert list(matrix.index) == ["NCT01207388", "wave 1.csv", "wave 2.csv"]
    page.button(key="only_list_0").click().run()
    assert [title.value for title in page.title] == [escape("wave 1.csv")]
    assert not [one for one in page.markdown if "as of" in one.value]  # that is the seed's date
    assert page.button(key="remove_list:wave 1.csv").label == "List: wave 1.csv"


def test_the_map_names_and_filters_lists_among_trials(
    page: AppTest, opened: Callable[[], Service], monkeypatch: pytest.MonkeyPatch
) -> None:
    page.run()
    sites = colour_lists(opened().library().table, {"wave 2.csv": "#123456"})
    data = build_layer_data(sites, colour_by="trial")
    shown = [(one["label"], one["value"]) for one in data["categories"]]
    assert shown == [
        ("NCT01207388", "NCT01207388"),
        ("wave 1.csv", "list:wave 1.csv"),
        ("wave 2.csv", "list:wave 2.csv"),
    ]
    assert "#123456" in data["categories"][2]["svg"]
    details = dict(zip(data["sites"]["title"], data["sites"]["detail"], strict=True))
    assert details["KH Linz"].startswith("wave 2.csv · in the city")
    by_list = build_layer_data(sites, colour_by="list")["categories"]
    assert [one["value"] for one in by_list] == ["NCT01207388.txt", "wave 1.csv", "wave 2.csv"]
    changed: list[dict[str, object]] = []
    monkeypatch.setattr(address, "current", Filters)
    monkeypatch.setattr(address, "colour_by", lambda: "trial")
    monkeypatch.setattr(address, "change", lambda **values: changed.append(values))
    monkeypatch.setattr(map_panel.st, "rerun", lambda: None)
    picked = {"properties": {"kind": "category", "value": "list:wave 2.csv"}}
    map_panel.handle_click({"last_object_clicked_count": 1, "last_active_drawing": picked})
    assert changed == [{"list": ("wave 2.csv",)}]
