"""Fixtures of all tests: a data folder for each, over one place index that is built once."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from geocache.gazetteer import Gazetteer
from harness import postgres
from harness.serving import Server, serving
from tests import leftovers
from tests.slowest_files import SlowestFiles

pytest_plugins = ["tests.browser_fixtures"]

ROOT = Path(__file__).parent.parent
INDEX = ROOT / ".venv" / f"test-place-index-{ROOT.name}"
"""Built at the first run only, in .venv, which several checkouts may share."""


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a home folder of its own, check for leftovers, and time each file."""
    leftovers.prepare(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SlowestFiles(), "slowest-files")


LONGEST = (
    "tests/geocache/test_many_processes.py",
    "tests/dashboard/readers/test_property.py",
    "tests/browser/test_crashes.py",
    "tests/browser/test_editing.py",
    "tests/browser/",
    "tests/attacks/",
    "tests/dashboard/web/test_openapi.py",
    "tests/geocache/test_cluster.py",
    "tests/dashboard/service/test_accidents.py",
    "tests/dashboard/commands/test_warm.py",
    "tests/dashboard/service/jobs/test_jobs.py",
    "tests/geocache/test_bulk.py",
    "tests/geocache/test_gazetteer.py",
    "tests/geocache/test_postgres.py",
    "tests/test_package.py",
)
"""Files to start with, so that no worker is left alone with one of them at the end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--shuffle``: tests must pass in any order."""
    parser.addoption(
        "--shuffle", metavar="SEED", help="run the files, and the tests in each, in a random order"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order by file, the longest first: a worker takes whole files and shares their fixtures."""
    if seed := config.getoption("shuffle"):

        def random_key(name: str) -> bytes:
            return hashlib.sha256(f"{seed} {name}".encode()).digest()

        items.sort(
            key=lambda item: (random_key(item.nodeid.split("::")[0]), random_key(item.nodeid))
        )
        return

    def rank(item: pytest.Item) -> int:
        ranks = (n for n, name in enumerate(LONGEST) if item.nodeid.startswith(name))
        return next(ranks, len(LONGEST))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def place_index() -> Path:
    """The folder of the gazetteer's index, built once for all tests and runs."""
    Gazetteer(INDEX)
    return INDEX


@pytest.fixture
def data_folder(tmp_path: Path, place_index: Path) -> Path:
    """A data folder (``SITE_MAP_DATA``) for one test, with the index in place."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def dashboard_server(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path
) -> Iterator[Server]:
    """A dashboard process over the seeds, one for all tests of a worker."""
    with serving(tmp_path_factory.mktemp("dashboard"), place_index) as running:
        yield running


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Postgres]:
    """A running PostgreSQL server, one for all tests."""
    with postgres.run_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.Postgres) -> Iterator[str]:
    """SQLAlchemy URL of an empty database for one test."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """SQLAlchemy URL of an empty store; the test runs once with each kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep settings of the environment out of the tests, and their data out of the home folder."""
    for name in list(os.environ):
        if name.startswith(("SITE_MAP_", "GEOCACHE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SITE_MAP_DATA", str(tmp_path / "data"))
