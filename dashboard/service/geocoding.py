"""Offline-only facade over the geocache: nothing here waits for a network, or changes a pin."""

from collections.abc import Iterator, Sequence

from dashboard.service.facilities import write_corrections_csv
from dashboard.service.pins import write_pins_csv
from dashboard.sites.positions import Known
from geocache.gazetteer import OfflineGazetteer
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.providers import Provider
from geocache.store import Pin


class OfflineGeocoder:
    """Positions from the store and the offline providers, and what to say about providers.

    Args:
        cache: the process's geocache.
    """

    def __init__(self, cache: GeoCache) -> None:
        self._cache = cache

    def locate_many(self, places: Sequence[Place]) -> Iterator[Position]:
        """The position of each place, in order; new answers are remembered."""
        return self._cache.locate_many(places, online=False)

    def locate(self, place: Place) -> Position:
        """The position of one place that anybody may ask for: a new answer is not remembered."""
        return self._cache.locate(place, online=False, keep=False)

    def search(self, place: Place) -> Position:
        """As :meth:`locate`, for typed text: a bare name means the largest city of that name."""
        position = self.locate(place)
        if position.resolved or not place.city or any(place._replace(city="")):
            return position
        offline = (p for p in self._cache.providers if isinstance(p, OfflineGazetteer))
        return next((gazetteer.largest(place.city) for gazetteer in offline), position)

    def known(self) -> Known:
        """Which saved positions are still valid, and what people said of facilities."""
        pinned = tuple(pin.place for pin in self.pins())
        return Known(self.rules, pinned, self._cache.corrections())

    @property
    def rules(self) -> str:
        """The providers and their versions: by which data and rules positions are found."""
        return " + ".join(f"{each.name} {each.version}" for each in self.providers)

    def pins(self) -> tuple[Pin, ...]:
        """All pins, oldest first."""
        return self._cache.pins()

    def pins_csv(self) -> bytes:
        """All pins as CSV, in the form that ``geocache import`` reads."""
        return write_pins_csv(self._cache)

    def corrections_csv(self) -> bytes:
        """What people said of facilities as CSV, in the form that an import reads."""
        return write_corrections_csv(self._cache)

    @property
    def revision(self) -> object:
        """Differs after every new pin or online answer, from whichever process."""
        return self._cache.revision

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The providers, in the order they are asked."""
        return self._cache.providers

    @property
    def attributions(self) -> tuple[str, ...]:
        """The lines that must stand beside the positions."""
        return self._cache.attributions

    @property
    def notices(self) -> tuple[str, ...]:
        """The policies, in short, of the public services that are switched on."""
        return self._cache.notices

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the store now."""
        return self._cache.warnings

    @property
    def persistent(self) -> bool:
        """Whether what is changed now outlives this process."""
        return self._cache.persistent
