"""In the Facilities tab, an editor makes two facilities one, renames, takes apart and undoes."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.service.service import Service
from dashboard.sites.facilities import count_by_facility

LIST = "facility,city,country\nLKH Graz,Graz,Austria\nMusterklinik,Graz,Austria\n"
APART = {"LKH Graz": 1, "Musterklinik": 1}


@pytest.fixture
def page(
    opened: Callable[[], Service],
    data_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AppTest:
    """The Facilities tab over two facilities of one city."""
    (tmp_path / "list.csv").write_text(LIST)
    monkeypatch.setenv("SITE_MAP_SOURCES", str(tmp_path / "list.csv"))
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    made = AppTest.from_file(str(Path(main.__file__)), default_timeout=60)
    made.session_state["tab"] = "Facilities"
    return made


def open_first(page: AppTest) -> None:
    """Open the first facility of the table."""
    selection = {"rows": [0], "columns": [], "cells": []}
    page.session_state["facility_table"] = {"selection": selection}
    page.run()
    assert not page.exception


def count_sites(service: Service) -> dict[str, int]:
    """The sites of each facility by its name."""
    table = count_by_facility(service.library().table)
    return dict(zip(table["facility_name"], table["sites"], strict=True))


def test_two_facilities_become_one_and_are_taken_apart_again(
    page: AppTest, opened: Callable[[], Service]
) -> None:
    def click(key: str) -> None:
        page.button(key=key).click().run()
        assert not page.exception
        open_first(page)

    open_first(page)
    assert count_sites(opened()) == APART
    page.text_input(key="facility_who").set_value("Ann")
    into = page.selectbox(key="facility_into")
    into.select(into.options[0])
    click("facility_merge")
    assert list(count_sites(opened()).values()) == [2]
    page.text_input(key="facility_new_name").set_value("Uniklinikum Graz")
    click("facility_rename")
    assert count_sites(opened()) == {"Uniklinikum Graz": 2}
    assert {one.who for one in opened().library().corrections} == {"Ann"}
    apart = next(one.key for one in page.button if (one.key or "").startswith("facility_split_"))
    click(str(apart))
    assert list(count_sites(opened()).values()) == [1, 1]
    while any(one.key == "facility_undo" for one in page.button):
        click("facility_undo")
    assert len(count_sites(opened())) == 2


def test_a_reader_sees_spellings_but_no_way_to_correct_them(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_MAP_READ_ONLY", "1")
    open_first(page)
    assert any("1 spelling" in one.value for one in page.markdown)
    keys = {str(one.key) for one in page.button}
    assert "facility_on_map" in keys
    assert not [key for key in keys if key.startswith(("facility_merge", "facility_split"))]
