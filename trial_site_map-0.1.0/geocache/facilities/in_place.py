"""A parsed name seen in its place: without the words that name the city."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from geocache.facilities.cities import is_place_word
from geocache.facilities.parse import HOSPITAL_LIKE, Parsed, Segment
from geocache.facilities.words import COMPASS, HEADS, WEAK_NAMES

LIGHT = HEADS - {"FACULTY", "ACADEMY"} | {
    *("MEDICAL", "CLINICAL", "RESEARCH", "SPECIAL", "DISEASES", "SAINT", "MULTI", "SPECIALIZED"),
    *("AFFILIATED", "PRACTICE", "PUBLIC"),
}
"""Meanings that say little of which hospital it is."""

_WEAK, _COMPASS, _LETTER = 0.45, 0.6, 0.1
_COMMONEST = 0.5
_FEW_NAMES = 30


class Place:
    """What is known of a place: the words that name it, and how much a name says there."""

    def __init__(self, words: frozenset[str], names: Sequence[Parsed] = ()) -> None:
        self.words = words
        self._own: dict[str, bool] = {}
        self._common: Mapping[str, float] = _weigh_by_count(names)
        self._weights: dict[str, float] = {}

    def names_it(self, name: str) -> bool:
        """Whether a word names the place itself."""
        found = self._own.get(name)
        if found is None:
            found = self._own[name] = is_place_word(name, self.words)
        return found

    def weigh(self, name: str) -> float:
        """How much it says that two facilities here share a name, from 0 to 1."""
        weight = self._weights.get(name)
        if weight is None:
            if len(name) == 1:
                weight = _LETTER
            elif name in WEAK_NAMES:
                weight = _WEAK
            else:
                weight = _COMPASS if name in COMPASS or len(name) == 2 else 1.0
            weight *= self._common.get(name, 1.0)
            self._weights[name] = weight
        return weight


def _weigh_by_count(names: Sequence[Parsed]) -> dict[str, float]:
    """Less than 1 for the names that many facilities of a place have."""
    if len(names) < _FEW_NAMES:
        return {}
    counts: Counter[str] = Counter()
    for parsed in names:
        counts.update({n for segment in (*parsed.main, *parsed.parents) for n in segment.names})
    many = math.log(len(names) + 1)
    return {n: max(_COMMONEST, 1 - math.log(c) / many) for n, c in counts.items() if c > 1}


@dataclass(frozen=True, slots=True)
class LocalSegment:
    """A part of a name with the names that are not the city's, and its other words."""

    names: tuple[str, ...]
    meanings: frozenset[str]
    numbers: frozenset[str]
    words: tuple[str, ...]

    @property
    def is_hospital(self) -> bool:
        """Whether it says a hospital, clinic, centre or institute."""
        return not self.meanings.isdisjoint(HOSPITAL_LIKE)

    def without(self, name: str, meanings: Iterable[str]) -> "LocalSegment":
        """The segment with a name read as meanings."""
        names = tuple(one for one in self.names if one != name)
        return replace(self, names=names, meanings=self.meanings | set(meanings))

    def with_names(self, names: tuple[str, ...], meanings: frozenset[str]) -> "LocalSegment":
        """The segment with names and meanings of its owners."""
        return replace(self, names=names, meanings=self.meanings | meanings)


class LocalName:
    """A facility's name in its place, ready to be compared."""

    def __init__(self, parsed: Parsed, place: Place) -> None:
        self.parsed = parsed
        self.place = place
        self.main = [self._localize(segment) for segment in parsed.main]
        self.after = [self._localize(segment) for segment in parsed.after]
        self.parents = parsed.parents
        self.meanings = frozenset().union(*(segment.meanings for segment in parsed.main))
        self.numbers = frozenset().union(*(segment.numbers for segment in parsed.main))
        self.compass = frozenset(n for s in parsed.main for n in s.names if n in COMPASS)
        self.acronyms = parsed.acronyms - place.words
        self.mentions = parsed.mentions
        self.names = tuple(name for segment in self.main for name in segment.names)
        self.campus = tuple(n for n in parsed.campus if not place.names_it(n))
        self.kinds = self.meanings - LIGHT

    def _localize(self, segment: Segment) -> LocalSegment:
        names = tuple(name for name in segment.names if not self.place.names_it(name))
        return LocalSegment(names, segment.meanings, segment.numbers, segment.words)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Its names that are no acronyms."""
        return frozenset(self.names) - self.acronyms

    @cached_property
    def initials(self) -> frozenset[str]:
        """What an acronym of it may be."""
        return self.parsed.list_initials()

    @cached_property
    def owner_names(self) -> tuple[str, ...]:
        """The names of its university or group."""
        return tuple(
            name
            for segment in (*self.parsed.lead, *self.parents)
            for name in segment.names
            if not self.place.names_it(name)
        )

    @cached_property
    def owner_meanings(self) -> frozenset[str]:
        """The kinds of its university or group."""
        owners = (*self.parsed.lead, *self.parents)
        return frozenset().union(*(segment.meanings for segment in owners))

    @cached_property
    def rest(self) -> list[tuple[str, ...]]:
        """For each main part the names of all other parts."""
        parts = (*self.parsed.main, *self.parents)
        return [
            tuple(name for part in parts if part is not segment for name in part.names)
            for segment in self.parsed.main
        ]
