"""Two sessions on one page: a pin on a list of one's own shows to nobody else."""

from streamlit.testing.v1 import AppTest

from dashboard.page import main
from dashboard.page.widgets.markdown import escape
from dashboard.service.service import Service
from dashboard.web.downloads import build_owner
from geocache.place import Place

SECRET = Place("Secret Clinic", "Springfeld Qx", "", "", "Germany")
LIST = b"facility,city,country\nSecret Clinic,Springfeld Qx,Germany\n"


def test_only_the_session_with_the_list_is_shown_the_pin(running: Service) -> None:
    owner = build_owner("ann", "")
    running.uploads.add(owner, LIST, "mine.csv")
    ann, ben = pages = [AppTest.from_file(main.__file__, default_timeout=60) for _ in range(2)]
    for name, page in zip(("ann", "ben"), pages, strict=True):
        page.session_state["cookie"] = name
        page.session_state["tab"] = "Quality"
        page.run()
    assert on_the_map(ann) == "75 of 76"
    running.editor(owner).pins.pin([SECRET], 47.2, 11.6, note="", who="Ann")
    for page in pages:
        page.run()
        assert not page.exception
    assert on_the_map(ann) == "76 of 76"
    assert on_the_map(ben) == "75 of 75"
    (shown,) = [text for text in texts(ann) if "Secret Clinic" in text and "→" in text]
    assert "Only you see this pin" in shown
    assert not [text for text in texts(ben) if "Secret" in text]
    assert "Pins set by people (1)" in [one.label for one in ann.expander]
    assert "Pins set by people (0)" in [one.label for one in ben.expander]
    ann.button(key="unpin_own_0").click().run()
    assert on_the_map(ann) == "75 of 76"
    assert running.uploads.pins(owner) == ()


def test_a_pin_is_published_after_its_texts_were_shown(running: Service) -> None:
    owner = build_owner("ann", "")
    running.uploads.add(owner, LIST, "mine.csv")
    running.editor(owner).pins.pin([SECRET], 47.2, 11.6, note="*door* 3", who="Ann")
    page = AppTest.from_file(main.__file__, default_timeout=60)
    page.session_state["tab"] = "Quality"
    page.session_state["ask_publish_0"] = True
    page.run()
    assert not page.exception
    (shown,) = [text for text in texts(page) if text.startswith("- Facility")]
    assert shown.splitlines() == [
        "- Facility: **Secret Clinic**",
        "- City: **Springfeld Qx**",
        "- Country: **Germany**",
        f"- Position: **{escape('47.20000, 11.60000')}**",
        r"- Note: **\*door\* 3**",
        "- Set by: **Ann**",
    ]
    assert running.geocoder.pins() == ()
    page.button(key="publish_0").click().run()
    assert running.uploads.pins(owner) == ()
    (public,) = running.geocoder.pins()
    assert (public.place, public.note, public.who) == (SECRET, "*door* 3", "Ann")


def on_the_map(page: AppTest) -> str:
    return next(str(one.value) for one in page.metric if one.label == "On the map")


def texts(page: AppTest) -> list[str]:
    return [str(one.value) for one in page.markdown]
