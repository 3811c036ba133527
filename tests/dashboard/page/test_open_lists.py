"""The cards of the open lists: renamed, coloured, hidden, shown alone, renewed, deleted."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.errors import UploadError
from dashboard.library.upload_storage import EVERYONE
from dashboard.page import main
from dashboard.page.widgets.markdown import escape
from dashboard.service.service import Service
from dashboard.web.downloads import build_owner
from harness.registry_server import site, study

OWNER = build_owner("ann", "")
FIRST = b"facility,city,country\nLKH Graz,Graz,Austria\nKH Linz,Linz,Austria\n"
SECOND = b"facility,city,country\nLKH Graz,Graz,Austria\nAKH,Wien,Austria\nLKH,Salzburg,Austria\n"


@pytest.fixture
def page(running: Service) -> AppTest:
    """The page with the cards open, not run yet; the session has one list in two versions."""
    running.uploads.add(OWNER, FIRST, "wave.csv")
    running.uploads.add(OWNER, SECOND, "wave.csv")
    page = AppTest.from_file(main.__file__, default_timeout=60)
    page.session_state["tab"] = "Open lists"
    return page


def run(page: AppTest) -> str:
    """Run the page without an error; the text of its cards."""
    page.run()
    assert not page.exception
    return " ".join(one.value for one in page.markdown)


def count_sites(page: AppTest) -> str:
    return next(metric.value for metric in page.metric if metric.label == "Sites")


def test_lists_are_hidden_and_shown_alone(page: AppTest, running: Service) -> None:
    shown = run(page)
    (one,) = running.uploads.lists(OWNER)
    assert f"**{escape('wave.csv')}**" in shown
    assert "3 sites" in shown
    assert escape(f"added {one.about.added} UTC") in shown
    assert count_sites(page) == "78"
    page.button(key=f"alone_{one.id}").click()
    run(page)
    assert count_sites(page) == "3"
    page.button(key=f"alone_{one.id}").click()
    run(page)
    page.button(key="hide_open_NCT01207388.txt").click()
    shown = run(page)
    assert count_sites(page) == "3"
    assert ":material/visibility_off: hidden" in shown
    page.button(key="hide_open_NCT01207388.txt").click()
    page.button(key=f"hide_{one.id}").click()
    run(page)
    assert count_sites(page) == "75"
    assert running.uploads.lists(OWNER)[0].about.hidden
    page.button(key=f"hide_{one.id}").click()
    run(page)
    assert count_sites(page) == "78"


def test_a_list_is_renamed_and_coloured(page: AppTest, running: Service) -> None:
    run(page)
    (one,) = running.uploads.lists(OWNER)
    page.color_picker(key=f"list_colour_{one.id}").pick("#aa0000")
    run(page)
    page.session_state[f"change_{one.id}"] = True
    run(page)
    page.text_input(key=f"rename_{one.id}").set_value("Wave <b>1</b>")
    shown = run(page)
    assert f"**{escape('Wave <b>1</b>')}**" in shown
    (now,) = running.uploads.lists(OWNER)
    assert (now.opened.name, now.about.colour) == ("Wave <b>1</b>", "#aa0000")
    assert page.color_picker(key=f"list_colour_{one.id}").value == "#aa0000"


def test_an_earlier_version_is_compared_with_the_list(page: AppTest, running: Service) -> None:
    assert "2 sites" in run(page)
    (version,) = running.uploads.lists(OWNER)[0].opened.versions
    page.button(key=f"compare_{version.id}").click()
    shown = run(page)
    assert page.session_state["tab"] == "Compare"
    assert "**2 added**" in shown
    assert "**1 removed**" in shown


def test_the_versions_of_a_list_show_over_time(page: AppTest, running: Service) -> None:
    run(page)
    (version,) = running.uploads.lists(OWNER)[0].opened.versions
    page.button(key=f"over_time_{version.id}").click()
    shown = run(page)
    assert page.query_params["view_over_time"] == "wave.csv"
    assert "**2 added**, **1 removed**" in shown
    slider = page.select_slider(key="over_time_when_wave.csv")
    assert len(slider.options) == 2
    slider.set_value(0)
    assert "is the oldest version" in run(page)
    page.selectbox(key="over_time_of").select("*start")
    shown = run(page)
    assert page.query_params["view_over_time"] == "*start"
    assert [one.value for one in page.caption if "is kept, so this counts from" in one.value]
    page.segmented_control(key="compare_over_time").set_value(False)
    run(page)
    assert "view_over_time" not in page.query_params
    assert page.selectbox(key="compare_a").options
    page.segmented_control(key="compare_over_time").set_value(True)
    run(page)
    for _ in range(2):
        page.select_slider(key="over_time_when_wave.csv").set_value(0)
        assert "is the oldest version" in run(page), "what is shown first stays"


def test_a_trial_that_was_fetched_again_shows_over_time(page: AppTest, running: Service) -> None:
    for sites, day in (([site("A")], "2026-01-31"), ([site("A"), site("B")], "2026-02-28")):
        running.fetched.save(study(1, *sites), day)
    running.fetched.notify()
    page.query_params["trial"] = "NCT00000001"
    page.session_state["tab"] = "Trials"
    run(page)
    assert page.button(key="trial_over_time").label == "Sites over time: 1 earlier version"
    page.button(key="trial_over_time").click()
    assert "Between 2026-01-31 and 2026-02-28: **1 added**" in run(page)
    page.session_state["tab"] = "Open lists"
    assert f"NCT00000001: data of {escape('2026-01-31')}: 1 site" in run(page)
    page.button(key="compare_NCT00000001 @ 2026-01-31").click()
    assert "From A to B: **1 added**" in run(page)


def test_what_is_refused_is_said(page: AppTest, running: Service) -> None:
    run(page)
    (one,) = running.uploads.lists(OWNER)
    running.uploads.remove(OWNER, one.id)
    page.button(key=f"hide_{one.id}").click()
    page.run()
    assert not page.exception
    assert "this list is no longer here" in [toast.value for toast in page.toast]


DOUBTFUL = (
    b"Clinic,Town,Land,Tier\n"
    b"Clinic One,Heidleberg,Germany,A\nClinic Two,Nowhereville,Germany,B\n,,,\n"
    b"Clinic Three,Graz,Austria,A\n"
)


def test_the_import_report_says_what_became_of_a_list(page: AppTest, running: Service) -> None:
    run(page)
    added = running.uploads.add(OWNER, DOUBTFUL, "new.csv")
    shown = run(page)
    counts = "3 rows read · 3 sites · 2 on the map · **1 not on the map** · **1 in doubt**"
    assert f"**{escape('new.csv')}**: {counts}" in shown
    assert "Heidleberg → Heidelberg, 1 site" in shown
    first = next(one.value for one in page.dataframe if one.value.shape == (3, 4))
    assert first.iloc[0].tolist() == ["Clinic One", "Heidleberg", "Germany", "A"]
    page.button(key=f"accept_top_{added.id}_0").click()
    shown = run(page)
    (pin,) = running.uploads.pins(OWNER)
    assert (pin.place.facility, pin.note) == ("Clinic One", "Heidleberg is Heidelberg")
    assert "in doubt" not in shown
    page.selectbox(key=f"column_top{added.id}_city").select("(none)")
    page.button(key=f"FormSubmitter:columns_top{added.id}-Read again with these columns").click()
    run(page)
    again = next(one for one in running.uploads.lists(OWNER) if one.id == added.id)
    assert again.opened.reading is not None
    assert "city" not in again.opened.reading.columns
    page.button(key=f"review_{added.id}").click()
    run(page)
    assert page.session_state["tab"] == "Quality"
    assert count_sites(page) == "3"
    page.button(key=f"close_import_{added.id}").click()
    assert "rows read" not in run(page)


def test_a_person_says_what_a_column_holds(page: AppTest, running: Service) -> None:
    run(page)
    added = running.uploads.add(OWNER, DOUBTFUL, "new.csv")
    page.session_state[f"types_top_{added.id}"] = True
    run(page)
    types = next(one.value for one in page.dataframe if "Read as" in one.value)
    assert types.to_numpy().tolist() == [["Tier", "Few values", 3]]
    page.selectbox(key=f"type_kind_top{added.id}").select("number")
    page.button(key=f"FormSubmitter:types_top{added.id}-Read again").click()
    shown = run(page)
    assert "read as number, as you chose; 3 cells are none" in shown
    new_version = running.uploads.add(OWNER, DOUBTFUL, "new.csv")
    assert new_version.opened.reading is not None
    fields = new_version.opened.reading.fields
    assert fields is not None
    assert fields["Tier"].dtype.kind == "f", "the next version is read the same"
    running.viewer(OWNER).uploads.reread(new_version.id, {"city": "Town", "country": "Land"})
    kept = running.uploads.read_columns(OWNER, new_version.id)
    assert kept == {"type of Tier": "number", "city": "Town", "country": "Land"}
    running.viewer(OWNER).uploads.change_type(new_version.id, "Tier", "")
    assert running.uploads.read_columns(OWNER, new_version.id) == {
        "city": "Town",
        "country": "Land",
    }


def test_a_list_that_cannot_be_read_shows_its_columns(page: AppTest, running: Service) -> None:
    run(page)
    added = running.uploads.add(OWNER, b"aa;bb;cc\nx1;Graz;q\nx2;Linz;q\n", "odd.csv")
    run(page)
    (problem,) = [error.value for error in page.error]
    assert problem.startswith(f"**{escape('odd.csv')}** was not opened")
    page.selectbox(key=f"column_top{added.id}_city").select("bb")
    page.button(key=f"FormSubmitter:columns_top{added.id}-Read again with these columns").click()
    assert "2 rows read · 2 sites" in run(page)


def test_a_colleague_sees_the_list_of_a_link_until_it_is_revoked(
    page: AppTest, running: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(page)
    (one,) = running.uploads.lists(OWNER)
    page.session_state[f"ask_share_{one.id}"] = True
    page.button(key=f"alone_{one.id}").click()
    run(page)
    page.button(key=f"link_{one.id}").click()
    run(page)
    (link,) = running.links.list_made(OWNER)
    assert any(link.key in code.value for code in page.code)
    ben = AppTest.from_file(main.__file__, default_timeout=60)
    ben.session_state["cookie"] = "ben"
    ben.query_params["view"] = link.key
    ben.session_state["tab"] = "Open lists"
    shown = run(ben)
    assert count_sites(ben) == "3"
    assert "a colleague’s, by a link" in shown
    written = {name: str(value) for name, value in ben.query_params.items()}
    assert link.key in written["view_list"]
    assert "wave.csv" in written["list"]
    running.links.revoke(OWNER, link.key)
    run(ben)
    assert count_sites(ben) == "0"
    assert any("No list here is called" in one.value for one in ben.warning)
    late = AppTest.from_file(main.__file__, default_timeout=60)
    late.query_params["view_list"] = link.key
    run(late)
    assert any("revoked or has expired" in one.value for one in late.warning)
    assert not late.metric


def test_a_shared_list_is_renamed_and_recoloured_for_everyone(
    page: AppTest, running: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(page)
    (one,) = running.uploads.lists(OWNER)
    running.editor(OWNER).share_upload(one.id)
    (shared,) = running.uploads.lists(EVERYONE)
    run(page)
    page.color_picker(key=f"list_colour_{shared.id}").pick("#aa0000")
    run(page)
    page.session_state[f"change_{shared.id}"] = True
    run(page)
    page.text_input(key=f"rename_{shared.id}").set_value("Ours")
    run(page)
    page.button(key=f"FormSubmitter:renew_form_{shared.id}-Replace for everyone").click()
    run(page)
    assert [one for one in page.toast if "Choose the file of the new version" in one.value]
    running.uploads.add(build_owner("ben", ""), FIRST, "of ben.csv")
    ben = AppTest.from_file(main.__file__, default_timeout=60)
    ben.session_state["cookie"] = "ben"
    ben.session_state["tab"] = "Open lists"
    assert "**Ours**" in run(ben)
    assert ben.color_picker(key=f"list_colour_{shared.id}").value == "#aa0000"
    with pytest.raises(UploadError, match="needs a name"):
        running.editor("").change_shared(shared.id, name=" ")
    assert running.library().colours == {"Ours": "#aa0000"}
