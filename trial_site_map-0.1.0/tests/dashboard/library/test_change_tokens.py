"""Change tokens differ after every change, also within the resolution of file times."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.library.fetched import FetchedTrials
from dashboard.library.fetched_storage import FolderTrialStorage
from dashboard.library.upload_storage import EVERYONE, FolderUploadStorage
from dashboard.library.uploads import UploadStore
from harness.registry_server import site, study

Change = Callable[[Path], None]
Token = Callable[[Path], object]

ODD = b"aa;bb;cc\nx1;Graz;q\nx2;Linz;q\n"


def stop_clock(folder: Path) -> None:
    """Give every file and folder the same time, as two changes in one tick have."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, ns=(10**18, 10**18))


def test_fetches_at_the_same_file_time(tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    here, there = (FetchedTrials(FolderTrialStorage(folder)) for _ in range(2))
    tokens = set()
    for number in (1, 2, 3):
        here.save(study(1, *(site(f"Clinic {n}") for n in range(number))), "2026-01-31")
        here.notify()
        stop_clock(folder)
        tokens.add(there.change_token())
        reading = there.read()
        assert reading is not None
        assert len(reading.sites) == number
    assert len(tokens) == 3


@pytest.mark.parametrize("owner", ["ada", EVERYONE])
def test_column_choices_at_the_same_file_time(tmp_path: Path, owner: str) -> None:
    here, there = UploadStore(tmp_path), UploadStore(tmp_path)
    one = here.add(owner, ODD, "odd.csv")
    tokens = set()
    for columns in ({"facility": "aa", "city": "bb"}, {"facility": "cc", "city": "bb"}) * 2:
        before = there.change_token(owner)
        here.reread(owner, one.id, columns)
        stop_clock(tmp_path)
        tokens.add((before, there.change_token(owner)))
        (found,) = there.lists(owner)
        assert found.opened.reading is not None
        wanted = ["x1", "x2"] if columns["facility"] == "aa" else ["q", "q"]
        assert found.opened.reading.sites["facility"].tolist() == wanted
    assert all(before != after for before, after in tokens)


def test_added_and_deleted_lists_at_the_same_file_time(tmp_path: Path) -> None:
    storage = FolderUploadStorage(tmp_path)
    tokens = []
    for step in (
        lambda: storage.write("1", b"a", {"name": "a"}),
        lambda: storage.write("2", b"b", {"name": "b"}),
        lambda: storage.delete("1"),
        lambda: storage.delete("2"),
    ):
        step()
        stop_clock(tmp_path)
        tokens.append(json.dumps(str(storage.change_token())))
    assert len(set(tokens)) == 4
