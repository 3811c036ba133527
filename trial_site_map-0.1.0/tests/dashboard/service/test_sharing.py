"""Sharing a list: what becomes public is said before, and whoever shared it takes it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.errors import UploadError
from dashboard.library.upload_storage import EVERYONE
from dashboard.service.editor import Editor, PublicTexts
from dashboard.service.service import Service
from dashboard.settings import Settings
from dashboard.sites.decisions import SHORTLISTED, SiteKey
from dashboard.sites.fields import list_fields
from dashboard.sites.table import COLUMNS
from geocache.place import Place

SECRET = Place("Secret Clinic", "Graz", "", "", "Austria")
LIST = (
    b"facility,city,country,Tier,PI,E-mail\n"
    b"Secret Clinic,Graz,Austria,A,Dr. Muster,m@example.org\n"
    b"Other Clinic,Linz,Austria,B,Dr. Beispiel,b@example.org\n"
)


@pytest.fixture
def service(tmp_path: Path, place_index: Path) -> Iterator[Service]:
    (tmp_path / "gazetteer").symlink_to(place_index, target_is_directory=True)
    made = Service(Settings(site_map_data=tmp_path))
    made.library()
    yield made
    made.close()


def get_editor(service: Service, owner: str) -> Editor:
    editor = service.viewer(owner).editor
    assert editor is not None
    return editor


def test_a_list_is_shared_without_contacts_and_taken_back_by_who_shared_it(
    service: Service,
) -> None:
    ann, ben = get_editor(service, "ann"), get_editor(service, "ben")
    own = service.viewer("ann").uploads.add(LIST, "mine.csv")
    ann.pins.pin([SECRET], 47.1, 15.4, note="door of house 3", who="Ann")
    public = ann.find_public_texts(own.id)
    assert (public.sites, public.columns, public.hidden) == (2, ("Tier",), ("PI", "E-mail"))
    assert [(pin.place, pin.note, pin.who) for pin in public.pins] == [
        (SECRET, "door of house 3", "Ann")
    ]
    assert ben.find_public_texts(own.id) == PublicTexts()
    ann.share_upload(own.id)
    table = service.library().table
    assert "Secret Clinic" in set(table["facility"])
    assert list_fields(table, COLUMNS) == ["Tier"]
    (shared,) = service.uploads.lists(EVERYONE)
    assert (ann.is_sharer(shared), ben.is_sharer(shared)) == (True, False)
    assert "ann" not in (shared.shared_by, "")
    with pytest.raises(UploadError, match="only the browser that shared this list"):
        ben.take_back(shared.id)
    ann.take_back(shared.id)
    assert service.uploads.lists(EVERYONE) == ()
    assert "Secret Clinic" not in set(service.library().table["facility"])
    (back,) = service.viewer("ann").uploads.lists()
    assert back.opened.reading is not None
    assert back.opened.reading.fields is not None
    assert list(back.opened.reading.fields) == ["Tier", "PI", "E-mail"]


def test_decisions_travel_with_a_list_if_that_is_chosen(service: Service) -> None:
    ann = get_editor(service, "ann")
    own = service.viewer("ann").uploads.add(LIST, "mine.csv")
    site = SiteKey(facility="Secret Clinic", city="Graz", country="Austria")
    elsewhere = SiteKey(facility="Charité", city="Berlin", country="Germany")
    decided = service.viewer("ann").decisions
    decided.decide([site, elsewhere], SHORTLISTED)
    decided.write_note([site], "door of house 3")
    public = ann.find_public_texts(own.id).decisions
    assert [(one.site, one.note) for one in public] == [(site, "door of house 3")]
    ann.share_upload(own.id, decisions=True)
    table = service.library().table
    shown = table[table["decision"] != ""]
    assert shown[["facility", "decision", "note"]].to_numpy().tolist() == [
        ["Secret Clinic", SHORTLISTED, "door of house 3"]
    ]
    (shared,) = service.uploads.lists(EVERYONE)
    service.uploads.change(EVERYONE, shared.id, colour="#0072b2")
    assert len(service.uploads.lists(EVERYONE)[0].decisions) == 1, "a change keeps them"
    ann.take_back(shared.id)
    assert service.library().decisions == ()
    assert set(service.library().table["decision"]) == {""}
    (back,) = service.viewer("ann").uploads.lists()
    ann.share_upload(back.id)
    assert set(service.library().table["decision"]) == {""}, "not unless it is chosen"
    assert len(decided.all()) == 2
