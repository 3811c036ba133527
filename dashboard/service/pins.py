"""Pins: positions that people set, for everyone, one by one or from a file."""

import io
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from geocache.errors import InputError
from geocache.files.transfer import export_records, import_newer_pins, parse_pins
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.place import Place
from geocache.records import Pin

MAX_PINS = 10_000


@dataclass(frozen=True, slots=True)
class PinImport:
    """The result of an import: pins set, pins replaced, and how many were older than these."""

    name: str
    pins: tuple[Pin, ...]
    replaced: tuple[Pin, ...]
    older: int


class Pins:
    """Sets and removes pins. Every method raises ReadOnlyError on a read-only server.

    Args:
        cache: the process's geocache.
        changed: called after every change.
    """

    def __init__(self, cache: GeoCache, changed: Callable[[], None] = lambda: None) -> None:
        self._cache = cache
        self._changed = changed

    def pin(
        self, places: Iterable[Place], latitude: float, longitude: float, *, note: str, who: str
    ) -> None:
        """Set the position of some places, for everyone."""
        self._set(Pin(place, latitude, longitude, note, who) for place in places)

    def leave_off(self, places: Iterable[Place], *, note: str, who: str) -> None:
        """Take some places off the map, for everyone."""
        self._set(Pin(place, note=note, who=who) for place in places)

    def _set(self, pins: Iterable[Pin]) -> None:
        now = int(time.time())
        self._cache.pin_many(pin._replace(pinned_at=now) for pin in pins)
        self._changed()

    def unpin(self, places: Iterable[Place]) -> None:
        """Remove pins."""
        for place in places:
            self._cache.unpin(place)
        self._changed()

    def import_file(self, data: bytes, name: str) -> PinImport:
        """Set the pins of a file, CSV or JSON Lines; newer pins of the same places stay.

        Raises:
            InputError: a record cannot be read, or there are too many; then nothing is set.
        """
        pins = parse_pins(data, name)
        if len(pins) > MAX_PINS:
            raise InputError(f"{name}: {len(pins):,} pins, at most {MAX_PINS:,} at once")
        before = set(self._cache.pins())
        count, replaced = import_newer_pins(self._cache, pins)
        new = set(pins) - before
        kept = tuple(pin for pin in self._cache.pins() if pin in new)
        self._changed()
        return PinImport(name, kept, replaced, len(pins) - count)

    def undo_import(self, done: PinImport) -> int:
        """Undo an import; how many pins. Pins that were changed again since stay."""
        now = {place_key(pin.place): pin for pin in self._cache.pins()}
        replaced = {place_key(pin.place): pin for pin in done.replaced}
        undone = [pin for pin in done.pins if now.get(place_key(pin.place)) == pin]
        back = []
        for pin in undone:
            earlier = replaced.get(place_key(pin.place))
            if earlier is not None:
                back.append(earlier)
            else:
                self._cache.unpin(pin.place)
        self._cache.pin_many(back)
        self._changed()
        return len(undone)


def write_pins_csv(cache: GeoCache) -> bytes:
    """All pins as CSV, in the form that ``geocache import`` reads."""
    text = io.StringIO(newline="")
    export_records(cache, text, "csv", pins_only=True)
    return text.getvalue().encode()
