"""Pins of many places at once: in from a file, out again, and taken back."""

import io
from dataclasses import dataclass

from geocache.errors import InputError
from geocache.files.transfer import import_newer_pins, parse_pins, write
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.records import Pin

MAX_PINS = 10_000


@dataclass(frozen=True, slots=True)
class PinImport:
    """What an import did: the pins it set, those it replaced, and how many it left as older."""

    name: str
    pins: tuple[Pin, ...]
    replaced: tuple[Pin, ...]
    older: int


def import_pins(cache: GeoCache, data: bytes, name: str) -> PinImport:
    """Set the pins in a file, CSV or JSON Lines, for everyone; newer ones that are there stay.

    Raises:
        InputError: a record cannot be read, or they are too many; then nothing is set.
        ReadOnlyError: the server is read-only.
    """
    pins = parse_pins(data, name)
    if len(pins) > MAX_PINS:
        raise InputError(f"{name}: {len(pins):,} pins, at most {MAX_PINS:,} at once")
    before = set(cache.pins())
    count, replaced = import_newer_pins(cache, pins)
    news = set(pins) - before
    return PinImport(
        name, tuple(pin for pin in cache.pins() if pin in news), replaced, len(pins) - count
    )


def undo_import(cache: GeoCache, done: PinImport) -> int:
    """Take an import back; how many pins. What was changed again since is left as it is."""
    now = {place_key(pin.place): pin for pin in cache.pins()}
    replaced = {place_key(pin.place): pin for pin in done.replaced}
    undone = [pin for pin in done.pins if now.get(place_key(pin.place)) == pin]
    back = []
    for pin in undone:
        earlier = replaced.get(place_key(pin.place))
        if earlier is not None:
            back.append(earlier)
        else:
            cache.unpin(pin.place)
    cache.pin_many(back)
    return len(undone)


def pins_csv(cache: GeoCache) -> bytes:
    """All pins as CSV, as ``geocache import`` takes them."""
    text = io.StringIO(newline="")
    write(cache, text, "csv", pins_only=True)
    return text.getvalue().encode()
