"""Pins: positions that people set, one by one or from a file.

A pin names a facility. On a place that only a session's own lists have it is that session's own,
like the lists; on any other place it is for everyone.
"""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.service.own_pins import OwnPins
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
        changed: called after every change for everyone.
        own: the session's own pins; without, every pin is for everyone.
    """

    def __init__(
        self,
        cache: GeoCache,
        changed: Callable[[], None] = lambda: None,
        own: OwnPins | None = None,
    ) -> None:
        self._cache = cache
        self._changed = changed
        self._own = own

    def select_private(self, places: Sequence[Place]) -> Sequence[Place]:
        """Those of some places whose pins only this session sees."""
        return self._own.select_private(places) if self._own else ()

    def pin(
        self,
        places: Sequence[Place],
        latitude: float,
        longitude: float,
        *,
        note: str,
        who: str,
        precision: str = "",
    ) -> None:
        """Set the position of some places; ``precision`` as in :class:`geocache.records.Pin`."""
        pin = Pin(Place(), latitude, longitude, note, who, precision=precision)
        self._set([pin._replace(place=place) for place in places])

    def leave_off(self, places: Sequence[Place], *, note: str, who: str) -> None:
        """Take some places off the map."""
        self._set([Pin(place, note=note, who=who) for place in places])

    def _set(self, pins: Sequence[Pin]) -> None:
        now = int(time.time())
        private = set(self.select_private([pin.place for pin in pins]))
        dated = [pin._replace(pinned_at=now) for pin in pins]
        shared = [pin for pin in dated if pin.place not in private]
        if self._own and private:
            self._own.pin([pin for pin in dated if pin.place in private])
        if shared:
            self._cache.pin_many(shared)
            self._changed()

    def unpin(self, places: Sequence[Place]) -> None:
        """Remove the pins of some places: the session's own, else those for everyone."""
        own = {place_key(pin.place) for pin in self._own.all()} if self._own else set()
        self.unpin_own([place for place in places if place_key(place) in own])
        self.unpin_shared([place for place in places if place_key(place) not in own])

    def unpin_own(self, places: Sequence[Place]) -> None:
        """Remove pins that only this session sees."""
        if self._own and places:
            self._own.unpin(places)

    def unpin_shared(self, places: Sequence[Place]) -> None:
        """Remove pins for everyone."""
        for place in places:
            self._cache.unpin(place)
        if places:
            self._changed()

    def publish(self, pins: Sequence[Pin]) -> None:
        """Set pins of this session's own for everyone."""
        if pins:
            self._cache.pin_many(pins)
            self.unpin_own([pin.place for pin in pins])
            self._changed()

    def import_file(self, data: bytes, name: str) -> PinImport:
        """Set the pins of a file for everyone, unless there are newer ones of the same places.

        Args:
            data: CSV or JSON Lines.
            name: the name of the file, for messages.

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
    """All pins for everyone as CSV, in the form that ``geocache import`` reads."""
    text = io.StringIO(newline="")
    export_records(cache, text, "csv", pins_only=True)
    return text.getvalue().encode()
