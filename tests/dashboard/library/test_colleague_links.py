"""Links for colleagues: a copy of a list under a key, until it expires or is revoked."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.errors import ListStorageError, UploadError
from dashboard.library.links import colleague_links
from dashboard.library.links.colleague_links import ColleagueLinks, is_kept
from dashboard.library.links.shared_copies import SharedCopies
from dashboard.library.upload_storage import EXPIRE_SECONDS
from dashboard.library.uploads import UploadStore
from dashboard.sites.decisions import SHORTLISTED, Decision, SiteKey
from geocache.place import Place
from geocache.records import Pin
from harness.postgres import Postgres, Relay, database_name

LIST = (
    b"facility,city,country,Tier,PI\n"
    b"Secret Clinic,Graz,Austria,A,Dr. Muster\nOther Clinic,Linz,Austria,B,Dr. Beispiel\n"
)
SITE = SiteKey(facility="Secret Clinic", city="Graz", country="Austria")
PLACE = Place("Secret Clinic", "Graz", "", "", "Austria")
TODAY = date(2026, 11, 30)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UploadStore]:
    with closing(UploadStore(tmp_path / "lists")) as made:
        yield made


@pytest.fixture
def links(store: UploadStore) -> ColleagueLinks:
    return ColleagueLinks(store, enabled=True, contacts=False)


def test_a_link_shows_a_copy_with_pins_and_decisions_but_no_contacts(
    store: UploadStore, links: ColleagueLinks, tmp_path: Path
) -> None:
    one = store.add("ann", LIST, "mine.csv")
    store.pin("ann", [Pin(PLACE, 47.1, 15.4), Pin(Place("X", "Wien"), 48.2, 16.4)])
    elsewhere = SiteKey(facility="X", city="Wien")
    store.decide("ann", [Decision(SITE, SHORTLISTED, "good"), Decision(elsewhere, SHORTLISTED)])
    made = links.create("ann", one.id, "country=AT", days=30, decisions=True, today=TODAY)
    assert (len(made.key), made.expires, made.decisions) == (22, "2026-12-30", 1)
    assert links.list_made("ann", TODAY) == (made,)
    assert links.list_made("ben", TODAY) == ()
    store.add("ann", LIST + b"Third,Wien,Austria,C,Dr. X\n", "mine.csv")
    found = links.open(made.key, TODAY)
    assert found is not None
    reading = found.stored.opened.reading
    assert reading is not None
    assert list(reading.sites["facility"]) == ["Secret Clinic", "Other Clinic"]
    assert reading.fields is not None
    assert list(reading.fields) == ["Tier"]
    assert found.query == "country=AT"
    assert [pin.place for pin in found.pins] == [PLACE]
    assert [(each.site, each.note) for each in found.decisions] == [(SITE, "good")]
    again = links.open(made.key, TODAY)
    assert again is not None
    assert again.stored.opened is found.stored.opened, "nothing is merged again"
    (now,) = store.lists("ann")
    bare = links.create("ann", now.id, "", days=7, decisions=False, today=TODAY)
    shown = links.open(bare.key, TODAY)
    assert shown is not None
    assert shown.decisions == ()
    named = [path for path in (tmp_path / "lists").rglob("*") if made.key in path.name]
    assert named == []


def test_a_link_has_no_earlier_versions(store: UploadStore) -> None:
    links = ColleagueLinks(store, enabled=True, contacts=True)
    store.add("ann", LIST, "mine.csv")
    one = store.add("ann", LIST.replace(b"Secret", b"Public"), "mine.csv")
    assert len(store.lists("ann")[0].opened.versions) == 1
    made = links.create("ann", one.id, "", days=7, decisions=False, today=TODAY)
    found = links.open(made.key, TODAY)
    assert found is not None
    assert found.stored.opened.versions == ()


def test_a_server_that_is_away_is_not_asked_again_at_once(
    postgres_url: str, postgres_server: Postgres
) -> None:
    relay = Relay(postgres_server)
    with closing(SharedCopies(relay.url(postgres_url), 0.0)) as copies:
        assert not copies.is_there("x")
        relay.cut()
        for _ in range(2):
            with pytest.raises(ListStorageError):
                copies.is_there("x")
        relay.mend()
        with pytest.raises(ListStorageError):
            copies.is_there("x")


def test_a_link_ends_when_it_is_revoked_expires_or_its_list_is_deleted(
    store: UploadStore, links: ColleagueLinks
) -> None:
    one = store.add("ann", LIST, "mine.csv")
    first, second, third = (
        links.create("ann", one.id, "", days=days, decisions=False) for days in (7, 30, 90)
    )
    links.revoke("ben", first.key)
    assert links.open(first.key) is not None, "only its maker revokes it"
    links.revoke("ann", first.key)
    assert links.open(first.key) is None
    assert links.list_made("ann") == (second, third)
    late = date.fromisoformat(second.expires)
    assert links.open(second.key, late - timedelta(days=1)) is not None
    assert links.open(second.key, late) is None
    links.revoke_list("ann", one.about.key)
    assert links.list_made("ann") == ()
    for key in (third.key, "", "x" * 22, "../../../../etc/passwd"):
        assert links.open(key) is None


def test_folders_stay_as_long_as_their_links(
    store: UploadStore, links: ColleagueLinks, tmp_path: Path
) -> None:
    one = store.add("ann", LIST, "mine.csv")
    store.add("ben", LIST, "mine.csv")
    made = links.create("ann", one.id, "", days=30, decisions=False)
    long_ago = time.time() - EXPIRE_SECONDS - 60
    for folder in (tmp_path / "lists").iterdir():
        os.utime(folder, (long_ago, long_ago))
    store.delete_expired(is_kept)
    assert store.lists("ben") == ()
    assert len(store.lists("ann")) == 1
    assert links.open(made.key) is not None
    store.delete_expired(lambda folder: is_kept(folder, date.fromisoformat(made.expires)))
    assert links.list_made("ann", TODAY) == ()


def test_what_cannot_be_linked_is_refused(
    store: UploadStore, links: ColleagueLinks, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = store.add("ann", LIST, "mine.csv")
    made = links.create("ann", one.id, "", days=7, decisions=False)
    off = ColleagueLinks(store, enabled=False, contacts=False)
    assert off.open(made.key) is None
    with pytest.raises(UploadError, match="off on this server"):
        off.create("ann", one.id, "", days=7, decisions=False)
    with pytest.raises(UploadError, match="no longer here"):
        links.create("ben", one.id, "", days=7, decisions=False)
    monkeypatch.setattr(colleague_links, "MAX_LINKS", 1)
    with pytest.raises(UploadError, match="revoke one first"):
        links.create("ann", one.id, "", days=7, decisions=False)
    monkeypatch.setattr(colleague_links, "MAX_LINKS", 2)
    monkeypatch.setattr(colleague_links, "MAX_BYTES", 10)
    with pytest.raises(UploadError, match="a link takes a list of up to"):
        links.create("ann", one.id, "", days=7, decisions=False)


def test_a_link_opens_on_every_replica_until_it_is_revoked_on_one(
    postgres_url: str, postgres_server: Postgres, tmp_path: Path
) -> None:
    relay = Relay(postgres_server)
    urls = {"one": postgres_url, "other": relay.url(postgres_url)}
    with ExitStack() as stack:
        stores = [
            stack.enter_context(closing(UploadStore(tmp_path / name / "lists"))) for name in urls
        ]
        one, other = (
            stack.enter_context(
                closing(
                    ColleagueLinks(
                        store, enabled=True, contacts=False, copies=SharedCopies(url, 0.0, 0.0)
                    )
                )
            )
            for store, url in zip(stores, urls.values(), strict=True)
        )
        stores[0].pin("ann", [Pin(PLACE, 47.1, 15.4)])
        stores[0].decide("ann", [Decision(SITE, SHORTLISTED, "good")])
        mine = stores[0].add("ann", LIST, "mine.csv")
        made = one.create("ann", mine.id, "country=AT", days=7, decisions=True, today=TODAY)
        names = postgres_server.execute(
            "SELECT name FROM colleague_links", database_name(postgres_url)
        )
        assert len(names) == 1
        assert made.key not in str(names)
        found = other.open(made.key, TODAY)
        assert found is not None
        assert found.stored.opened.reading is not None
        assert list(found.stored.opened.reading.sites["facility"]) == [
            "Secret Clinic",
            "Other Clinic",
        ]
        assert (found.query, len(found.pins), len(found.decisions)) == ("country=AT", 1, 1)
        assert other.open("x" * 22, TODAY) is None
        relay.cut()
        assert other.open(made.key, TODAY) is not None, "what is here stays"
        relay.mend()
        one.revoke("ann", made.key)
        assert other.open(made.key, TODAY) is None
        other.delete_expired(TODAY)
        assert not list((tmp_path / "other" / "lists").glob("*/*.bin"))
        again = one.create("ann", mine.id, "", days=7, decisions=False, today=TODAY)
        one.delete_expired(date.fromisoformat(again.expires))
        assert other.open(again.key, TODAY) is None
    relay.cut()
