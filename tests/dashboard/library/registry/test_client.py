"""The registry client against a real HTTP server with the registry's API."""

import socket
from collections.abc import Iterator

import pytest

from dashboard.errors import RegistryError
from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import TrialStorage
from dashboard.library.registry.client import STOPPED, Registry
from dashboard.library.registry.search import RegistrySearch, find_trial_ids
from dashboard.service.jobs.fetch import build_fetch_key, build_fetch_work
from dashboard.service.jobs.runner import JobRunner, JobState
from harness.registry_server import RegistryServer, run_registry, site, study


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    studies = [study(number, site(f"{100 + number} - Clinic")) for number in range(1, 8)]
    with run_registry(RegistryServer(studies, page_size=3)) as running:
        yield running


def client(server: RegistryServer) -> Registry:
    return Registry(server.url, timeout_seconds=5)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("NCT01207388", ["NCT01207388"]),
        ("nct 01207388; NCT-02552212, (NCT: 00000001)", "01207388 02552212 00000001"),
        ("NCT01207388/NCT01207388\nNCT02552212.", "01207388 02552212"),
        ("https://clinicaltrials.gov/study/NCT01207388?tab=table", ["NCT01207388"]),
        ("NCT 0120 7388", ["NCT01207388"]),
        ("NCT0120738 and NCT012073889 and EUCT2024", []),
    ],
)
def test_trial_ids_are_found_in_any_punctuation(text: str, numbers: list[str] | str) -> None:
    wanted = [f"NCT{n}" for n in numbers.split()] if isinstance(numbers, str) else numbers
    assert find_trial_ids(text) == wanted


def test_trials_fetched_by_id_open_offline(server: RegistryServer, fetched: FetchedTrials) -> None:
    asked = ["NCT00000002", "NCT00000005", "NCT00000099"]
    with client(server) as registry:
        result = fetched.fetch(registry.fetch_trials(asked), asked)
    assert [change.trial_id for change in result.changes] == ["NCT00000002", "NCT00000005"]
    assert result.missing == ["NCT00000099"]
    assert result.problem == ""
    reading = fetched.read()
    assert reading is not None
    assert reading.sites["facility"].tolist() == ["Clinic", "Clinic"]
    assert reading.sites["status"].tolist() == ["Recruiting", "Recruiting"]
    assert len(reading.as_of) == 10
    assert {trial.as_of for trial in reading.trials} == {reading.as_of}


def test_search_follows_every_page_and_reports_progress(
    server: RegistryServer, fetched: FetchedTrials
) -> None:
    steps: list[tuple[int, int | None]] = []
    what = RegistrySearch(condition="Asthma", country="Austria", statuses=("recruiting",))
    with client(server) as registry:
        result = fetched.fetch(registry.search(what), progress=lambda p: steps.append((*p,)))
    assert len(result.changes) == 7
    assert steps == [(3, 7), (6, 7), (7, 7)]
    assert server.seen[0]["query.cond"] == "Asthma"
    assert server.seen[0]["query.locn"] == "Austria"
    assert server.seen[0]["filter.overallStatus"] == "RECRUITING"
    assert [query.get("pageToken") for query in server.seen] == [None, "t3", "t6"]


def test_unknown_status_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'Sleeping'.*Recruiting"):
        RegistrySearch(condition="Asthma", statuses=("Sleeping",)).parameters()


def test_busy_server_is_asked_again_after_its_retry_after(
    server: RegistryServer, fetched: FetchedTrials
) -> None:
    server.failures = ["429 after 0", "503 after 0"]
    with client(server) as registry:
        result = fetched.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert len(result.changes) == 7
    assert len(server.seen) == 5


def test_dropped_connection_is_retried(server: RegistryServer, fetched: FetchedTrials) -> None:
    server.failures = ["drop"]
    with client(server) as registry:
        assert len(fetched.fetch(registry.search(RegistrySearch(condition="Asthma"))).changes) == 7


@pytest.mark.parametrize("failure", ["half", "cut"])
def test_complete_studies_of_a_cut_page_are_stored(
    server: RegistryServer, fetched: FetchedTrials, failure: str
) -> None:
    server.failures = ["", failure, failure]
    with Registry(server.url, timeout_seconds=5, attempts=2) as registry:
        result = fetched.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert result.problem
    assert fetched.list_ids() == [f"NCT{number:08}" for number in range(1, 5)]


def test_pages_before_a_refused_one_are_stored(
    server: RegistryServer, fetched: FetchedTrials
) -> None:
    server.failures = ["", "400"]
    with client(server) as registry:
        result = fetched.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert "status 400" in result.problem
    assert len(fetched.list_ids()) == 3


def test_repeated_page_token_ends_the_fetch(server: RegistryServer, fetched: FetchedTrials) -> None:
    server.repeat_token = True
    with client(server) as registry:
        result = fetched.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert "sent a page twice" in result.problem
    assert len(fetched.list_ids()) == 3
    assert len(server.seen) == 2


