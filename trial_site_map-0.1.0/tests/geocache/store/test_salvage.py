"""Of a damaged store everything readable is kept, and people are told until they acknowledge it."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from geocache import GeoCache, Place
from geocache.cli import commands
from geocache.facilities.corrections import Correction
from geocache.place import Position, Precision
from geocache.records import NEVER, Answer, Pin
from geocache.store import Store
from geocache.store.damage import finish_replacement, list_warnings
from harness.geocaches import Atlas, store_url, wait_until

PINS = 400
LARGE = 33 << 20
CORRECTION = Correction("LKH Graz", "Graz", "", "Austria", "Fabc", "", "", "ann", 5)
_HIT = Position(47.0, 15.0, Precision.CITY, "Graz", "nominatim", 0.9, (), "city found")


def pinned(number: int) -> Place:
    return Place(f"Clinic {number}", "Graz", "", "", "Austria")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A store with pins and answers of an online provider, on many pages."""
    store = Store(store_url(tmp_path))
    store.pin([Pin(pinned(n), 47.0, 15.0, "note " * 20, "ann", n) for n in range(PINS)])
    store.change_corrections([CORRECTION])
    answers = [
        Answer(f"key {n}", "nominatim", "1", _HIT, NEVER, "q", "r" * 200) for n in range(900)
    ]
    store.remember(answers)
    store.close()
    return tmp_path / "store.sqlite"


def make_large(file: Path) -> None:
    """Let a store grow beyond the size up to which all of it is checked at opening."""
    store = Store(f"sqlite:///{file}")
    reply = "x" * 60_000
    for start in range(0, 600, 100):
        numbers = range(start, start + 100)
        store.remember([Answer(f"large {n}", "x", "1", _HIT, NEVER, "", reply) for n in numbers])
    store.close()
    assert file.stat().st_size > LARGE


def damage_pages(file: Path, table: str, which: slice) -> None:
    """Overwrite some of the leaf pages of a table."""
    with closing(sqlite3.connect(file)) as connection:
        query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno"
        pages = [number for (number,) in connection.execute(query, (table,))]
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    assert len(pages) > 8
    with file.open("r+b") as raw:
        for number in pages[which]:
            raw.seek((number - 1) * size)
            raw.write(b"\xa5" * size)


def open_cache(file: Path) -> GeoCache:
    return GeoCache(f"sqlite:///{file}", providers=[Atlas()])


def count_recovered(warning: str) -> tuple[int, int]:
    pins, answers = re.findall(r"([\d,]+) (?:pins|answers)", warning)
    return int(pins.replace(",", "")), int(answers.replace(",", ""))


@pytest.mark.parametrize("table", ["pins", "answers"])
@pytest.mark.parametrize("which", [slice(0, 1), slice(3, None, 4), slice(-1, None)])
def test_rows_on_undamaged_pages_are_kept(file: Path, table: str, which: slice) -> None:
    before = file.read_bytes()
    damage_pages(file, table, which)
    damaged = file.read_bytes()
    with open_cache(file) as cache:
        (warning,) = cache.warnings
        pins, answers = count_recovered(warning)
        assert len(cache.pins()) == pins
        assert sum(1 for _ in cache.answers()) == answers
        assert cache.corrections() == (CORRECTION,)
        assert cache.locate(pinned(0)).source in {"pin", "atlas"}
    if table == "answers":
        assert pins == PINS
        assert 500 < answers < 900
    else:
        assert PINS / 2 < pins < PINS
        assert answers == 900
    (aside,) = file.parent.glob("store.sqlite.damaged-*-??????")
    assert aside.name in warning
    assert aside.read_bytes() == damaged != before


@pytest.mark.parametrize("large", [False, True])
def test_damage_found_while_running_loses_no_pin(file: Path, large: bool) -> None:
    if large:
        make_large(file)
    with open_cache(file) as cache:
        revision = cache.revision
        damage_pages(file, "answers", slice(2, None, 3))
        places = [pinned(number) for number in range(PINS)]
        cache._store.recall("nominatim", "1", [f"key {n}" for n in range(900)], 0)
        found = list(cache.locate_many(places))
        assert {position.source for position in found} == {"pin"}, "from memory meanwhile"
        cache.pin(Place(city="Linz"), 48.3, 14.3)
        later = CORRECTION._replace(facility="Graz Clinic")
        cache.change_corrections([later])
        assert len(cache.pins()) == PINS + 1, "each once, also while they move to the new file"
        assert any("damaged" in warning for warning in cache.warnings)
        wait_until(lambda: cache.persistent)
        assert len(cache.pins()) == PINS + 1
        assert cache.revision > revision, "pages must look again"
        assert set(cache.corrections()) == {CORRECTION, later}
    with open_cache(file) as cache:
        assert len(cache.pins()) == PINS + 1
        (warning,) = cache.warnings
        assert count_recovered(warning)[0] == PINS


def test_a_message_stays_until_it_is_acknowledged(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOCACHE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("SITE_MAP_DATA", str(file.parent))
    damage_pages(file, "pins", slice(0, 2))
    result = CliRunner().invoke(commands, ["check"], standalone_mode=False)
    assert result.return_value == 1
    assert "store " in result.output
    (store,) = (line for line in result.output.splitlines() if line.startswith("store"))
    assert "undamaged" not in store
    for _ in range(2):
        with open_cache(file) as cache:
            assert "geocache check --acknowledge" in cache.warnings[0]
            result = CliRunner().invoke(commands, ["check", "--json"], standalone_mode=False)
            assert result.return_value == 0
    with open_cache(file) as cache:
        CliRunner().invoke(commands, ["check", "--acknowledge"], standalone_mode=False)
        assert cache.warnings == (), "at once, in every process"


def test_another_process_that_has_the_old_file_open_finds_the_new_one(file: Path) -> None:
    with open_cache(file) as one, open_cache(file) as other:
        damage_pages(file, "answers", slice(2, None, 3))
        one._store.recall("nominatim", "1", [f"key {n}" for n in range(900)], 0)
        wait_until(lambda: one.persistent)
        assert other.revision
        other.pin(Place(city="Linz"), 48.3, 14.3)
        assert len(one.pins()) == PINS + 1


def test_missing_tables_are_made_again(file: Path) -> None:
    with open_cache(file) as cache:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DROP TABLE pins")
            connection.commit()
        assert cache.locate(pinned(1)).source == "atlas"
        wait_until(lambda: cache.persistent)
        cache.pin(pinned(1), 1, 2)
        assert cache.locate(pinned(1)).source == "pin"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE pins")
        connection.execute("DROP TABLE paces")
        connection.commit()
    with open_cache(file) as cache:
        assert cache.warnings == ("the store had lost its tables paces, pins: made again, empty",)
        cache.pin(pinned(1), 1, 2)


def test_a_replacement_that_was_cut_short_is_finished(file: Path) -> None:
    damage_pages(file, "pins", slice(0, 2))
    with open_cache(file) as cache:
        pins = len(cache.pins())
    file.rename(file.with_name("store.sqlite.salvaged"))  # killed between two renames
    finish_replacement(file)
    with open_cache(file) as cache:
        assert len(cache.pins()) == pins
    assert len(list_warnings(file)) == 1
