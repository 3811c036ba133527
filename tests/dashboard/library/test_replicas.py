"""Several server processes share what people do: pins, fetched trials, shared lists."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.errors import ListStorageError, TrialStorageError
from dashboard.library import upload_storage_sql
from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import FolderTrialStorage
from dashboard.library.fetched_storage_sql import SqlTrialStorage
from dashboard.library.upload_storage import EVERYONE, FolderUploadStorage
from dashboard.library.upload_storage_sql import SqlUploadStorage
from dashboard.library.uploads import UploadError, UploadStore
from dashboard.service.service import Service
from dashboard.settings import Settings
from geocache import Place
from harness.postgres import Postgres, Relay
from harness.registry_server import site, study

GRAZ = Place(city="Graz", country="Austria")

Replica = Callable[[Path], Service]


@pytest.fixture
def replica(any_store_url: str, place_index: Path) -> Iterator[Replica]:
    """Start a replica over a data folder, its cache on SQLite or PostgreSQL."""
    with ExitStack() as stack:

        def start(folder: Path) -> Service:
            folder.mkdir(exist_ok=True)
            if not (folder / "gazetteer").exists():
                (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
            settings = Settings(site_map_data=folder, geocache_url=SecretStr(any_store_url))
            made = stack.enter_context(closing(Service(settings)))
            made.opener.start()
            assert made.opener.wait(60)
            assert made.opener.failure == ""
            return made

        yield start


def fetch(service: Service, *numbers: int) -> None:
    """As a fetch does, without a registry."""
    for number in numbers:
        service.fetched.save(study(number, site("A Clinic")), "2026-01-31")
    service.fetched.notify()


def shown(service: Service) -> set[str]:
    return set(service.library().trials)


def test_what_one_does_the_others_show(replica: Replica, tmp_path: Path) -> None:
    one, other = replica(tmp_path / "data"), replica(tmp_path / "data")
    before = other.library()
    assert other.library() is before
    one.editor().pins.pin(
        [Place("LKH Graz", "Graz", "", "", "Austria")], 47.2, 15.6, note="", who="ann"
    )
    assert other.library() is not before
    fetch(one, 1, 2)
    assert shown(other) >= {"NCT00000001", "NCT00000002"}
    one.editor().share(b"trial_id,city,country\nNCT00000003,Graz,Austria\n", "list.csv")
    assert "NCT00000003" in shown(other)
    other.editor().unshare(one.uploads.lists("everyone")[0].id)
    assert "NCT00000003" not in shown(one)
    settled = one.library(), other.library()
    assert (one.library(), other.library()) == settled


ODD = b"aa;bb;cc\nNCT00000004;Graz;Austria\n"
CHOSEN = {"trial_id": "aa", "city": "bb", "country": "cc"}


def machine(folder: Path, place_index: Path, url: str) -> Service:
    """A replica with a data folder of its own."""
    folder.mkdir(exist_ok=True)
    if not (folder / "gazetteer").exists():
        (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    made = Service(Settings(site_map_data=folder, geocache_url=SecretStr(url)))
    made.opener.start()
    return made


def test_on_several_machines_the_server_has_pins_fetched_trials_and_shared_lists(
    postgres_url: str, place_index: Path, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(closing(machine(tmp_path / name, place_index, postgres_url)))
            for name in ("one", "other")
        )
        assert shown(other) == {"NCT01207388"}
        fetch(one, 1)
        assert shown(other) == {"NCT01207388", "NCT00000001"}
        one.editor().pins.pin([GRAZ], 47.2, 15.6, note="", who="ann")
        assert [pin.who for pin in other.geocoder.pins()] == ["ann"]
        assert other.geocoder.locate(GRAZ).latitude == 47.2
        settled = other.library()
        assert other.library() is settled
        own = one.uploads.add("ada", ODD, "odd.csv")
        assert shown(other) == {"NCT01207388", "NCT00000001"}
        own = one.uploads.reread("ada", own.id, CHOSEN)
        one.editor().share(ODD, "odd.csv", CHOSEN, own.opened)
        assert "NCT00000004" in shown(other)
        assert not (tmp_path / "one" / "registry").exists()
        assert not (tmp_path / "one" / "lists" / EVERYONE).exists()
        third = stack.enter_context(closing(machine(tmp_path / "one", place_index, postgres_url)))
        assert "NCT00000004" in shown(third), "its columns are read as they were chosen"
        third.editor().unshare(third.uploads.lists(EVERYONE)[0].id)
        assert "NCT00000004" not in shown(one)


def test_a_server_takes_over_what_a_folder_had_once(postgres_url: str, tmp_path: Path) -> None:
    folder = FolderTrialStorage(tmp_path / "registry")
    FetchedTrials(folder).save(study(1, site("A")), "2026-01-31")
    with closing(SqlTrialStorage(postgres_url, folder)) as home:
        assert home.list_ids() == ["NCT00000001"]
        FetchedTrials(home).save(study(2, site("A")), "2026-01-31")
        FetchedTrials(home).delete(["NCT00000001"])
    with closing(SqlTrialStorage(postgres_url, folder)) as home:
        assert home.list_ids() == ["NCT00000002"]
    assert folder.list_ids() == ["NCT00000001"]


def test_a_lost_connection_is_made_again(postgres_url: str, postgres_server: Postgres) -> None:
    with closing(SqlTrialStorage(postgres_url)) as home:
        kept = FetchedTrials(home)
        kept.save(study(1, site("A")), "2026-01-31")
        assert postgres_server.hang_up(postgres_url)
        assert kept.list_ids() == ["NCT00000001"]


def test_while_the_server_is_away_what_was_read_last_stays(
    postgres_url: str, postgres_server: Postgres
) -> None:
    relay = Relay(postgres_server)
    with closing(SqlTrialStorage(relay.url(postgres_url))) as home:
        kept = FetchedTrials(home)
        kept.save(study(1, site("A")), "2026-01-31")
        reading = kept.read()
        assert reading is not None
        relay.cut()
        assert kept.read() is reading
        with pytest.raises(TrialStorageError, match="cannot be reached"):
            kept.save(study(2, site("A")), "2026-01-31")
        relay.mend()
        kept.save(study(2, site("A")), "2026-01-31")
        kept.notify()
        found = kept.read()
        assert found is not None
        assert len(found.trials) == 2
    relay.cut()


def test_a_server_takes_over_what_the_folders_of_all_machines_shared_and_brings_none_back(
    postgres_url: str, tmp_path: Path
) -> None:
    folders = [FolderUploadStorage(tmp_path / name / EVERYONE) for name in ("one", "other")]
    for number, folder in enumerate(folders):
        shelf = UploadStore(tmp_path, shared=folder)
        shelf.reread(EVERYONE, shelf.add(EVERYONE, ODD, f"{number}.csv").id, CHOSEN)
    (folders[0].folder / "00000000000000000002-bbbbbbbb.json").write_text('{"name": "damaged')

    def names(folder: FolderUploadStorage, *, close: str = "") -> list[str]:
        shelf = UploadStore(tmp_path, shared=SqlUploadStorage(postgres_url, folder))
        with closing(shelf):
            found = shelf.lists(EVERYONE)
            for one in found:
                assert shelf.read_columns(EVERYONE, one.id) == CHOSEN
                assert one.opened.reading is not None
                if one.opened.name == close:
                    shelf.remove(EVERYONE, one.id)
            return [one.opened.name for one in found]

    assert names(folders[0]) == ["0.csv"]
    assert names(folders[1], close="0.csv") == ["0.csv", "1.csv"]
    assert [names(folder) for folder in folders] == [["1.csv"], ["1.csv"]]
    assert len(folders[0].list_versions()) == 2, "what a folder has stays in it"


def test_shared_lists_outlast_a_lost_connection_and_a_server_that_is_away(
    postgres_url: str, postgres_server: Postgres, tmp_path: Path
) -> None:
    relay = Relay(postgres_server)
    folder = FolderUploadStorage(tmp_path / EVERYONE)
    home = SqlUploadStorage(relay.url(postgres_url), folder)
    with closing(UploadStore(tmp_path, shared=home)) as shelf:
        one = shelf.add(EVERYONE, ODD, "odd.csv")
        assert postgres_server.hang_up(postgres_url)
        found = shelf.lists(EVERYONE)
        assert [each.id for each in found] == [one.id]
        relay.cut()
        assert shelf.lists(EVERYONE) == found
        with pytest.raises(ListStorageError, match="shared lists cannot be reached"):
            home.list_versions()
        told = "the list could not be stored: its server does not take it"
        with pytest.raises(UploadError, match=told):
            shelf.add(EVERYONE, ODD, "more.csv")
        with pytest.raises(UploadError, match="the list could not be deleted: its server"):
            shelf.remove(EVERYONE, one.id)
        with pytest.raises(UploadError, match="the list cannot be read: its server"):
            shelf.read_data(EVERYONE, one.id)
        relay.mend()
        shelf.add(EVERYONE, ODD, "more.csv")
        assert [each.opened.name for each in shelf.lists(EVERYONE)] == ["odd.csv", "more.csv"]
    relay.cut()


def test_what_was_shared_shows_once_a_server_that_was_away_at_the_start_is_back(
    postgres_url: str, postgres_server: Postgres, place_index: Path, tmp_path: Path
) -> None:
    with closing(machine(tmp_path / "one", place_index, postgres_url)) as one:
        one.library()
        one.editor().share(ODD, "odd.csv", CHOSEN)
    relay = Relay(postgres_server)
    relay.cut()
    with closing(machine(tmp_path / "other", place_index, relay.url(postgres_url))) as other:
        assert shown(other) == {"NCT01207388"}
        relay.mend()
        deadline = time.monotonic() + 60
        while "NCT00000004" not in shown(other):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    relay.cut()


def test_a_shared_list_of_several_parts_is_given_back_as_it_was(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_storage_sql, "_PART_BYTES", 10)
    with closing(SqlUploadStorage(postgres_url, FolderUploadStorage(tmp_path))) as home:
        for name, data in (("long", bytes(range(256))), ("even", b"0123456789"), ("none", b"")):
            home.write(name, data, {"name": name})
            assert home.read(name) == data
        home.delete("long")
        assert home.count_bytes() == 10
