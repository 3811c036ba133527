"""Memoization per table: results go with their table, and threads do not disturb each other."""

import gc
import sys
import threading
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pandas as pd
import pytest

from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.sites import memo
from dashboard.sites.memo import memoize_per_table
from harness.site_tables import generate_site_table


@memoize_per_table
def count_rows(table: pd.Index, factor: int = 1) -> int:
    """Rows times a factor."""
    return len(table) * factor


@pytest.fixture
def eager_switches() -> Iterator[None]:
    """Threads take turns after almost every instruction."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_results_go_with_their_table() -> None:
    table = generate_site_table(60)
    facet_counts(table, Filters())
    key = id(table)
    assert memo._memo.holds(key)
    alive = weakref.ref(table)
    del table
    gc.collect()
    assert alive() is None
    assert not memo._memo.holds(key)


def test_the_oldest_results_of_a_table_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MAX_RESULTS", 2)
    table = pd.Index(["a", "b"])
    assert [count_rows(table, factor) for factor in (1, 2, 3)] == [2, 4, 6]
    results = memo._memo.results(count_rows.__wrapped__, table)  # type: ignore[attr-defined]
    assert list(results.values()) == [4, 6]


class Subject:
    """Something small that can die at any moment."""


@memoize_per_table
def echo(_subject: Subject, number: int) -> int:
    """The number."""
    return number


@pytest.mark.usefixtures("eager_switches")
def test_tables_that_die_on_other_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "MAX_SUBJECTS", 2)
    alive: list[Subject] = []
    errors: list[Exception] = []
    ended = threading.Event()

    def call() -> None:
        try:
            for number in range(20_000):
                subject = Subject()
                alive.append(subject)
                assert echo(subject, number % 5) == number % 5
        except Exception as error:  # noqa: BLE001 - a thread of its own
            errors.append(error)

    def kill() -> None:
        while not ended.is_set():
            with suppress(IndexError):
                alive.pop(0)

    callers = [threading.Thread(target=call) for _ in range(4)]
    killers = [threading.Thread(target=kill) for _ in range(4)]
    for thread in (*callers, *killers):
        thread.start()
    for thread in callers:
        thread.join()
    ended.set()
    for thread in killers:
        thread.join()
    assert errors == []
