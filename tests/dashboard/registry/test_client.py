"""The live registry, held against a real HTTP server that speaks its API."""

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from dashboard.errors import RegistryError
from dashboard.jobs.fetch import build_fetch_key, build_fetch_work
from dashboard.jobs.runner import JobRunner, JobState
from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import TrialStorage
from dashboard.library.storage import build_trial_storage
from dashboard.registry.client import STOPPED, Registry
from dashboard.registry.search import RegistrySearch, find_trial_ids
from dashboard.settings import Settings
from harness.registry_server import RegistryServer, run_registry, site, study


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    studies = [study(number, site(f"{100 + number} - Clinic")) for number in range(1, 8)]
    with run_registry(RegistryServer(studies, page_size=3)) as running:
        yield running


@pytest.fixture
def home(any_store_url: str, tmp_path: Path) -> Iterator[TrialStorage]:
    """Where trials are kept; the test runs once on each kind of home."""
    settings = Settings(site_map_data=tmp_path, geocache_url=SecretStr(any_store_url))
    with closing(build_trial_storage(settings)) as made:
        yield made


@pytest.fixture
def kept(home: TrialStorage) -> FetchedTrials:
    return FetchedTrials(home)


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
def test_numbers_are_found_in_any_punctuation(text: str, numbers: list[str] | str) -> None:
    wanted = [f"NCT{n}" for n in numbers.split()] if isinstance(numbers, str) else numbers
    assert find_trial_ids(text) == wanted


def test_trials_are_fetched_by_number_and_open_offline(
    server: RegistryServer, kept: FetchedTrials
) -> None:
    asked = ["NCT00000002", "NCT00000005", "NCT00000099"]
    with client(server) as registry:
        result = kept.fetch(registry.fetch_trials(asked), asked)
    assert [change.trial_id for change in result.changes] == ["NCT00000002", "NCT00000005"]
    assert result.missing == ["NCT00000099"]
    assert result.problem == ""
    reading = kept.read()
    assert reading is not None
    assert reading.sites["facility"].tolist() == ["Clinic", "Clinic"]
    assert reading.sites["status"].tolist() == ["Recruiting", "Recruiting"]
    assert len(reading.as_of) == 10
    assert {trial.as_of for trial in reading.trials} == {reading.as_of}


def test_a_search_follows_every_page_and_shows_progress(
    server: RegistryServer, kept: FetchedTrials
) -> None:
    steps: list[tuple[int, int | None]] = []
    what = RegistrySearch(condition="Asthma", country="Austria", statuses=("recruiting",))
    with client(server) as registry:
        result = kept.fetch(registry.search(what), progress=lambda p: steps.append((*p,)))
    assert len(result.changes) == 7
    assert steps == [(3, 7), (6, 7), (7, 7)]
    assert server.seen[0]["query.cond"] == "Asthma"
    assert server.seen[0]["query.locn"] == "Austria"
    assert server.seen[0]["filter.overallStatus"] == "RECRUITING"
    assert [query.get("pageToken") for query in server.seen] == [None, "t3", "t6"]


def test_an_unknown_status_is_named_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match=r"'Sleeping'.*Recruiting"):
        RegistrySearch(condition="Asthma", statuses=("Sleeping",)).parameters()


def test_a_busy_server_is_asked_again_when_it_says_so(
    server: RegistryServer, kept: FetchedTrials
) -> None:
    server.failures = ["429 after 0", "503 after 0"]
    with client(server) as registry:
        result = kept.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert len(result.changes) == 7
    assert len(server.seen) == 5


def test_a_dropped_connection_is_tried_again(server: RegistryServer, kept: FetchedTrials) -> None:
    server.failures = ["drop"]
    with client(server) as registry:
        assert len(kept.fetch(registry.search(RegistrySearch(condition="Asthma"))).changes) == 7


@pytest.mark.parametrize("failure", ["half", "cut"])
def test_what_arrived_is_kept_when_a_page_is_cut_in_half(
    server: RegistryServer, kept: FetchedTrials, failure: str
) -> None:
    server.failures = ["", failure, failure]
    with Registry(server.url, timeout_seconds=5, attempts=2) as registry:
        result = kept.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert result.problem
    assert kept.list_ids() == [f"NCT{number:08}" for number in range(1, 5)]


def test_what_arrived_is_kept_when_a_later_page_is_refused(
    server: RegistryServer, kept: FetchedTrials
) -> None:
    server.failures = ["", "400"]
    with client(server) as registry:
        result = kept.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert "status 400" in result.problem
    assert len(kept.list_ids()) == 3


