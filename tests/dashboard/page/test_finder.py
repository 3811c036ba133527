"""The finder: its words in five languages, its cards, and what it says where nothing is found."""

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.maps import bundle
from dashboard.page import finder, main
from dashboard.page.finder.form import complete
from dashboard.page.finder.language import NAMES, load_catalogue, translate_to
from dashboard.page.finder.wording import describe_distance, describe_people, describe_status
from dashboard.page.widgets.next_steps import build_next_steps
from dashboard.service.service import Service
from dashboard.sites.trial import Trial

FOLDER = Path(finder.__file__).parent
OTHERS = tuple(language for language in NAMES if language != "en")


def list_messages() -> set[str]:
    """Every text that the finder's modules translate."""
    calls = (
        node
        for path in FOLDER.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_"
    )
    return {ast.literal_eval(call.args[0]) for call in calls}


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_is_missing(language: str) -> None:
    catalogue, messages = load_catalogue(language), list_messages()
    assert len(messages) > 60
    assert messages - set(catalogue) == set(), "not translated"
    assert set(catalogue) - messages == set(), "translated, but used nowhere"
    for text, meaning in catalogue.items():
        assert meaning.strip()
        assert meaning.count("{") == text.count("{"), text


def parse_call(name: str, script: str) -> dict[str, Any]:
    """The last argument of a script's call of a function."""
    start = script.index("{", script.index(f"{name}("))
    found: dict[str, Any] = json.JSONDecoder().raw_decode(script[start:])[0]
    return found


def test_all_that_the_maps_scripts_say_is_translated(page: AppTest) -> None:
    said = {
        text
        for path in bundle.ASSETS_FOLDER.glob("*.js")
        for call in re.findall(r"\bsay\((.*?)\)", path.read_text())
        for text in re.findall(r'"([^"]+)"', call)
    }
    assert {"1 site", "Full screen", "{sites}, one position"} <= said
    page.query_params.update(condition="Breast cancer", view_language="de")
    arguments = json.loads(page.run().get("component_instance")[0].proto.json_args)
    options = parse_call("siteMap.start", arguments["script"])
    assert {text: options["words"].get(text) for text in said} == {
        text: load_catalogue("de")[text] for text in said
    }
    assert "Grenzen: <a" in options["attribution"]
    sites = parse_call("siteMap.buildLayer", arguments["feature_group"])
    assert sorted(sites["places"]["label"]) == ["Augsburg, Deutschland", "Munich, Deutschland"]
    assert sites["sites"]["detail"][0].endswith(
        " · Sucht zurzeit Teilnehmende · die Karte zeigt den Ort, nicht die Tür"
    )


def test_what_is_in_no_catalogue_stays_english() -> None:
    assert translate_to("de", "Share") == "Teilen"
    assert translate_to("de", "No such text") == "No such text"


def build_study(
    number: int, text: str, city: str, country: str, **site: object
) -> dict[str, object]:
    """A study with one site, in the form of API v2."""
    place = {"facility": f"Clinic {city}", "status": "RECRUITING", "city": city, "country": country}
    contact = {"name": "A. Person", "phone": "+49 89 1", "email": "a@example.org"}
    return {
        "protocolSection": {
            "identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": f"Study of {text}"},
            "statusModule": {"overallStatus": "RECRUITING"},
            "conditionsModule": {"conditions": [text]},
            "designModule": {"phases": ["PHASE2"]},
            "eligibilityModule": {"sex": "FEMALE", "minimumAge": "18 Years"},
            "contactsLocationsModule": {"locations": [{**place, "contacts": [contact], **site}]},
        }
    }


