"""Pins of one session on its own lists: a file beside them, which no other session sees."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dashboard.library.atomic_files import write_records
from dashboard.library.lists import OpenedList
from dashboard.sites.positions import LocateMany, list_distinct_places
from geocache.files.transfer import parse_pins
from geocache.files.transfer_records import format_pin
from geocache.keys import place_key
from geocache.place import Place, Position
from geocache.records import Pin

_NAME = "pins.jsonl"


def read_pins(folder: Path) -> tuple[Pin, ...]:
    """The pins in a session's folder, oldest first; none if it has no file of them.

    Raises:
        OSError: the file cannot be read.
        InputError: it is damaged.
    """
    try:
        data = (folder / _NAME).read_bytes()
    except FileNotFoundError:
        return ()
    return parse_pins(data, _NAME)


def write_pins(folder: Path, pins: Sequence[Pin]) -> None:
    """Replace the pins in a session's folder; without any, their file is deleted.

    Raises:
        OSError: the file cannot be written.
    """
    write_records(folder / _NAME, map(format_pin, pins))


def index_pins(pins: Iterable[Pin]) -> dict[str, Pin]:
    """Pins by the key of their place."""
    return {place_key(pin.place): pin for pin in pins}


def list_place_keys(lists: Iterable[OpenedList]) -> set[str]:
    """The keys of all places in some lists."""
    readings = [one.reading for one in lists if one.reading is not None]
    return {place_key(at) for one in readings for at in list_distinct_places(one.sites)[1]}


def locate_with(pins: Sequence[Pin], locate_many: LocateMany) -> LocateMany:
    """A function that locates places as ``locate_many`` does, except those of the pins."""
    if not pins:
        return locate_many
    positions = {key: pin.position() for key, pin in index_pins(pins).items()}

    def locate(places: Sequence[Place]) -> Iterator[Position]:
        keys = [place_key(place) for place in places]
        rest = [at for at, key in zip(places, keys, strict=True) if key not in positions]
        others = iter(locate_many(rest))
        for key in keys:
            yield positions[key] if key in positions else next(others)

    return locate
