"""Adapts a caller's own online provider, which answers whole places."""

import math
from collections.abc import Iterator

from geocache.keys import place_key
from geocache.place import Place, Position, Precision
from geocache.providers.faults import classify_fault
from geocache.providers.interpret import Interpretation
from geocache.providers.protocol import Provider
from geocache.providers.queries import Query
from geocache.providers.terms import DAY_SECONDS, MISS_DAYS, Terms


class CustomProvider:
    """An online :class:`Provider`, asked with one query for each place.

    It has to keep to its operator's terms itself; any exception counts as not asked.
    """

    online = True

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self.name = provider.name
        self.version = provider.version
        self.attribution = provider.attribution
        self.terms = Terms(provider.name, "", provider.attribution, "", interval_seconds=0.0)

    def queries(self, place: Place) -> Iterator[Query]:
        """One query: the place."""
        words = ", ".join(part for part in place if part)
        if words:
            yield Query(place_key(place), Precision.FACILITY, words, "", place)

    def build_first_key(self, place: Place) -> str:
        """The key of the place."""
        return place_key(place)

    def ask(self, query: Query, *, timeout_seconds: float) -> Interpretation:  # noqa: ARG002
        """The provider's answer; the time it takes is up to the provider.

        Raises:
            Fault: it raised an exception.
        """
        try:
            return Interpretation(self._provider.locate(query.place))
        except Exception as error:
            raise classify_fault(error, self.name) from error

    def locate(self, place: Place) -> Position:
        """As the provider."""
        return self._provider.locate(place)

    def interval_seconds(self, *, scheduled: bool) -> float:  # noqa: ARG002
        """No limit."""
        return 0.0

    def expires_at(self, position: Position, now: float) -> float:
        """Hits never expire, known misses after a month."""
        return math.inf if position.resolved else now + DAY_SECONDS * MISS_DAYS