def test_fetch_can_be_cancelled(server: RegistryServer, fetched: FetchedTrials) -> None:
    with client(server) as registry:
        pages = registry.search(RegistrySearch(condition="Asthma"), lambda: len(server.seen) >= 2)
        result = fetched.fetch(pages, trial_ids=["NCT00000007"])
    assert result.problem == STOPPED
    assert result.missing == []
    assert len(fetched.list_ids()) == 6


def test_unreachable_registry_gives_one_clear_message(fetched: FetchedTrials) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/api/v2"
        with (
            Registry(url, attempts=1) as registry,
            pytest.raises(RegistryError, match=r"127\.0\.0\.1 cannot be reached; check the net"),
        ):
            fetched.fetch(registry.fetch_trials(["NCT00000001"]))
    assert fetched.read() is None


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ("not json", "incomplete or not JSON"),
        ("403", "refuses the request"),
        ("500 after 0", "status 500"),
    ],
)
def test_other_server_is_not_taken_for_a_registry(
    server: RegistryServer, fetched: FetchedTrials, failure: str, message: str
) -> None:
    server.failures = [failure] * 2
    with (
        Registry(server.url, attempts=1) as registry,
        pytest.raises(RegistryError, match=message),
    ):
        fetched.fetch(registry.fetch_trials(["NCT00000001"]))


def test_bad_address_fails_at_once() -> None:
    with pytest.raises(RegistryError, match="SITE_MAP_REGISTRY_URL"):
        Registry("clinicaltrials.gov")


def test_fetching_again_reports_changes(server: RegistryServer, fetched: FetchedTrials) -> None:
    server.studies = [study(1, site("A"), site("B", "Linz"), site("C", "Wels"))]
    with client(server) as registry:
        assert fetched.fetch(registry.fetch_trials(["NCT00000001"])).changes[0].new
        assert not fetched.fetch(registry.fetch_trials(["NCT00000001"])).changes[0].any
        server.studies = [
            study(
                1, site("A", status="COMPLETED"), site("B", "Linz"), site("D"), status="COMPLETED"
            )
        ]
        (change,) = fetched.fetch(registry.fetch_trials(["NCT00000001"])).changes
    assert change.added == ("D, Graz, Austria",)
    assert change.removed == ("C, Wels, Austria",)
    assert change.statuses == (("A, Graz, Austria", "Recruiting", "Completed"),)
    assert change.trial_status == ("Recruiting", "Completed")


def test_trials_can_be_deleted_and_damaged_ones_are_reported(
    fetched: FetchedTrials, storage: TrialStorage
) -> None:
    for number in (1, 2, 3):
        fetched.save(study(number, site("A")), "2026-01-31")
    assert fetched.delete(["NCT00000001", "NCT00000009", "../secret"]) == 1
    assert fetched.list_ids() == ["NCT00000002", "NCT00000003"]
    storage.write("NCT00000002", b'{"protocolSection": ')
    reading = fetched.read()
    assert reading is not None
    assert [trial.trial_id for trial in reading.trials] == ["NCT00000003"]
    assert reading.warnings


@pytest.mark.parametrize(
    ("numbers", "said", "opened"),
    [
        ([], "7 trials fetched.", 1),
        (["NCT00000002", "NCT00000099"], "1 trial fetched; not in the registry: NCT00000099.", 1),
        (["NCT00000099"], "0 trials fetched; not in the registry: NCT00000099.", 0),
    ],
)
def test_fetch_job_stores_and_opens_new_trials(
    server: RegistryServer, fetched: FetchedTrials, numbers: list[str], said: str, opened: int
) -> None:
    done: list[bool] = []
    work = build_fetch_work(
        server.url, fetched, numbers, RegistrySearch(), lambda: done.append(True)
    )
    job = JobRunner().start(build_fetch_key(numbers, RegistrySearch()), "Fetch", work)
    assert job.wait(60)
    assert (job.state, job.message) == (JobState.DONE, said)
    assert len(done) == opened


def test_refused_fetch_job_keeps_what_arrived(
    server: RegistryServer, fetched: FetchedTrials
) -> None:
    server.failures = ["", "404"]
    work = build_fetch_work(server.url, fetched, [], RegistrySearch(), list)
    job = JobRunner().start(build_fetch_key([], RegistrySearch()), "Fetch", work)
    assert job.wait(60)
    assert job.message.startswith("3 trials fetched; stopped early: ")
    assert job.message.endswith("; what arrived is kept.")
    assert len(fetched.list_ids()) == 3


def test_job_key_ignores_the_order_of_trials() -> None:
    assert build_fetch_key(["NCT2", "NCT1"], RegistrySearch()) == build_fetch_key(
        ["NCT1", "NCT2"], RegistrySearch()
    )
    assert build_fetch_key([], RegistrySearch(condition="a")) != build_fetch_key(
        [], RegistrySearch(condition="b")
    )
