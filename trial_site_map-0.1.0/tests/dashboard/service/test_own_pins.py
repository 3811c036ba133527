"""Pins on a session's own lists: no other session, file or request gets them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.errors import UploadError
from dashboard.library.lists import Library, extend
from dashboard.library.own_lists import session_records
from dashboard.library.pin_file import locate_with
from dashboard.service.editor import Editor
from dashboard.service.service import Service
from dashboard.service.viewer import Viewer
from dashboard.settings import Settings
from geocache.place import Place
from geocache.records import Pin

SECRET = Place("Secret Clinic", "Graz", "", "", "Austria")
OTHER = Place("Other Clinic", "Linz", "", "", "Austria")
LIST = b"facility,city,country\nSecret Clinic,Graz,Austria\nOther Clinic,Linz,Austria\n"


@pytest.fixture
def service(tmp_path: Path, place_index: Path) -> Iterator[Service]:
    (tmp_path / "gazetteer").symlink_to(place_index, target_is_directory=True)
    made = Service(Settings(site_map_data=tmp_path))
    made.library()
    yield made
    made.close()


def editor(viewer: Viewer) -> Editor:
    assert viewer.editor is not None
    return viewer.editor


def build_library(viewer: Viewer) -> Library:
    """As the page does."""
    locate = locate_with(viewer.uploads.pins(), viewer.geocoder.locate_many)
    return extend(viewer.library(), [one.opened for one in viewer.uploads.lists()], locate)


def find_sources(viewer: Viewer) -> dict[str, str]:
    table = build_library(viewer).table
    return dict(zip(table["facility"].astype(str), table["source"].astype(str), strict=True))


def test_a_pin_on_a_private_list_is_its_sessions_alone(service: Service) -> None:
    ann, ben = service.viewer("ann"), service.viewer("ben")
    ann.uploads.add(LIST, "list.csv")
    ben.uploads.add(LIST, "list.csv")
    editor(ann).pins.pin([SECRET], 47.2, 15.6, note="the gate", who="Ann")
    editor(ann).pins.leave_off([OTHER], note="", who="Ann")
    sources = find_sources(ann)
    assert (sources["Secret Clinic"], sources["Other Clinic"]) == ("pin", "pin")
    assert [pin.place for pin in ann.uploads.pins()] == [SECRET, OTHER]
    assert find_sources(ben)["Secret Clinic"] == "gazetteer"
    assert ben.uploads.pins() == ()
    assert ben.geocoder.pins() == ()
    assert b"Secret" not in ben.geocoder.pins_csv()
    assert ben.geocoder.locate(SECRET).source == "gazetteer"
    again = service.viewer("ann")
    assert len(again.uploads.pins()) == 2
    editor(again).pins.unpin([OTHER])
    assert [pin.place for pin in ann.uploads.pins()] == [SECRET]


def test_a_pin_on_a_place_that_everyone_sees_is_for_everyone(service: Service) -> None:
    ann = service.viewer("ann")
    graz = Place("LKH Graz", "Graz", "", "", "Austria")
    row = b"LKH Graz,Graz,Austria\n"
    ann.uploads.add(LIST + row, "list.csv")
    pins = editor(ann).pins
    assert pins.select_private([SECRET, graz]) == [SECRET]
    pins.pin([SECRET, graz], 47.2, 15.6, note="", who="Ann")
    assert [pin.place for pin in ann.geocoder.pins()] == [graz]
    assert [pin.place for pin in ann.uploads.pins()] == [SECRET]
    pins.unpin([SECRET, graz])
    assert ann.geocoder.pins() == ann.uploads.pins() == ()


def test_own_pins_are_deleted_with_the_last_list_that_has_their_place(
    service: Service, tmp_path: Path
) -> None:
    ann = service.viewer("ann")
    first = ann.uploads.add(LIST, "list.csv")
    second = ann.uploads.add(b"facility,city,country\nSecret Clinic,Graz,Austria\n", "other.csv")
    editor(ann).pins.pin([SECRET, OTHER], 47.2, 15.6, note="", who="")
    again = ann.uploads.add(LIST, "list.csv")
    assert again.id != first.id
    assert len(ann.uploads.pins()) == 2
    ann.uploads.remove(again.id)
    assert [pin.place for pin in ann.uploads.pins()] == [SECRET]
    ann.uploads.remove(second.id)
    assert ann.uploads.pins() == ()
    assert not [file for file in (tmp_path / "lists").rglob("*") if file.is_file()]


def test_own_pins_are_published_with_their_list(service: Service) -> None:
    ann, ben = service.viewer("ann"), service.viewer("ben")
    own = ann.uploads.add(LIST, "list.csv")
    ann.uploads.add(b"facility,city,country\nThird Clinic,Wels,Austria\n", "other.csv")
    third = Place("Third Clinic", "Wels", "", "", "Austria")
    editor(ann).pins.pin([SECRET, third], 47.2, 15.6, note="", who="")
    editor(ann).share_upload(own.id)
    assert [pin.place for pin in ben.geocoder.pins()] == [SECRET]
    assert find_sources(ben)["Secret Clinic"] == "pin"
    assert [pin.place for pin in ann.uploads.pins()] == [third]


def test_a_damaged_file_of_pins_leaves_the_lists_as_they_are(
    service: Service, tmp_path: Path
) -> None:
    ann = service.viewer("ann")
    ann.uploads.add(LIST, "list.csv")
    editor(ann).pins.pin([SECRET], 47.2, 15.6, note="", who="")
    (file,) = (tmp_path / "lists").rglob("pins.jsonl")
    file.write_text('{"kind": "pin", ')
    assert ann.uploads.pins() == ()
    assert find_sources(ann)["Secret Clinic"] == "gazetteer"
    editor(ann).pins.pin([OTHER], 47.2, 15.6, note="", who="")
    assert [pin.place for pin in ann.uploads.pins()] == [OTHER]


def test_own_pins_are_limited(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_records, "MAX_PINS", 1)
    with pytest.raises(UploadError, match="more than 1 pins"):
        service.uploads.pin("ann", [Pin(SECRET, 47.2, 15.6), Pin(OTHER, 47.2, 15.6)])
    assert service.uploads.pins("ann") == ()
