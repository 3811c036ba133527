"""The seed, read and located once."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from dashboard.library import Library, merge, open_sources
from dashboard.settings import SEEDS
from geocache import GeoCache
from geocache.gazetteer import Gazetteer
from tests.serving import Server, serving


@pytest.fixture(scope="session")
def gazetteer(place_index: Path) -> Gazetteer:
    """The gazetteer over the index shared by all tests."""
    return Gazetteer(place_index)


@pytest.fixture(scope="session")
def seed_library(gazetteer: Gazetteer, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The opened seeds with their positions."""
    store = tmp_path_factory.mktemp("seed") / "cache.sqlite"
    with GeoCache(f"sqlite:///{store}", providers=[gazetteer]) as cache:
        return merge(open_sources([SEEDS]), cache.locate_many)


@pytest.fixture
def seed(seed_library: Library) -> pd.DataFrame:
    """The seed's site table."""
    return seed_library.table


@pytest.fixture(scope="session")
def dashboard_server(
    tmp_path_factory: pytest.TempPathFactory, place_index: Path
) -> Iterator[Server]:
    """A dashboard process over the seeds."""
    with serving(tmp_path_factory.mktemp("http"), place_index) as running:
        yield running


@pytest.fixture
def secrets_file(tmp_path: Path) -> Iterator[Path]:
    """Streamlit's secrets file, empty at first."""
    path = tmp_path / "secrets.toml"
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    secrets_singleton._reset()
    yield path
    config.set_option("secrets.files", before)
    secrets_singleton._reset()
