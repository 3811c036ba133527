"""Replicas share pins, fetched trials and shared lists."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.errors import ListStorageError, TrialStorageError, UploadError
from dashboard.library import sql
from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import FolderTrialStorage
from dashboard.library.fetched_storage_sql import SqlTrialStorage
from dashboard.library.upload_storage import EVERYONE, FolderUploadStorage
from dashboard.library.upload_storage_sql import SqlUploadStorage
from dashboard.library.uploads import UploadStore
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
    """Store trials as a fetch does, without a registry."""
    for number in numbers:
        service.fetched.save(study(number, site("A Clinic")), "2026-01-31")
    service.fetched.notify()


def shown(service: Service) -> set[str]:
    return set(service.library().trials)


def test_changes_show_on_other_replicas(replica: Replica, tmp_path: Path) -> None:
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


def test_replicas_on_several_machines_share_through_the_database(
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


def test_database_copies_fetched_trials_of_a_folder_once(postgres_url: str, tmp_path: Path) -> None:
    folder = FolderTrialStorage(tmp_path / "registry")
    FetchedTrials(folder).save(study(1, site("A")), "2026-01-31")
    with closing(SqlTrialStorage(postgres_url, folder)) as storage:
        assert storage.list_ids() == ["NCT00000001"]
        FetchedTrials(storage).save(study(2, site("A")), "2026-01-31")
        FetchedTrials(storage).delete(["NCT00000001"])
    with closing(SqlTrialStorage(postgres_url, folder)) as storage:
        assert storage.list_ids() == ["NCT00000002"]
    assert folder.list_ids() == ["NCT00000001"]


def test_lost_connection_is_reopened(postgres_url: str, postgres_server: Postgres) -> None:
    with closing(SqlTrialStorage(postgres_url)) as storage:
        fetched = FetchedTrials(storage)
        fetched.save(study(1, site("A")), "2026-01-31")
        assert postgres_server.hang_up(postgres_url)
        assert fetched.list_ids() == ["NCT00000001"]


def test_trials_read_last_stay_while_the_database_is_away(
    postgres_url: str, postgres_server: Postgres
) -> None:
    relay = Relay(postgres_server)
    with closing(SqlTrialStorage(relay.url(postgres_url))) as storage:
        fetched = FetchedTrials(storage)
        fetched.save(study(1, site("A")), "2026-01-31")
        reading = fetched.read()
        assert reading is not None
        relay.cut()
        assert fetched.read() is reading
        with pytest.raises(TrialStorageError, match="cannot be reached"):
            fetched.save(study(2, site("A")), "2026-01-31")
        relay.mend()
        fetched.save(study(2, site("A")), "2026-01-31")
        fetched.notify()
        found = fetched.read()
        assert found is not None
        assert len(found.trials) == 2
    relay.cut()


def test_database_copies_shared_lists_of_all_machines_once(
    postgres_url: str, tmp_path: Path
) -> None:
    folders = [FolderUploadStorage(tmp_path / name / EVERYONE) for name in ("one", "other")]
    for number, folder in enumerate(folders):
        store = UploadStore(tmp_path, shared=folder)
        store.reread(EVERYONE, store.add(EVERYONE, ODD, f"{number}.csv").id, CHOSEN)
    (folders[0].folder / "00000000000000000002-bbbbbbbb.json").write_text('{"name": "damaged')

    def names(folder: FolderUploadStorage, *, close: str = "") -> list[str]:
        store = UploadStore(tmp_path, shared=SqlUploadStorage(postgres_url, folder))
        with closing(store):
            found = store.lists(EVERYONE)
            for one in found:
                assert store.read_columns(EVERYONE, one.id) == CHOSEN
                assert one.opened.reading is not None
                if one.opened.name == close:
                    store.remove(EVERYONE, one.id)
            return [one.opened.name for one in found]

    assert names(folders[0]) == ["0.csv"]
    assert names(folders[1], close="0.csv") == ["0.csv", "1.csv"]
    assert [names(folder) for folder in folders] == [["1.csv"], ["1.csv"]]
    assert len(folders[0].list_versions()) == 2, "the folder itself is unchanged"


def test_shared_lists_stay_while_the_database_is_away(
    postgres_url: str, postgres_server: Postgres, tmp_path: Path
) -> None:
    relay = Relay(postgres_server)
    folder = FolderUploadStorage(tmp_path / EVERYONE)
    storage = SqlUploadStorage(relay.url(postgres_url), folder)
    with closing(UploadStore(tmp_path, shared=storage)) as store:
        one = store.add(EVERYONE, ODD, "odd.csv")
        assert postgres_server.hang_up(postgres_url)
        found = store.lists(EVERYONE)
        assert [each.id for each in found] == [one.id]
        relay.cut()
        assert store.lists(EVERYONE) == found
        with pytest.raises(ListStorageError, match="shared lists cannot be reached"):
            storage.list_versions()
        refusal = "the list could not be stored: its server does not take it"
        with pytest.raises(UploadError, match=refusal):
            store.add(EVERYONE, ODD, "more.csv")
        with pytest.raises(UploadError, match="the list could not be deleted: its server"):
            store.remove(EVERYONE, one.id)
        with pytest.raises(UploadError, match="the list cannot be read: its server"):
            store.read_data(EVERYONE, one.id)
        relay.mend()
        store.add(EVERYONE, ODD, "more.csv")
        assert [each.opened.name for each in store.lists(EVERYONE)] == ["odd.csv", "more.csv"]
    relay.cut()


def test_shared_lists_show_once_a_database_away_at_the_start_is_back(
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


def test_shared_list_of_several_parts_is_unchanged(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql, "PART_BYTES", 10)
    with closing(SqlUploadStorage(postgres_url, FolderUploadStorage(tmp_path))) as storage:
        for name, data in (("long", bytes(range(256))), ("even", b"0123456789"), ("none", b"")):
            storage.write(name, data, {"name": name})
            assert storage.read(name) == data
        storage.delete("long")
        assert storage.count_bytes() == 10
