"""The index on the disk: damage is found and mended, and nobody's index is deleted."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geocache import GeoCache, Place
from geocache.gazetteer import Gazetteer, check_index
from geocache.gazetteer.builder import build
from geocache.gazetteer.index import Index
from geocache.gazetteer.index_folder import delete_leftovers, find_damage, hold, write_checksums
from geocache.place import Alternative, Position, Precision

WIEN = Place(city="Wien", country="Austria")


@pytest.fixture
def copied(place_index: Path, tmp_path: Path) -> Path:
    """A folder with the index, of which latitudes and checksums may be damaged."""
    source = Gazetteer(place_index)._index.folder
    target = tmp_path / "gazetteer" / source.name
    target.mkdir(parents=True)
    for file in source.iterdir():
        if file.name == "in-use":
            continue
        if file.name in {"latitudes", "checksums.json"}:
            shutil.copy(file, target)
        else:
            (target / file.name).symlink_to(file)
    return tmp_path / "gazetteer"


def flip_a_bit(file: Path, at: int) -> None:
    """Damage a file without a change of its size or time."""
    times = file.stat()
    data = bytearray(file.read_bytes())
    data[at] ^= 0x40
    file.write_bytes(data)
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_every_flipped_bit_and_missing_file_is_found(tmp_path: Path) -> None:
    for name in ("latitudes", "texts", "regions.json"):
        (tmp_path / name).write_bytes(bytes(range(200)))
    write_checksums(tmp_path)
    assert find_damage(tmp_path) == ""
    hold(tmp_path)
    assert find_damage(tmp_path) == "", "the mark of users is no damage"
    flip_a_bit(tmp_path / "latitudes", 100)
    assert find_damage(tmp_path) == "the file latitudes is damaged"
    flip_a_bit(tmp_path / "latitudes", 100)
    (tmp_path / "texts").unlink()
    assert find_damage(tmp_path) == "the file texts is missing"
    for damaged in (b"", b"{}", b"[1]", b'{"texts": 3}'):
        (tmp_path / "checksums.json").write_bytes(damaged)
        assert "checksums.json" in find_damage(tmp_path)


def test_a_damaged_index_is_built_again(
    copied: Path, place_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Gazetteer(place_index)
    (folder,) = copied.iterdir()
    row = next(
        row for row in range(len(whole._index.latitudes)) if whole._index.name(row) == "Vienna"
    )
    flip_a_bit(folder / "latitudes", 4 * row + 3)
    assert check_index(copied) == "the file latitudes is damaged"

    def copy(target: Path, _: object) -> None:
        target.symlink_to(whole._index.folder, target_is_directory=True)

    monkeypatch.setattr(build, "build_index", copy)  # which takes 20 s
    assert Gazetteer(copied).locate(WIEN) == whole.locate(WIEN)
    assert check_index(copied) == ""
    assert sorted(path.name for path in copied.iterdir()) == ["building.lock", folder.name]


def test_no_point_outside_the_earth_is_shown(tmp_path: Path) -> None:
    class Broken:
        name, version, online, attribution = "broken", "1", False, ""
        answer = Position(-2156.5, 16.4, Precision.CITY, "Vienna", "broken", 1.0)

        def locate(self, _: Place) -> Position:
            return self.answer

    broken = Broken()
    with GeoCache(f"sqlite:///{tmp_path / 'store.sqlite'}", providers=[broken]) as cache:
        for found in (cache.locate(WIEN), *cache.locate_many([WIEN])):
            assert not found.resolved
            assert found.reason == "broken answered with no point on Earth: -2156.5, 16.4"
        broken.answer = Position(
            48.2,
            16.4,
            alternatives=(
                Alternative(float("nan"), 1.0, "nowhere", 0.5),
                Alternative(48.3, 16.3, "near", 0.5),
            ),
        )
        for found in (cache.locate(WIEN), *cache.locate_many([WIEN])):
            assert found.latitude == 48.2, "what was impossible is not remembered"
            assert [one.place_name for one in found.alternatives] == ["near"]


def test_an_index_with_an_impossible_point_is_no_good(copied: Path) -> None:
    (folder,) = copied.iterdir()
    assert Index(folder).find_impossible_point() == ""
    flip_a_bit(folder / "latitudes", 3)
    write_checksums(folder)
    assert "has the point" in check_index(copied)


HOLDER = """
import sys
from pathlib import Path
from geocache.gazetteer.index_folder import hold
held = hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_an_index_that_a_replica_uses_is_not_deleted(tmp_path: Path) -> None:
    wanted, used, unused, recent = (tmp_path / f"index-{n}" for n in ("new", "a", "b", "c"))
    killed = tmp_path / ".building-x"
    for folder in (wanted, used, unused, recent, killed):
        folder.mkdir()
        (folder / "texts").write_bytes(b"x")
    command = [sys.executable, "-c", HOLDER, str(used)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as replica:
        assert replica.stdin is not None
        assert replica.stdout is not None
        assert replica.stdout.readline() == "held\n"
        long_ago = time.time() - 30 * 86_400
        for folder in (used, unused):
            os.utime(folder, (long_ago, long_ago))
        delete_leftovers(tmp_path, wanted)
        assert {path.name for path in tmp_path.iterdir()} == {"index-new", "index-a", "index-c"}
        replica.stdin.close()
        replica.wait()
    delete_leftovers(tmp_path, wanted)
    assert {path.name for path in tmp_path.iterdir()} == {"index-new", "index-c"}
