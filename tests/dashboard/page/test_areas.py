"""Areas without drawing: a circle, corners, a saved name, and what a link says of it."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.errors import UploadError
from dashboard.library.own_lists import session_records
from dashboard.page import main
from dashboard.page.widgets.markdown import escape
from dashboard.query.area_forms import build_box, build_circle
from dashboard.query.coordinates import BBox
from dashboard.service.service import Service
from dashboard.web.downloads import build_owner

HOSTILE = "<img src=x> **b** [l](javascript:x) `${x}` \u202eabc"
SUBMIT = "FormSubmitter:{}-{}"


def open_page(**query: str) -> AppTest:
    page = AppTest.from_file(main.__file__, default_timeout=60)
    page.session_state["area_was_open"] = True
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def count_sites(page: AppTest) -> int:
    assert not page.exception
    return int(next(metric.value for metric in page.metric if metric.label == "Sites"))


def test_an_area_is_used_saved_chosen_again_and_deleted(running: Service) -> None:
    page = open_page()
    page.text_input(key="area_place").set_value("Graz")
    page.number_input(key="area_radius").set_value(60.0)
    page.button(key=SUBMIT.format("area_circle", "Use this circle")).click().run()
    near = count_sites(page)
    assert 0 < near < 75
    circle = str(page.query_params["within"])
    page.text_input(key="area_name").set_value(HOSTILE)
    page.button(key=SUBMIT.format("area_save", "Save under this name")).click().run()
    saved = running.viewer(build_owner("ann", "")).uploads.areas()
    assert [(one.name, one.line) for one in saved] == [(" ".join(HOSTILE.split()), circle)]
    chip = page.button(key="remove_within")
    assert chip.label == f"Within: {escape(saved[0].name)}"
    assert page.query_params["view_area"] == saved[0].name
    page.text_area(key="area_corners").set_value("55, 5\n47, 15")
    page.button(key=SUBMIT.format("area_corners_form", "Use these corners")).click().run()
    assert count_sites(page) > near
    assert page.button(key="remove_within").label == "Within: drawn area"
    assert page.selectbox(key="area_saved").value is None
    page.selectbox(key="area_saved").select(saved[0].name).run()
    assert (count_sites(page), page.query_params["within"]) == (near, circle)
    page.button(key="area_delete").click().run()
    assert running.viewer(build_owner("ann", "")).uploads.areas() == ()
    assert count_sites(page) == near, "what is filtered by stays"
    page.button(key="remove_within").click().run()
    assert count_sites(page) == 75
    assert "view_area" not in page.query_params


def test_a_link_carries_the_name_and_a_view_can_be_saved(running: Service) -> None:
    line = build_box(BBox(5, 47, 15, 55))
    page = open_page(within=line, view_area="Germany, about")
    assert page.button(key="remove_within").label == "Within: Germany, about"
    assert page.text_input(key="area_name").value == "Germany, about"
    view = open_page(bbox="5,47,15,55")
    assert count_sites(view) == count_sites(page)
    view.text_input(key="area_name").set_value("My view")
    view.button(key=SUBMIT.format("area_save", "Save under this name")).click().run()
    assert view.query_params["within"] == line
    assert "bbox" not in view.query_params
    assert [one.name for one in running.uploads.areas(build_owner("ann", ""))] == ["My view"]
    assert running.uploads.areas("ben") == ()


def test_what_is_no_area_is_refused_with_the_reason(running: Service) -> None:
    page = open_page()
    page.text_input(key="area_place").set_value("Nowhereville Qx")
    page.button(key=SUBMIT.format("area_circle", "Use this circle")).click().run()
    assert any("nobody here knows this place" in toast.value for toast in page.toast)
    page.text_area(key="area_corners").set_value("here")
    page.button(key=SUBMIT.format("area_corners_form", "Use these corners")).click().run()
    assert any("give two opposite corners" in toast.value for toast in page.toast)
    page.text_area(key="area_corners").set_value("48, 9\nabc")
    page.button(key=SUBMIT.format("area_corners_form", "Use these corners")).click().run()
    assert any("corner 2\\: “abc”" in toast.value for toast in page.toast)
    page.text_input(key="area_place").set_value("")
    page.button(key=SUBMIT.format("area_circle", "Use this circle")).click().run()
    assert any("say first around which place" in toast.value for toast in page.toast)
    assert count_sites(page) == 75
    assert running.uploads.areas(build_owner("ann", "")) == ()


def test_the_name_of_an_area_goes_with_it(running: Service) -> None:
    line = build_circle(47, 15, 50)
    page = open_page(within=line, country="AT", view_area="Project X")
    assert page.query_params["view_area"] in ("Project X", ["Project X"])
    page.button(key="clear_all").click().run()
    assert "within" not in page.query_params
    assert "view_area" not in page.query_params


def test_areas_are_checked_and_bounded(running: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    uploads, line = running.uploads, build_circle(47, 15, 50)
    monkeypatch.setattr(session_records, "MAX_AREAS", 2)
    for name in ("b", "A", "b"):
        uploads.save_area("ann", name, line)
    assert [one.name for one in uploads.areas("ann")] == ["A", "b"]
    for name, area, reason in (
        ("c", line, "2 areas are saved already"),
        (" ", line, "needs a name"),
        ("x" * 61, line, "at most 60"),
        ("A", "_", "within"),
    ):
        with pytest.raises(UploadError, match=reason):
            uploads.save_area("ann", name, area)
    file = uploads.find_folder("ann") / "areas.jsonl"
    file.write_bytes(file.read_bytes() + b'{"name": 1}\nnonsense\n{"name": "x", "line": "_"}\n')
    assert [one.name for one in uploads.areas("ann")] == ["A", "b"]
