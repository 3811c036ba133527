"""Located places and how far they are from the truth."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from geocache.commands.truth import Truth
from geocache.geo.distance import distance_km
from geocache.place import DOUBTFUL_FLAGS, Place, Position, Precision

WRONG_KM = 25.0
_FINE = frozenset((Precision.FACILITY, Precision.POSTCODE, Precision.CITY))


class Measured(NamedTuple):
    """A position and its distance from the truth, ``None`` when unresolved."""

    truth: Truth
    position: Position
    distance_km: float | None

    @property
    def flagged(self) -> bool:
        """True if the position is marked as doubtful."""
        return not DOUBTFUL_FLAGS.isdisjoint(self.position.flags)

    @property
    def wrong(self) -> bool:
        """True if the position is more than 25 km off."""
        return self.distance_km is not None and self.distance_km > WRONG_KM

    @property
    def wrong_unflagged(self) -> bool:
        """True if a wrong position is not marked as doubtful."""
        return self.wrong and not self.flagged and self.position.precision in _FINE


def measure(truths: Iterable[Truth], locate: Callable[[Place], Position]) -> list[Measured]:
    """Locate each place and measure the distance from its true position."""
    measured = []
    for truth in truths:
        position = locate(truth.place)
        off = None
        if position.latitude is not None and position.longitude is not None:
            here = (position.latitude, position.longitude)
            off = distance_km(here, (truth.latitude, truth.longitude))
        measured.append(Measured(truth, position, off))
    return measured
