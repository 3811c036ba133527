"""Limits below the page: each refusal names its limit."""

import gzip
import threading

import pytest

from dashboard.errors import ReadError
from dashboard.query.filters import Filters, parse_leniently
from dashboard.readers import read
from dashboard.service.jobs.runner import (
    MAX_PER_SESSION,
    MAX_RUNNING,
    Job,
    JobRunner,
    TooManyJobsError,
)


def test_jobs_are_limited_per_session_and_in_all() -> None:
    release = threading.Event()

    def work(_: Job) -> str:
        release.wait(60)
        return "done"

    jobs = JobRunner()
    for number in range(MAX_PER_SESSION):
        jobs.start(f"eva {number}", "Fetch", work, owner="eva")
    with pytest.raises(TooManyJobsError, match="one person may run 2 at a time"):
        jobs.start("eva more", "Fetch", work, owner="eva")
    for number in range(MAX_RUNNING - MAX_PER_SESSION):
        jobs.start(f"ada {number}", "Fetch", work, owner="ada")
    with pytest.raises(TooManyJobsError, match="this server runs 4 at a time"):
        jobs.start("one more", "Fetch", work, owner="ida")
    release.set()
    assert all(job.wait(60) for job in jobs.all())


def test_a_bomb() -> None:
    with pytest.raises(ReadError, match="over 400 MB or 300 times its size"):
        read(gzip.compress(bytes(20_000_000)), "bomb.csv.gz")


def test_a_long_link_and_one_with_many_mistakes() -> None:
    assert parse_leniently([("city", "x" * 60_000)]) == (
        Filters(),
        ("it is longer than 60,000 characters",),
    )
    notes = parse_leniently([(f"nope{number}", "1") for number in range(500)])[1]
    assert len(notes) == 11
    assert notes[-1] == "… and 490 more"
