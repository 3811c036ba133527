"""Background jobs: one per key, progress, cancellation, failures."""

import threading

import pytest

from dashboard.errors import RegistryError
from dashboard.service.jobs import runner
from dashboard.service.jobs.runner import Job, JobRunner, JobState, TooManyJobsError


def test_job_reports_progress_and_an_outcome() -> None:
    def work(job: Job) -> str:
        job.report(3, 4, "halfway")
        assert job.fraction == 0.75
        return "All there."

    job = JobRunner().start("a", "Counting", work)
    assert job.wait(10)
    assert (job.state, job.message) == (JobState.DONE, "All there.")


def test_equal_keys_share_a_job() -> None:
    several, go = JobRunner(), threading.Event()
    first = several.start("same", "Fetch", lambda _: str(go.wait(10)))
    second = several.start("same", "Fetch", lambda _: "never run")
    assert second is first
    go.set()
    assert first.wait(10)
    again = several.start("same", "Fetch", lambda _: "again")
    assert again is not first
    assert again.wait(10)


def test_cancelled_job_stops_at_its_next_step() -> None:
    kept: list[int] = []
    began = threading.Event()

    def work(job: Job) -> str:
        for number in range(10_000_000):
            job.report(number, 10_000_000)
            kept.append(number)
            began.set()
        return "finished"

    job = JobRunner().start("a", "Long", work)
    assert began.wait(10)
    job.cancel()
    assert job.wait(10)
    assert job.state is JobState.CANCELLED
    assert 0 < len(kept) < 10_000_000


def test_known_error_is_shown_and_an_unknown_one_only_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def known(_: Job) -> str:
        raise RegistryError("the registry did not answer")

    def unknown(_: Job) -> str:
        raise KeyError("/secret/path")

    several = JobRunner()
    told, hidden = several.start("a", "A", known), several.start("b", "B", unknown)
    assert told.wait(10)
    assert hidden.wait(10)
    assert (told.state, told.message) == (JobState.FAILED, "the registry did not answer")
    assert hidden.state is JobState.FAILED
    assert "/secret" not in hidden.message
    assert "/secret" in caplog.text


def test_number_of_running_jobs_is_limited() -> None:
    several, go = JobRunner(), threading.Event()
    running = [
        several.start(str(n), "x", lambda _: str(go.wait(10))) for n in range(runner.MAX_RUNNING)
    ]
    with pytest.raises(TooManyJobsError, match="wait for one"):
        several.start("more", "x", lambda _: "")
    go.set()
    assert all(job.wait(10) for job in running)
    assert len(several.all()) == runner.MAX_RUNNING
    several.dismiss("0")
    assert len(several.all()) == runner.MAX_RUNNING - 1


def test_jobs_per_session_are_limited_and_private_ones_hidden() -> None:
    several, go = JobRunner(), threading.Event()
    own = [
        several.start(str(n), "x", lambda _: str(go.wait(10)), owner="eva", private=n == 0)
        for n in range(runner.MAX_PER_SESSION)
    ]
    with pytest.raises(TooManyJobsError, match="of your jobs are running"):
        several.start("more", "x", lambda _: "", owner="eva")
    other = several.start("other", "x", lambda _: str(go.wait(10)), owner="ada")
    assert several.visible_to("eva") == (*own, other)
    assert several.visible_to("ada") == (*own[1:], other)
    go.set()
    assert all(job.wait(10) for job in (*own, other))


def test_cancellation_is_not_taken_for_a_failure() -> None:
    began, go = threading.Event(), threading.Event()

    def work(job: Job) -> str:
        began.set()
        go.wait(10)
        try:
            job.report(1, 2)
        except Exception as error:
            raise RegistryError("a reader failed") from error
        return "never"

    job = JobRunner().start("a", "A", work)
    assert began.wait(10)
    job.cancel()
    go.set()
    assert job.wait(10)
    assert job.state is JobState.CANCELLED
