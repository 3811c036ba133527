"""Sharing a list: what becomes public is said before, and whoever shared it takes it back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.errors import UploadError
from dashboard.library.sides import find_side
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


def test_a_shared_list_gets_a_new_version_in_place(service: Service) -> None:
    ann, ben = get_editor(service, "ann"), get_editor(service, "ben")
    own = service.viewer("ann").uploads.add(LIST, "mine.csv")
    service.viewer("ann").decisions.decide(
        [SiteKey(facility="Secret Clinic", city="Graz", country="Austria")], SHORTLISTED
    )
    ann.share_upload(own.id, decisions=True)
    (first,) = service.uploads.lists(EVERYONE)
    ann.change_shared(first.id, name="Ours", colour="#0072b2")
    ann.renew_shared(first.id, LIST + b"Third Clinic,Wien,Austria,C,Dr. X,x@example.org\n", "b.csv")
    (second,) = service.uploads.lists(EVERYONE)
    table = service.library().table
    assert (second.opened.name, second.about.colour) == ("Ours", "#0072b2")
    assert "Third Clinic" in set(table["facility"])
    assert list_fields(table, COLUMNS) == ["Tier"]
    assert [one.sites for one in second.opened.versions] == [2]
    side = find_side("a", second.opened.versions[0].name, service.library(), None)
    assert side.sites["facility"].tolist() == ["Secret Clinic", "Other Clinic"]
    assert len(second.decisions) == 1
    ben.renew_shared_in_background(second.id, LIST, "c.csv")
    assert service.jobs.all()[-1].wait(60)
    (third,) = service.uploads.lists(EVERYONE)
    assert [one.sites for one in third.opened.versions] == [3, 2]
    assert "Third Clinic" not in set(service.library().table["facility"])
    assert (ann.is_sharer(third), ben.is_sharer(third)) == (True, False)
    with pytest.raises(UploadError, match="the list stays as it was"):
        ben.renew_shared(third.id, b"\x00", "broken.csv")
    with pytest.raises(UploadError, match="no longer here"):
        ben.renew_shared(first.id, LIST, "mine.csv")
    ann.take_back(third.id)
    (back,) = service.viewer("ann").uploads.lists()
    assert [one.sites for one in back.opened.versions] == [3, 2]


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
