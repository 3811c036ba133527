"""Pins imported from a file, undone, and refused by a read-only server."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.library.upload_storage import EVERYONE
from dashboard.service.pins import Pins, write_pins_csv
from dashboard.service.service import Service
from dashboard.settings import Settings
from geocache import GeoCache, Place
from geocache.errors import InputError, ReadOnlyError
from geocache.files.formula_injection import escape_formula
from geocache.files.transfer import parse_pins
from geocache.records import Pin

GRAZ = Place(city="Graz", country="Austria")
PINS = b"city,latitude,longitude\nX,4,5\n"
LIST = b"facility,city,country\nLKH Graz,Graz,Austria\n"


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[GeoCache]:
    with GeoCache(f"sqlite:///{tmp_path / 'pins.sqlite'}", providers=()) as opened:
        yield opened


def test_exported_pins_can_be_imported_and_undone(cache: GeoCache) -> None:
    first = Pin(GRAZ, 47.1, 15.4, "the gate", "eva", 1_700_000_000)
    off = Pin(Place(city="Multiple sites"), note="none", pinned_at=1_700_000_001)
    cache.pin_many([first, off])
    saved = write_pins_csv(cache)
    cache.unpin(off.place)
    moved = first._replace(latitude=48.0, pinned_at=1_600_000_000)
    cache.pin_many([moved])
    done = Pins(cache).import_file(saved, "pins.csv")
    assert (done.pins, done.replaced, done.older) == ((first, off), (moved,), 0)
    assert cache.pins() == (first, off)
    assert Pins(cache).import_file(saved, "pins.csv").pins == ()
    later = first._replace(longitude=15.5, pinned_at=1_800_000_000)
    cache.pin_many([later])
    assert Pins(cache).import_file(saved, "pins.csv").older == 1
    assert Pins(cache).undo_import(done) == 1
    assert cache.pins() == (later,)
    cache.pin_many([first])
    assert Pins(cache).undo_import(done) == 1
    assert cache.pins() == (moved,)


@given(st.lists(st.text("=+-@'\t\r\n 1a\u2003＝", min_size=1, max_size=6), min_size=3, max_size=3))
def test_text_that_a_spreadsheet_would_run_is_escaped_and_comes_back(texts: list[str]) -> None:
    facility, note, who = texts
    pin = Pin(Place(facility, "Graz"), 47.1, -15.4, note, who, 1_700_000_000)
    with GeoCache("sqlite://", providers=()) as cache:
        cache.pin_many([pin])
        data = write_pins_csv(cache)
    (row,) = list(csv.DictReader(io.StringIO(data.decode(), newline="")))
    for name, text in (("facility", facility), ("note", note), ("who", who)):
        assert row[name] == escape_formula(text)
        assert not row[name].lstrip().startswith(("=", "@"))
    assert row["longitude"] == "-15.4"
    assert parse_pins(data, "pins.csv") == (pin,)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"city,latitude,longitude\nLinz,48,14\nWels,north,14\n", "x, line 3: could not"),
        (b"city,latitude,longitude\nLinz,95,14\n", "x, line 2: latitude 95.0 is not between"),
        (b"city,latitude,longitude\nLinz,,\n", "x, line 2: no coordinates"),
        (b"city,latitude,longitude\n,48,14\n", "x, line 2: a pin needs a place"),
        (b"city,latitude\nLinz,48\n", "no columns latitude and longitude"),
        (b'{"city": "Linz", "latitude": 48, "longitude": 14}\n{"ci', "x, line 2: "),
        (b'{"city": "Linz"}\n', "x, line 1: no 'latitude'"),
        (b'{"city": "Linz", "latitude": [1], "longitude": {}}\n', "x, line 1: "),
        (b"kind,latitude,longitude\nanswer,48,14\n", "x, line 2: "),
        (b"", "no columns"),
        (b"city,latitude,longitude\n", "holds no pin"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_bad_pin_file_is_refused_with_its_line(cache: GeoCache, data: bytes, message: str) -> None:
    with pytest.raises(InputError) as refused:
        Pins(cache).import_file(data, "x")
    assert message in str(refused.value)
    assert cache.pins() == ()


CHANGES: dict[str, Callable[[Service], object]] = {
    "editor": lambda s: s.editor("eva"),
    "pin": lambda s: Pins(s.opener.opened.cache).pin([GRAZ], 47, 15, note="", who=""),
    "leave off": lambda s: Pins(s.opener.opened.cache).leave_off([GRAZ], note="", who=""),
    "unpin": lambda s: Pins(s.opener.opened.cache).unpin([GRAZ]),
    "import": lambda s: Pins(s.opener.opened.cache).import_file(PINS, "x"),
    "cache pin": lambda s: s.opener.opened.cache.pin(GRAZ, 47, 15),
    "cache import": lambda s: s.opener.opened.cache.remember([]),
    "forget": lambda s: s.opener.opened.cache.forget(),
    "restore": lambda s: s.opener.opened.cache.restore(Path("nowhere.sqlite")),
    "share": lambda s: s.uploads.add(EVERYONE, LIST, "list.csv"),
    "delete": lambda s: s.uploads.remove(EVERYONE, "00000000000000000001-aaaaaaaa"),
}


@pytest.fixture(scope="module")
def read_only(tmp_path_factory: pytest.TempPathFactory, place_index: Path) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("read-only")
    (folder / "gazetteer").symlink_to(place_index, target_is_directory=True)
    made = Service(Settings(site_map_data=folder, site_map_read_only=True))
    made.library()
    yield made
    made.close()


@pytest.mark.parametrize("change", CHANGES)
def test_read_only_server_refuses_every_change(read_only: Service, change: str) -> None:
    with pytest.raises(ReadOnlyError, match="SITE_MAP_READ_ONLY is set"):
        CHANGES[change](read_only)
    assert read_only.geocoder.pins() == ()
    assert read_only.uploads.lists(EVERYONE) == ()


def test_read_only_server_takes_private_uploads(read_only: Service) -> None:
    one = read_only.uploads.add("eva", LIST, "mine.csv")
    assert read_only.uploads.lists("eva") == (one,)
    read_only.uploads.remove("eva", one.id)
    assert read_only.uploads.lists("eva") == ()
