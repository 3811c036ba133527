"""What a server lets its page and its API do with the geocache: never wait for a network."""

import time
from collections.abc import Iterable, Iterator, Sequence

from dashboard.settings import Settings
from geocache.gazetteer import Gazetteer
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.store import Pin


class LocalCache:
    """Positions that are known or can be told offline, and the pins people set.

    Whatever changes something raises ReadOnlyError while ``SITE_MAP_READ_ONLY`` is set.
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

    @property
    def may_change(self) -> bool:
        """Whether this server takes corrections."""
        return not self.settings.site_map_read_only

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
        now = int(time.time())
        self.cache.pin_many(pin._replace(pinned_at=now) for pin in pins)

    def unpin(self, place: Place) -> None:
        """Take a pin back.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        self.cache.unpin(place)
