"""What a server lets its page and its API do with the geocache: never wait for a network."""

import time
from collections.abc import Iterable, Iterator, Sequence

from dashboard.service.pins import PinImport, import_pins, undo_import
from dashboard.settings import Settings
from dashboard.sites.positions import Known
from geocache.errors import ReadOnlyError
from geocache.gazetteer import Gazetteer
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.store import Pin


class LocalCache:
    """Positions that are known or can be told offline, and the pins people set.

    Whatever changes something raises ReadOnlyError where :meth:`check_may_change` does.
    """

    settings: Settings

    @property
    def cache(self) -> GeoCache:
        """The geocache."""
        raise NotImplementedError

    def locate_many(self, places: Sequence[Place]) -> Iterator[Position]:
        """Positions that are known or can be told offline; never waits for a network."""
        return self.cache.locate_many(places, online=False)

    def locate(self, place: Place) -> Position:
        """As :meth:`locate_many`, for one place anybody asks for: a new one is not remembered."""
        return self.cache.locate(place, online=False, keep=False)

    def search(self, place: Place) -> Position:
        """As :meth:`locate`, for what a person types: a bare name is the largest city of it."""
        position = self.locate(place)
        if position.resolved or not place.city or any(place._replace(city="")):
            return position
        offline = (p for p in self.cache.providers if isinstance(p, Gazetteer))
        return next((gazetteer.largest(place.city) for gazetteer in offline), position)

    def known(self) -> Known:
        """Which positions of a saved site table are today's."""
        return Known(describe_rules(self.cache), tuple(pin.place for pin in self.cache.pins()))

    @property
    def may_change(self) -> bool:
        """Whether this server takes corrections, and from this person."""
        try:
            self.check_may_change()
        except ReadOnlyError:
            return False
        return True

    def check_may_change(self) -> None:
        """Raise unless this server, and this person, may change what everyone sees.

        Raises:
            ReadOnlyError: the message says which of the two it is.
        """
        self.settings.check_may_change()

    def pin(
        self, places: Iterable[Place], latitude: float, longitude: float, *, note: str, who: str
    ) -> None:
        """Say where some places are, for everyone, from now on.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        self._set_pins(Pin(place, latitude, longitude, note, who) for place in places)

    def leave_off(self, places: Iterable[Place], *, note: str, who: str) -> None:
        """Say that some places have none on the map, for everyone, from now on.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        self._set_pins(Pin(place, note=note, who=who) for place in places)

    def _set_pins(self, pins: Iterable[Pin]) -> None:
        self.check_may_change()
        now = int(time.time())
        self.cache.pin_many(pin._replace(pinned_at=now) for pin in pins)

    def unpin(self, place: Place) -> None:
        """Take a pin back.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        self.check_may_change()
        self.cache.unpin(place)

    def import_pins(self, data: bytes, name: str) -> PinImport:
        """Set the pins that a file holds.

        Raises:
            InputError: it holds none that could be set; nothing was.
            ReadOnlyError: the server is read-only.
        """
        self.check_may_change()
        return import_pins(self.cache, data, name)

    def undo_import(self, done: PinImport) -> int:
        """Take an import back; how many pins that were.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        self.check_may_change()
        return undo_import(self.cache, done)


def describe_rules(cache: GeoCache) -> str:
    """By which data and rules a geocache finds positions: the mark of a saved site table."""
    return " + ".join(f"{provider.name} {provider.version}" for provider in cache.providers)
