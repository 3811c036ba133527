"""Sites over time: fetched trials keep their earlier versions, which are counted and compared."""

from pathlib import Path

import pytest

from dashboard.errors import UploadError
from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import FolderTrialStorage, TrialStorage
from dashboard.library.history import trial_versions
from dashboard.library.history.over_time import OverTime, follow, list_histories
from dashboard.library.lists import Library, merge
from dashboard.library.sides import are_versions, find_side
from dashboard.reach.timeline import accumulate_starts, describe_starts, find_starts
from dashboard.sites.changes import find_changes, mark_changes
from harness.registry_server import site, study

TRIAL = "NCT00000001"
JANUARY, APRIL, JULY = (
    study(1, site("A"), site("B", "Linz")),
    study(1, site("A"), site("B", "Linz", "COMPLETED"), site("C", "Wien")),
    study(1, site("A"), site("C", "Wien")),
)


@pytest.fixture
def fetched(storage: TrialStorage) -> FetchedTrials:
    """One trial fetched in January, April and July, and another that never changed."""
    made = FetchedTrials(storage)
    for one, day in ((JANUARY, "2026-01-31"), (APRIL, "2026-04-30"), (JULY, "2026-07-31")):
        made.save_all([one, study(2, site("Z"))], day)
    made.notify()
    return made


def open_library(fetched: FetchedTrials) -> Library:
    opened = fetched.open()
    assert opened is not None
    return merge([opened], None)


def test_fetching_again_keeps_what_a_changed_trial_was(fetched: FetchedTrials) -> None:
    library = open_library(fetched)
    (opened,) = library.lists
    assert [(one.name, one.trial_id, one.sites) for one in opened.versions] == [
        (f"{TRIAL} @ 2026-04-30", TRIAL, 3),
        (f"{TRIAL} @ 2026-01-31", TRIAL, 2),
    ]
    before = find_side("a", f"{TRIAL} @ 2026-04-30", library, None)
    now = find_side("b", TRIAL.lower(), library, None)
    assert are_versions(before, now)
    changes = find_changes(before.sites, now.sites, before.dates, now.dates)
    assert changes[["change", "facility", "previous_date", "date"]].to_numpy().tolist() == [
        ["removed", "B", "2026-04-30", "2026-07-31"]
    ]
    fetched.save(JULY, "2026-08-31")
    fetched.notify()
    assert len(open_library(fetched).lists[0].versions) == 2, "nothing changed"
    fetched.delete([TRIAL])
    assert open_library(fetched).lists[0].versions == ()
    with pytest.raises(UploadError, match="no longer here"):
        opened.versions[0].open()


def test_versions_are_counted_and_every_change_has_its_dates(fetched: FetchedTrials) -> None:
    found = follow_trial(open_library(fetched))
    assert found.counts.to_numpy().tolist() == [
        ["2026-01-31", f"{TRIAL} @ 2026-01-31", 2, 2, 0, 0, 0, 0],
        ["2026-04-30", f"{TRIAL} @ 2026-04-30", 3, 2, 1, 0, 1, 0],
        ["2026-07-31", TRIAL, 2, 2, 0, 1, 0, 0],
    ]
    assert found.changes[["change", "facility", "date"]].to_numpy().tolist() == [
        ["removed", "B", "2026-07-31"],
        ["added", "C", "2026-04-30"],
        ["status changed", "B", "2026-04-30"],
    ]
    marked = mark_changes(found.sides[0].sites, found.sides[2].sites)
    assert marked[["facility", "change"]].to_numpy().tolist() == [
        ["A", "unchanged"],
        ["C", "added"],
        ["B", "removed"],
    ]


def follow_trial(library: Library) -> OverTime:
    histories = list_histories(library)
    assert list(histories) == [TRIAL]
    assert histories[TRIAL].keep_newest(3).versions == (f"{TRIAL} @ 2026-04-30", TRIAL)
    return follow(histories[TRIAL], lambda name: find_side("a", name, library, None))


def test_two_changes_in_one_day_have_names_of_their_own(
    fetched: FetchedTrials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial_versions, "MAX_VERSIONS", 3)
    for one in (APRIL, JANUARY, JULY):
        fetched.save(one, "2026-08-31")
    fetched.notify()
    versions = open_library(fetched).lists[0].versions
    assert [(one.name.partition(" ")[2], one.sites) for one in versions] == [
        ("@ 2026-08-31 (2)", 2),
        ("@ 2026-08-31", 3),
        ("@ 2026-07-31", 2),
    ]
    reading = versions[0].open().reading
    assert reading is not None
    assert reading.sites["facility"].tolist() == ["A", "B"]
    monkeypatch.setattr(trial_versions, "MAX_BYTES", 10)
    fetched.save(APRIL, "2026-09-30")
    assert len(open_library(fetched).lists[0].versions) == 3, "what is too large is not kept"


def test_a_damaged_history_costs_no_trial(tmp_path: Path) -> None:
    fetched = FetchedTrials(FolderTrialStorage(tmp_path))
    fetched.save(JANUARY, "2026-01-31")
    for number, damaged in enumerate((b"nonsense", b'[["2026-01-01", 2]]\nnonsense')):
        (tmp_path / f"{TRIAL}.history").write_bytes(damaged)
        fetched.notify()
        versions = open_library(fetched).lists[0].versions
        assert len(versions) == number
        for one in versions:
            with pytest.raises(UploadError, match="it is damaged"):
                one.open()
        fetched.save([APRIL, JULY][number], f"2026-0{number + 4}-30")
        fetched.notify()
        (version,) = open_library(fetched).lists[0].versions
        assert version.open().reading is not None


def test_without_versions_sites_count_from_the_start_of_their_trials(tmp_path: Path) -> None:
    fetched = FetchedTrials(FolderTrialStorage(tmp_path))
    dates = {
        1: ("2019-05", ""),
        2: ("", "2021-02-03"),
        3: ("2012-01-09", "2011-12-01"),
        4: ("", ""),
    }
    for number, (start, posted) in dates.items():
        one = study(number, *(site(f"S{n}") for n in range(number)))
        one["protocolSection"]["statusModule"] |= {
            "startDateStruct": {"date": start},
            "studyFirstPostDateStruct": {"date": posted},
        }
        fetched.save(one, "2026-01-31")
    fetched.notify()
    table = open_library(fetched).table
    starts = find_starts(table)
    expected = {
        f"NCT{number:08}": (start or posted, "start date" if start else "first posted")
        for number, (start, posted) in dates.items()
    }
    found = zip(starts["start"], starts["basis"], strict=True)
    assert list(found) == [expected[trial_id] for trial_id in table["trial_id"]]
    assert accumulate_starts(table).to_numpy().tolist() == [
        ["2012", 1, 3, 3],
        ["2019", 1, 1, 4],
        ["2021", 1, 2, 6],
    ]
    said = describe_starts(table)
    assert "the start date of 2 trials and the first posting of 1 trial without one" in said
    assert "4 sites without either are left out" in said