def test_a_token_that_repeats_ends_the_fetch(server: RegistryServer, kept: FetchedTrials) -> None:
    server.repeat_token = True
    with client(server) as registry:
        result = kept.fetch(registry.search(RegistrySearch(condition="Asthma")))
    assert "repeated a page" in result.problem
    assert len(kept.list_ids()) == 3
    assert len(server.seen) == 2


def test_a_person_can_stop_it(server: RegistryServer, kept: FetchedTrials) -> None:
    with client(server) as registry:
        pages = registry.search(RegistrySearch(condition="Asthma"), lambda: len(server.seen) >= 2)
        result = kept.fetch(pages, asked=["NCT00000007"])
    assert result.problem == STOPPED
    assert result.missing == []
    assert len(kept.list_ids()) == 6


def test_no_network_is_one_clear_message(kept: FetchedTrials) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/api/v2"
        with (
            Registry(url, attempts=1) as registry,
            pytest.raises(RegistryError, match=r"127\.0\.0\.1 cannot be reached; is there a net"),
        ):
            kept.fetch(registry.fetch_trials(["NCT00000001"]))
    assert kept.read() is None


@pytest.mark.parametrize(
    ("failure", "message"),
    [("not json", "is no JSON"), ("403", "refuses the request"), ("500 after 0", "status 500")],
)
def test_a_server_that_is_no_registry_is_told_apart(
    server: RegistryServer, kept: FetchedTrials, failure: str, message: str
) -> None:
    server.failures = [failure] * 2
    with (
        Registry(server.url, attempts=1) as registry,
        pytest.raises(RegistryError, match=message),
    ):
        kept.fetch(registry.fetch_trials(["NCT00000001"]))


def test_an_address_that_is_none_fails_at_once() -> None:
    with pytest.raises(RegistryError, match="SITE_MAP_REGISTRY_URL"):
        Registry("clinicaltrials.gov")


def test_fetching_again_says_what_changed(server: RegistryServer, kept: FetchedTrials) -> None:
    server.studies = [study(1, site("A"), site("B", "Linz"), site("C", "Wels"))]
    with client(server) as registry:
        assert kept.fetch(registry.fetch_trials(["NCT00000001"])).changes[0].new
        assert not kept.fetch(registry.fetch_trials(["NCT00000001"])).changes[0].any
        server.studies = [
            study(
                1, site("A", status="COMPLETED"), site("B", "Linz"), site("D"), status="COMPLETED"
            )
        ]
        (change,) = kept.fetch(registry.fetch_trials(["NCT00000001"])).changes
    assert change.added == ("D, Graz, Austria",)
    assert change.removed == ("C, Wels, Austria",)
    assert change.statuses == (("A, Graz, Austria", "Recruiting", "Completed"),)
    assert change.trial_status == ("Recruiting", "Completed")


def test_kept_trials_can_be_deleted_and_damage_is_told(
    kept: FetchedTrials, home: TrialStorage
) -> None:
    for number in (1, 2, 3):
        kept.save(study(number, site("A")), "2026-01-31")
    assert kept.delete(["NCT00000001", "NCT00000009", "../secret"]) == 1
    assert kept.list_ids() == ["NCT00000002", "NCT00000003"]
    home.write("NCT00000002", b'{"protocolSection": ')
    reading = kept.read()
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
def test_a_job_fetches_and_opens_what_is_new(
    server: RegistryServer, kept: FetchedTrials, numbers: list[str], said: str, opened: int
) -> None:
    done: list[bool] = []
    work = build_fetch_work(server.url, kept, numbers, RegistrySearch(), lambda: done.append(True))
    job = JobRunner().start(build_fetch_key(numbers, RegistrySearch()), "Fetch", work)
    assert job.wait(60)
    assert (job.state, job.message) == (JobState.DONE, said)
    assert len(done) == opened


def test_a_job_that_is_refused_says_so_and_keeps_what_arrived(
    server: RegistryServer, kept: FetchedTrials
) -> None:
    server.failures = ["", "404"]
    work = build_fetch_work(server.url, kept, [], RegistrySearch(), list)
    job = JobRunner().start(build_fetch_key([], RegistrySearch()), "Fetch", work)
    assert job.wait(60)
    assert job.message.startswith("3 trials fetched; stopped early: ")
    assert job.message.endswith("; what arrived is kept.")
    assert len(kept.list_ids()) == 3


def test_one_key_for_the_same_trials_in_any_order() -> None:
    assert build_fetch_key(["NCT2", "NCT1"], RegistrySearch()) == build_fetch_key(
        ["NCT1", "NCT2"], RegistrySearch()
    )
    assert build_fetch_key([], RegistrySearch(condition="a")) != build_fetch_key(
        [], RegistrySearch(condition="b")
    )
