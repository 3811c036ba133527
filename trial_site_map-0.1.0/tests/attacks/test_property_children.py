"""Hostile and damaged files through the children that a server reads with: read, or refused.

In ``make test`` a few damaged files, in ``make fuzz`` a thousand times as many.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.library.reader_pool import ReaderPool
from dashboard.readers import READ_COLUMNS
from dashboard.settings import Settings
from harness.hostile_files import build_corpus
from tests.dashboard.readers.test_property import _whole, changed
from tests.dashboard.readers.trial_formats import WRITERS

FUZZ = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"
CORPUS = dict(build_corpus())


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReaderPool]:
    """Reads in children, as a server does."""
    folder = tmp_path_factory.mktemp("data")
    with closing(ReaderPool(Settings(site_map_data=folder, site_map_reader_seconds=30))) as made:
        yield made


def check(data: bytes, name: str, pool: ReaderPool) -> int:
    """Read in a child, and check what comes back; returns the number of sites."""
    opened = pool.read(data, name)
    assert (opened.reading is None) == bool(opened.error)
    assert "the log says why" not in opened.error, "a mistake of the reader's own"
    assert "the process that read it" not in opened.error, "the limit of memory had to end it"
    assert "longer than" not in opened.error, "the limit of time had to end it"
    if opened.reading is None:
        return 0
    assert tuple(opened.reading.sites.columns) == READ_COLUMNS
    points = opened.reading.sites[["latitude", "longitude"]].dropna()
    assert points["latitude"].between(-90, 90).all()
    assert points["longitude"].between(-180, 180).all()
    return len(opened.reading.sites)


@pytest.mark.parametrize("name", CORPUS)
def test_a_hostile_file_is_read_or_refused_by_its_reader(name: str, pool: ReaderPool) -> None:
    assert check(CORPUS[name], name, pool) <= 500_000
    assert check(b"city,country\nGraz,Austria\n", "next.csv", pool) == 1


def test_damaged_files_are_read_or_refused_by_a_child(pool: ReaderPool) -> None:
    @settings(
        max_examples=10_000 if FUZZ else 10,
        deadline=timedelta(seconds=60),
        derandomize=not FUZZ,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(WRITERS), st.binary(min_size=1, max_size=25))
    def damaged(write: object, changes: bytes) -> None:
        check(changed(_whole(write), changes), "damaged", pool)  # type: ignore[arg-type]

    damaged()
