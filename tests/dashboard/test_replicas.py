"""Several server processes share what people do: pins, fetched trials, shared lists."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.errors import KeptTrialsError
from dashboard.fetched import Fetched
from dashboard.fetched_database import DatabaseHome
from dashboard.fetched_home import FolderHome
from dashboard.service import Service
from dashboard.settings import Settings
from geocache import Place
from tests.dashboard.registry_server import site, study
from tests.postgres import Postgres, Relay

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
            made.start()
            assert made.wait(60)
            assert made.failure == ""
            return made

        yield start


def fetch(service: Service, *numbers: int) -> None:
    """As a fetch does, without a registry."""
    for number in numbers:
        service.fetched.keep(study(number, site("A Clinic")), "2026-01-31")
    service.fetched.tell()


def shown(service: Service) -> set[str]:
    return set(service.library().trials)


def test_what_one_does_the_others_show(replica: Replica, tmp_path: Path) -> None:
    one, other = replica(tmp_path / "data"), replica(tmp_path / "data")
    before = other.library()
    assert other.library() is before
    one.pin([Place("LKH Graz", "Graz", "", "", "Austria")], 47.2, 15.6, note="", who="ann")
    assert other.library() is not before
    fetch(one, 1, 2)
    assert shown(other) >= {"NCT00000001", "NCT00000002"}
    one.share(b"trial_id,city,country\nNCT00000003,Graz,Austria\n", "list.csv")
    assert "NCT00000003" in shown(other)
    other.unshare(one.shelf.lists("everyone")[0].id)
    assert "NCT00000003" not in shown(one)
    settled = one.library(), other.library()
    assert (one.library(), other.library()) == settled


def test_on_several_machines_the_server_has_pins_and_fetched_trials(
    postgres_url: str, place_index: Path, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        made = []
        for name in ("one", "other"):
            folder = tmp_path / name
            folder.mkdir()
            (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
            settings = Settings(site_map_data=folder, geocache_url=SecretStr(postgres_url))
            made.append(stack.enter_context(closing(Service(settings))))
            made[-1].start()
        one, other = made
        assert shown(other) == {"NCT01207388"}
        fetch(one, 1)
        assert shown(other) == {"NCT01207388", "NCT00000001"}
        one.pin([GRAZ], 47.2, 15.6, note="", who="ann")
        assert [pin.who for pin in other.cache.pins()] == ["ann"]
        assert other.locate(GRAZ).latitude == 47.2
        assert not (tmp_path / "one" / "registry").exists()


def test_a_server_takes_over_what_a_folder_had_once(postgres_url: str, tmp_path: Path) -> None:
    folder = FolderHome(tmp_path / "registry")
    Fetched(folder).keep(study(1, site("A")), "2026-01-31")
    with closing(DatabaseHome(postgres_url, folder)) as home:
        assert home.numbers() == ["NCT00000001"]
        Fetched(home).keep(study(2, site("A")), "2026-01-31")
        Fetched(home).forget(["NCT00000001"])
    with closing(DatabaseHome(postgres_url, folder)) as home:
        assert home.numbers() == ["NCT00000002"]
    assert folder.numbers() == ["NCT00000001"]


def test_a_lost_connection_is_made_again(postgres_url: str, postgres_server: Postgres) -> None:
    with closing(DatabaseHome(postgres_url)) as home:
        kept = Fetched(home)
        kept.keep(study(1, site("A")), "2026-01-31")
        assert postgres_server.hang_up(postgres_url)
        assert kept.numbers() == ["NCT00000001"]


def test_while_the_server_is_away_what_was_read_last_stays(
    postgres_url: str, postgres_server: Postgres
) -> None:
    relay = Relay(postgres_server)
    with closing(DatabaseHome(relay.url(postgres_url))) as home:
        kept = Fetched(home)
        kept.keep(study(1, site("A")), "2026-01-31")
        reading = kept.reading()
        assert reading is not None
        relay.cut()
        assert kept.reading() is reading
        with pytest.raises(KeptTrialsError, match="cannot be reached"):
            kept.keep(study(2, site("A")), "2026-01-31")
        relay.mend()
        kept.keep(study(2, site("A")), "2026-01-31")
        kept.tell()
        found = kept.reading()
        assert found is not None
        assert len(found.trials) == 2
    relay.cut()
