"""What the registry sends is parsed in a child, and one bad record hides no other."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from dashboard import readers
from dashboard.errors import SaveError
from dashboard.library import fetched as fetched_trials
from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import FolderTrialStorage
from dashboard.library.lists import InlineReader, OpenedList
from dashboard.library.reader_pool import ReaderPool
from dashboard.library.registry.client import Page
from dashboard.settings import Settings
from harness.registry_server import site, study

STUDIES = [study(number, site(f"Clinic {number}")) for number in range(1, 8)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "registry"


class CountingReader(InlineReader):
    """Reads inline and counts how often."""

    def __init__(self) -> None:
        self.calls = 0

    def read(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        *,
        owner: str = "",
    ) -> OpenedList:
        self.calls += 1
        return super().read(data, name, columns, owner=owner)


def pages() -> Iterator[Page]:
    yield Page(STUDIES[:3], 7)
    yield Page(STUDIES[3:], 7)


def test_no_study_is_parsed_in_the_server(
    folder: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> str:
        raise AssertionError("parsed in the server")

    monkeypatch.setattr(readers, "read_file", fails)
    with closing(ReaderPool(Settings(site_map_data=data_folder))) as pool:
        trials = FetchedTrials(FolderTrialStorage(folder), pool)
        result = trials.fetch(pages())
        assert [change.new for change in result.changes] == [True] * 7
        changed = study(2, site("Clinic 2"), site("Another"))
        (change,) = trials.save_all([changed], "2026-01-01")
        assert len(change.added) == 1
        reading = trials.read()
        assert reading is not None
        assert len(reading.sites) == 8


def test_studies_are_parsed_in_batches(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = CountingReader()
    trials = FetchedTrials(FolderTrialStorage(folder), reader)
    trials.fetch(pages())
    assert reader.calls == 2, "one for each page; nothing was stored of them before"
    monkeypatch.setattr(fetched_trials, "BATCH", 2)
    trials.fetch(pages())
    assert reader.calls == 2 + 2 * (2 + 2), "before and after, in batches of two"


def test_an_answer_that_cannot_be_read_is_reported(folder: Path) -> None:
    class Failing(InlineReader):
        def read(self, _: bytes, name: str, *__: object, **___: object) -> OpenedList:  # type: ignore[override]
            return OpenedList(name, error="reading took longer than 60 seconds")

    trials = FetchedTrials(FolderTrialStorage(folder), Failing())
    with pytest.raises(SaveError, match="longer than 60 seconds"):
        trials.fetch(pages())


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        bytes(500),
        b'{"protocolSection": {"identifi',
        b"\xff\xfe{\x00",
        b'{"a":]}',
        b"[1, 2]",
        None,
    ],
)
@pytest.mark.parametrize("which", ["NCT00000001", "NCT00000004"])
def test_one_unreadable_record_does_not_hide_the_others(
    folder: Path, damage: bytes | None, which: str
) -> None:
    trials = FetchedTrials(FolderTrialStorage(folder))
    trials.save_all(STUDIES, "2026-01-01")
    file = folder / f"{which}.json"
    if damage is None:
        file.unlink()
        file.mkdir()  # no file can be read there
    else:
        file.write_bytes(damage)
    reading = FetchedTrials(FolderTrialStorage(folder)).read()
    assert reading is not None
    assert {trial.trial_id for trial in reading.trials} == {
        f"NCT{number:08}" for number in range(1, 8)
    } - {which}
    assert which in " ".join(reading.warnings)
