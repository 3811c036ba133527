"""Files are written atomically, and read without changing settings of the process."""

import csv
import os
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from geocache import GeoCache, InputError
from geocache.files.atomic import open_output, replace_file
from geocache.files.bulk import locate_file
from geocache.files.transfer import parse_pins
from harness.geocaches import Atlas, store_url


def refuse(*_: object) -> NoReturn:
    raise AssertionError("other threads would notice")


@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_file_gets_the_permissions_of_the_umask_which_nobody_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mask: int, mode: int
) -> None:
    before = os.umask(mask)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(os, "umask", refuse)
            with replace_file(tmp_path / "shared") as file:
                file.write(b"all of it")
            with replace_file(tmp_path / "own", private=True) as file:
                file.write(b"mine")
    finally:
        os.umask(before)
    assert (tmp_path / "shared").read_bytes() == b"all of it"
    assert stat.S_IMODE((tmp_path / "shared").stat().st_mode) == mode
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "list.csv"
    target.write_text("old")

    def fail() -> None:
        with open_output(target) as file:
            file.write("new")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        fail()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
    with pytest.raises(InputError, match="No such file"), open_output(tmp_path / "no" / "folder"):
        pass


def test_long_cells_are_read_without_changing_the_limit_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv, "field_size_limit", refuse)
    long = "x" * 200_000
    (tmp_path / "in.csv").write_text(f"city,note\nGraz,{long}\n")
    with GeoCache(store_url(tmp_path), providers=[Atlas()]) as cache:
        summary = locate_file(cache, tmp_path / "in.csv", tmp_path / "out.csv")
    assert (summary.rows, summary.unresolved) == (1, 0)
    pins = parse_pins(f"city,latitude,longitude,note\nGraz,1,2,{long}\n".encode(), "pins.csv")
    assert pins[0].note == long
