"""Facilities that are written under a city and under a suburb of it: ``Munich``, ``Grosshadern``.

Neighbouring towns have hospitals of the same name, and chains have one in each, so more must agree
than within a place: the names without the city's, the kinds, numbers and campuses.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from geocache.facilities.cities import find_city, is_place_word, list_place_words
from geocache.facilities.compare import are_opposed
from geocache.facilities.in_place import LocalName, Place
from geocache.facilities.parse import Parsed
from geocache.facilities.words import WEAK_NAMES
from geocache.paths import DATA

Block = tuple[str, str, str]
"""A country's code, a city and, where states tell cities apart, a state."""

Group = tuple[Block, int]
"""A facility of a place, by its number there."""

_FILE = DATA / "suburbs.txt.gz"
_MIN_NAME = 3
_NAME, _CITY, _SUBURB = 1, 2, 3
"""What a name is joined by: one of its own, the city's with a kind, or the suburb's."""
_SINGLE = frozenset({"HOSPITAL", "UNIVERSITY", "FACULTY", "ACADEMY", "INSTITUTE"})
"""Kinds that are seldom one of a chain, as clinics and centres are."""
_TELLING = frozenset({"UNIVERSITY", "CHILD", "WOMEN", "CANCER", "EYE", "DENTAL", "MENTAL", "HEART"})
"""What the name of a city must be said with to be a facility's name: few cities have two."""


class Spelled(NamedTuple):
    """A spelling of a place, taken apart, and the number of its facility there."""

    parsed: Parsed
    group: int


@cache
def _read_suburbs() -> dict[tuple[str, str], str]:
    """The city of each suburb, by the country's code and the suburb's folded name."""
    found = {}
    for line in gzip.decompress(_FILE.read_bytes()).decode().splitlines():
        country, city, *suburbs = line.split("\t")
        found.update({(country, suburb): city for suburb in suburbs})
    return found


def find_host(block: Block) -> Block:
    """The block of the large city that a place is a suburb of, or its own.

    ``Munich-Grosshadern`` is one of Munich too.
    """
    code, city, state = block
    suburbs = _read_suburbs()
    host = suburbs.get((code, city))
    words = city.split(" ")
    for at in range(1, len(words) if host is None else 0):
        one, other = " ".join(words[:at]), " ".join(words[at:])
        for named, suburb in ((one, other), (other, one)):
            known = suburbs.get((code, suburb))
            if known and known == find_city(named, code):
                host = known
    return (code, find_city(host, code), state) if host else block


def link_neighbours(
    area: Block, blocks: Mapping[Block, Sequence[Spelled]]
) -> list[tuple[Group, Group]]:
    """Which facilities of a city's suburbs are facilities of the city: pairs of city and suburb.

    Args:
        area: the city's own block.
        blocks: the spellings of the city and of its suburbs.
    """
    code, city, state = area
    place = Place(list_place_words(city, state, code))
    at_home = _index_keys(blocks[area], place, frozenset())
    linked: dict[int, list[tuple[int, Group]]] = defaultdict(list)
    for block, spellings in blocks.items():
        if block == area:
            continue
        best: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for key, (groups, strength) in _index_keys(
            spellings, place, list_place_words(block[1])
        ).items():
            homes, _ = at_home.get(key, (set(), 0))
            if len(groups) == len(homes) == 1:
                best[min(groups)].add((strength, min(homes)))
        for group, found in best.items():
            strongest, home = max(found)
            several = sum(strength == strongest for strength, _ in found) > 1
            if not several and not _oppose(blocks[area], home, spellings, group, place):
                linked[home].append((strongest, (block, group)))
    return [
        ((area, home), group) for home in sorted(linked) for group in _drop_chains(linked[home])
    ]


def _drop_chains(found: Sequence[tuple[int, Group]]) -> list[Group]:
    """Without those that a chain of hospitals would have: one name in two suburbs."""
    loose = {block for strength, (block, _) in found if strength == _NAME}
    return sorted(group for strength, group in found if strength > _NAME or len(loose) == 1)


def _index_keys(
    spellings: Iterable[Spelled], place: Place, own: frozenset[str]
) -> dict[object, tuple[set[int], int]]:
    """The groups that have each key, and how surely it is of one facility in the whole area."""
    found: dict[object, tuple[set[int], int]] = {}
    for parsed, group in spellings:
        name = LocalName(parsed, place)
        names = frozenset(name.names).union(*(segment.names for segment in name.after))
        of_city = any(segment.names for segment in parsed.main) and _TELLING & name.meanings
        if any(is_place_word(word, own) for word in (*names, *name.campus)):
            strength = _SUBURB
        elif not names and of_city:
            strength = _CITY
        elif not name.meanings.isdisjoint(_SINGLE) and _is_telling(names):
            strength = _NAME
        else:
            continue
        groups, _ = found.setdefault(
            (names, name.kinds, name.numbers, name.campus), (set(), strength)
        )
        groups.add(group)
    return found


def _is_telling(names: Iterable[str]) -> bool:
    return any(len(one) >= _MIN_NAME and one not in WEAK_NAMES for one in names)


def _oppose(
    one: Iterable[Spelled], home: int, other: Iterable[Spelled], group: int, place: Place
) -> bool:
    ours = [LocalName(parsed, place) for parsed, number in one if number == home]
    theirs = [LocalName(parsed, place) for parsed, number in other if number == group]
    return any(are_opposed(a, b) for a in ours for b in theirs)