@pytest.fixture
def page(
    opened: Callable[[], Service],
    data_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AppTest:
    """The finder over three studies, not run yet."""
    studies = [
        build_study(1, "Breast Neoplasms", "Munich", "Germany"),
        build_study(2, "Brustkrebs <b>", "Augsburg", "Germany"),
        build_study(3, "Asthma", "Salzburg", "Austria", status="COMPLETED"),
    ]
    (tmp_path / "studies.json").write_text(json.dumps(studies))
    monkeypatch.setenv("SITE_MAP_SOURCES", str(tmp_path / "studies.json"))
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    monkeypatch.setenv("SITE_MAP_START", "finder")
    return AppTest.from_file(str(Path(main.__file__)), default_timeout=60)


def read(page: AppTest) -> str:
    assert not page.exception
    blocks = (one.proto.body for one in page.get("html"))
    return "\n".join(blocks)


def test_what_where_and_who_give_cards_nearest_first(page: AppTest) -> None:
    page.run()
    assert page.title[0].value == "Find a trial near you"
    page.selectbox(key="finder_condition").set_value("Breast cancer").run()
    page.text_input(key="finder_place").set_value("Munich, Germany").run()
    assert page.query_params["condition"] in ("Breast cancer", ["Breast cancer"])
    text = read(page)
    assert text.index("Study of Breast Neoplasms") < text.index("Study of Brustkrebs &lt;b&gt;")
    assert "in your town" in text
    assert "to the middle of the town" in text
    assert "Phase 2: does it work?" in text
    assert "example.org" not in text, "contacts are shown only where the operator opened them"
    page.radio(key="finder_sex").set_value("Male").run()
    assert "No trial fits all of this." in page.warning[0].value
    page.button(key="finder_less_0").click().run()
    assert "Study of Breast Neoplasms" in read(page)


def test_contacts_are_shown_where_the_operator_opened_them(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_MAP_CONTACTS", "1")
    page.query_params["condition"] = "Breast cancer"
    page.run()
    assert "tel:+49891" in read(page)
    assert "mailto:a@example.org" in read(page)


def test_directions_find_the_clinic_by_its_name_and_lead_to_the_operators_service(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_MAP_DIRECTIONS_URL", "https://example.org/{place}")
    page.query_params["condition"] = "Breast cancer"
    page.run()
    assert "href='https://example.org/Clinic%20Munich%2C%20Munich%2C%20Germany'" in read(page)
    assert "data-sm-geo='geo:48." in read(page)
    assert "?q=Clinic%20Munich%2C%20Munich%2C%20Germany'" in read(page)


def test_a_link_to_a_point_says_that_it_is_the_towns() -> None:
    site = pd.Series(
        {
            "latitude": 48.137, "longitude": 11.575, "facility": "Clinic", "city": "Munich",
            "country": "Germany", "precision": "city", "flags": "",
        }
    )  # fmt: skip
    by_point = "https://example.org/{latitude},{longitude}"
    steps = build_next_steps(site, None, by_point)
    assert "href='https://example.org/48.13700,11.57500'" in steps
    assert "Directions to the town" in steps
    exact = site.replace("city", "facility")
    assert ">Directions<" in build_next_steps(exact, None, by_point)
    unnamed = build_next_steps(pd.Series({**site, "flags": "placeholder_facility"}), None, "")
    assert "?q=Munich%2C%20Germany'" in unnamed
    assert "Directions to the town" in unnamed
    nowhere = build_next_steps(pd.Series({**site, "latitude": None}), None, "")
    assert "button" not in nowhere


def test_a_place_that_nobody_knows_keeps_the_trials(page: AppTest) -> None:
    page.query_params["condition"] = "Breast cancer"
    page.query_params["near"] = "Nowhere-at-all"
    page.run()
    assert "Nowhere" in page.warning[0].value
    assert "Study of Breast Neoplasms" in read(page)


def test_saved_trials_are_printed_with_questions(page: AppTest) -> None:
    page.query_params["condition"] = "Breast cancer"
    page.query_params["view_language"] = "de"
    page.run()
    assert page.title[0].value == "Studie in der Nähe finden"
    page.button(key="finder_save_NCT00000001").click().run()
    assert page.query_params["view_saved"] in ("NCT00000001", ["NCT00000001"])
    text = read(page)
    assert "Fragen an Ihre Ärztin" in text
    sheet = text.partition("class='sm-sheet'")[2]
    assert "NCT00000001" in sheet
    assert "Clinic Munich · Munich, Deutschland" in sheet
    assert "Brustkrebs (Breast Neoplasms)" in text
    assert "Frauen, ab 18 Jahren" in text


def test_closed_trials_are_shown_when_asked_for(page: AppTest) -> None:
    page.query_params["condition"] = "asma"
    page.run()
    assert page.warning
    assert page.button(key="finder_less_closed").label.endswith("(1)")
    page.button(key="finder_less_closed").click().run()
    assert "Not looking for participants now" in read(page)


def test_odd_input_has_its_sentence(page: AppTest) -> None:
    page.query_params["age"] = "400"
    page.run()
    assert "age=400" in page.warning[0].value
    page.button(key="confirm_link").click().run()
    assert not page.exception
    for odd in ("рак 癌 سرطان", "x" * 100):
        again = AppTest.from_file(str(Path(main.__file__)), default_timeout=60)
        again.query_params["condition"] = odd
        again.run()
        assert not again.exception
        assert "Nobody here knows" in again.warning[0].value
        assert odd in again.warning[0].value
    longest = "a" * 10_000
    again.text_input(key="finder_place").set_value(longest).run()
    assert "too long" in again.toast[0].value
    assert "near" not in again.query_params


def test_distances_are_as_exact_as_positions() -> None:
    assert describe_distance(0.4, "city", "km") == "in your town"
    assert describe_distance(0.4, "facility", "km") == "about 1 km"
    assert describe_distance(12.3, "city", "km") == "about 12 km to the middle of the town"
    assert describe_distance(321.0, "facility", "miles") == "about 200 miles"


def test_the_beginning_of_a_word_stands_for_the_condition_with_most_centres() -> None:
    offered = ["Brustkrebs", "Triple-negativer Brustkrebs", "Asthma", "Zöliakie"]
    assert complete("brust", offered) == "Brustkrebs"
    assert complete("zol", offered) == "Zöliakie"
    assert complete("asthma", ["Allergisches Asthma"]) == "asthma", "a word that means something"
    for kept in ("br", "krebsx", "", "xyz"):
        assert complete(kept, offered) == kept


def test_people_are_described_as_far_as_the_record_says() -> None:
    women = Trial("1", sex="FEMALE", minimum_age="18 Years", maximum_age="75 Years")
    assert describe_people(women, 61, "Female") == "Women, 18 to 75 years – age and sex fit"
    assert describe_people(women, 80, "") == "Women, 18 to 75 years – age or sex does not fit"
    infants = Trial("2", sex="ALL", minimum_age="1 Month", maximum_age="2 Years")
    assert describe_people(infants, None, "") == "Women and men, 1 month to 2 years"
    assert describe_people(Trial("3"), 61, "") == "Age and sex: not stated in the record"
    assert describe_status("Not yet recruiting", recruiting=False).endswith("yet")
