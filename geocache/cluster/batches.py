"""A long list of places cut into tasks for others, so that nothing travels that need not."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from geocache.geo.facilities import flag_placeholder
from geocache.keys import place_key
from geocache.place import Place, Position

_MOST_LATELY = 65_536
_ROWS_A_PLACE = 8
"""Rows looked at for each place of a task, at most: the rest of the list can wait."""


class Batch(NamedTuple):
    """Some places in their order, those of them pinned, and those that somebody must be asked."""

    places: list[Place]
    pinned: dict[Place, Position]
    fresh: list[Place]


class Batches:
    """Cuts places into batches, and gives each place its position once a batch is answered.

    A place, or a city whose hospitals all have its position, is in one batch only, as long as it
    came within the last 65,536; what is held does not grow with the list.

    Args:
        places: all of them, read as they are needed.
        size: fresh places of a batch, at most.
        lasting: whether an answer holds for later rows; not where asking again may help.
        pinned: the pinned ones of some keys, where nobody looks at facilities: those are then
            left out of what is asked, and pins are looked up here.
    """

    def __init__(
        self,
        places: Iterator[Place],
        size: int,
        *,
        lasting: bool,
        pinned: Callable[[Sequence[str]], dict[str, Position]] | None = None,
    ) -> None:
        self._remaining = places
        self._size = size
        self._lasting = lasting
        self._pinned = pinned
        self._known: dict[Place, Position | None] = {}
        self._open: deque[Batch] = deque()

    def next(self) -> Batch | None:
        """The next batch; None at the end of the list."""
        asked: list[Place] = []
        pinned: dict[Place, Position] = {}
        fresh: dict[Place, None] = {}
        most = self._size * (_ROWS_A_PLACE if self._lasting else 1)
        while len(asked) < most and len(fresh) < self._size:
            wanted = min(most - len(asked), self._size - len(fresh))
            some = list(islice(self._remaining, wanted))
            if not some:
                break
            asked += some
            pinned |= self._pins(some)
            known = self._known if self._lasting else {}
            for place in some:
                if place not in pinned and (sent := self._sent(place)) not in known:
                    fresh[sent] = None
        if not asked:
            return None
        batch = Batch(asked, pinned, list(fresh))
        self._open.append(batch)
        if self._lasting:
            self._known.update(dict.fromkeys(fresh))
        return batch

    def told(self, positions: Sequence[Position]) -> Iterator[Position]:
        """The positions of the oldest batch's places, given those of its fresh ones."""
        batch = self._open.popleft()
        found = dict(zip(batch.fresh, positions, strict=True))
        known: dict[Place, Position | None] = self._known if self._lasting else {}
        known.update(found)
        for place in batch.places:
            found_here = batch.pinned.get(place) or known[self._sent(place)] or Position()
            yield flag_placeholder(place, found_here)
        if len(self._known) > _MOST_LATELY:
            needed = {self._sent(place) for each in self._open for place in each.places}
            self._known = {place: at for place, at in self._known.items() if place in needed}

    def _sent(self, place: Place) -> Place:
        return Place("", *place[1:]) if self._pinned else place

    def _pins(self, places: list[Place]) -> dict[Place, Position]:
        if self._pinned is None:
            return {}
        keys = [place_key(place) for place in places]
        found = self._pinned(keys)
        if not found:
            return {}
        return {p: found[key] for p, key in zip(places, keys, strict=True) if key in found}
