"""The seed, read and located once."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton

from dashboard.library.lists import Library, merge, open_sources
from dashboard.service.service import Service, service
from dashboard.settings import SEEDS
from dashboard.web import map_drawn
from geocache import GeoCache
from geocache.gazetteer import Gazetteer


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


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Service]]:
    """The service of this process, with the settings of the environment.

    A page run in this process does not wait for its map: no browser is there to draw it.
    """
    monkeypatch.setattr(map_drawn, "OPENING_TIMEOUT_SECONDS", 0)
    monkeypatch.setattr(map_drawn, "RERUN_TIMEOUT_SECONDS", 0)
    service.cache_clear()
    st.cache_data.clear()
    yield service
    if service.cache_info().currsize:
        service().close()
    service.cache_clear()
