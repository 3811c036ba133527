"""Storage of fetched trials, of each kind."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import TrialStorage
from dashboard.library.storage import build_trial_storage
from dashboard.settings import Settings


@pytest.fixture
def storage(any_store_url: str, tmp_path: Path) -> Iterator[TrialStorage]:
    """Storage for trials; each test runs once on each kind."""
    settings = Settings(site_map_data=tmp_path, geocache_url=SecretStr(any_store_url))
    with closing(build_trial_storage(settings)) as made:
        yield made


@pytest.fixture
def fetched(storage: TrialStorage) -> FetchedTrials:
    """No trials yet, over that storage."""
    return FetchedTrials(storage)
