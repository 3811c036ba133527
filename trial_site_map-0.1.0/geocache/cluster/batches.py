"""Cuts a list of places into batches for workers, without sending a place twice."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from geocache.geo.facilities import flag_placeholder
from geocache.keys import place_key
from geocache.place import Place, Position

_MAX_KNOWN = 65_536
_MAX_ROWS_PER_PLACE = 8
"""Rows read ahead for each place of a batch, at limit."""


class Batch(NamedTuple):
    """Some places in order, the pins among them, and the places that must be asked for."""

    places: list[Place]
    pinned: dict[Place, Position]
    unknown: list[Place]


class Batches:
    """Cuts places into batches, and assigns positions to places once a batch is answered.

    A place, or a city whose hospitals share its position, is sent once, as long as it occurred
    among the last 65,536; memory does not grow with the list.

    Args:
        places: all places, read as needed.
        size: unknown places of a batch, at limit.
        reuse_answers: whether an answer counts for later rows; not if asking again may help.
        find_pins: looks up the pins of some keys. Given if all providers ignore facilities: then
            places are sent without their facility, and pins are looked up here.
    """

    def __init__(
        self,
        places: Iterator[Place],
        size: int,
        *,
        reuse_answers: bool,
        find_pins: Callable[[Sequence[str]], dict[str, Position]] | None = None,
    ) -> None:
        self._remaining = places
        self._size = size
        self._reuse_answers = reuse_answers
        self._find_pins = find_pins
        self._known: dict[Place, Position | None] = {}
        self._open: deque[Batch] = deque()

    def next(self) -> Batch | None:
        """The next batch; None at the end of the list."""
        asked: list[Place] = []
        pinned: dict[Place, Position] = {}
        unknown: dict[Place, None] = {}
        limit = self._size * (_MAX_ROWS_PER_PLACE if self._reuse_answers else 1)
        while len(asked) < limit and len(unknown) < self._size:
            wanted = min(limit - len(asked), self._size - len(unknown))
            some = list(islice(self._remaining, wanted))
            if not some:
                break
            asked += some
            pinned |= self._find_pinned(some)
            known = self._known if self._reuse_answers else {}
            for place in some:
                if place not in pinned and (sent := self._strip_facility(place)) not in known:
                    unknown[sent] = None
        if not asked:
            return None
        batch = Batch(asked, pinned, list(unknown))
        self._open.append(batch)
        if self._reuse_answers:
            self._known.update(dict.fromkeys(unknown))
        return batch

    def assign(self, positions: Sequence[Position]) -> Iterator[Position]:
        """The positions of all places of the oldest batch, given those of its unknown places."""
        batch = self._open.popleft()
        found = dict(zip(batch.unknown, positions, strict=True))
        known: dict[Place, Position | None] = self._known if self._reuse_answers else {}
        known.update(found)
        for place in batch.places:
            position = batch.pinned.get(place) or known[self._strip_facility(place)] or Position()
            yield flag_placeholder(place, position)
        if len(self._known) > _MAX_KNOWN:
            needed = {self._strip_facility(place) for each in self._open for place in each.places}
            self._known = {place: at for place, at in self._known.items() if place in needed}

    def _strip_facility(self, place: Place) -> Place:
        return Place("", *place[1:]) if self._find_pins else place

    def _find_pinned(self, places: list[Place]) -> dict[Place, Position]:
        if self._find_pins is None:
            return {}
        keys = [place_key(place) for place in places]
        found = self._find_pins(keys)
        if not found:
            return {}
        return {p: found[key] for p, key in zip(places, keys, strict=True) if key in found}
