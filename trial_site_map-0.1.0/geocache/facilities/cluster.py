"""Groups the names of one place into facilities, without chaining.

Pairs that are the same are joined from the most alike on, but never two groups in which something
opposes, or in which half of all pairs have nothing in common: A = B and B = C do not make A = C.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from geocache.facilities.compare import are_opposed, compare, share_nothing
from geocache.facilities.in_place import LIGHT, LocalName, Place
from geocache.facilities.parse import Parsed
from geocache.facilities.words import WEAK_NAMES

_FEW = 24
"""Up to so many names every pair is compared; above, those that share a beginning or an end."""
_MANY = 100
"""Of more names that share a key, each is compared with the next ones in their order alone: work
must not grow with the square of a city's names."""
_NEXT = 6
_UNSPECIFIC = frozenset({"UNIVERSITY", "GENERAL", "CITY", "STATE"})
_OPPOSED, _STRANGE, _RELATED = 2.0, 1.0, 0.5
_KEY_LETTERS = 3


class Edge(NamedTuple):
    """Two names of a place that were joined, or that are related."""

    score: float
    a: int
    b: int
    how: str


class Grouping(NamedTuple):
    """``groups``: for each name the number of its facility, that of its first name.

    ``joined``: for each name by whose edge it came to it; ``related``: pairs of names.
    """

    groups: list[int]
    joined: dict[int, Edge]
    related: list[Edge]


def group_names(names: Sequence[Parsed], place_words: frozenset[str]) -> Grouping:
    """Group the distinct names of one place; equal for every order of equal names if sorted."""
    place = Place(place_words, names)
    grouper = _Grouper([LocalName(parsed, place) for parsed in names])
    grouper.join()
    return Grouping(grouper.groups, grouper.joined, grouper.related)


class _Grouper:
    def __init__(self, names: list[LocalName]) -> None:
        self.names = names
        self.groups = list(range(len(names)))
        self.members = {number: [number] for number in self.groups}
        self.joined: dict[int, Edge] = {}
        self.related: list[Edge] = []
        self._apart: dict[tuple[int, int], float] = {}

    def join(self) -> None:
        edges: list[Edge] = []
        acronyms: list[Edge] = []
        for a, b in _list_candidates(self.names):
            verdict = compare(self.names[a], self.names[b])
            edge = Edge(verdict.score, a, b, verdict.how)
            if verdict.relation == "related":
                self.related.append(edge)
                self._apart[a, b] = _RELATED
            elif verdict.relation == "same":
                (acronyms if verdict.how == "acronym" else edges).append(edge)
        for edge in sorted(edges, key=lambda edge: (-edge.score, edge.a, edge.b)):
            self._merge(edge)
        self._merge_acronyms(sorted(acronyms, key=lambda edge: (edge.a, edge.b)))
        self._attach_unspecific()

    def _merge(self, edge: Edge) -> None:
        a, b = sorted((self.groups[edge.a], self.groups[edge.b]))
        if a == b or self._are_apart(a, b):
            return
        for member in (edge.a, edge.b):
            self.joined.setdefault(member, edge)
        for member in self.members[b]:
            self.groups[member] = a
        self.members[a] += self.members.pop(b)

    def _are_apart(self, a: int, b: int) -> bool:
        limit = len(self.members[a]) * len(self.members[b])
        apart = 0.0
        for x in self.members[a]:
            for y in self.members[b]:
                key = (x, y) if x < y else (y, x)
                weight = self._apart.get(key)
                if weight is None:
                    weight = self._apart[key] = self._weigh_apart(*key)
                if weight == _OPPOSED:
                    return True
                apart += weight
                if apart * 2 >= limit:
                    return True
        return False

    def _weigh_apart(self, a: int, b: int) -> float:
        if are_opposed(self.names[a], self.names[b]):
            return _OPPOSED
        return _STRANGE if share_nothing(self.names[a], self.names[b]) else 0.0

    def _merge_acronyms(self, edges: Iterable[Edge]) -> None:
        """Join an acronym to a name unless it could be that of two facilities."""
        meant = defaultdict(list)
        for edge in edges:
            meant[edge.a].append(edge)
            meant[edge.b].append(edge)
        for _, found in sorted(meant.items()):
            groups = {self.groups[end] for edge in found for end in (edge.a, edge.b)}
            if len(groups) == 2:
                self._merge(found[0])

    def _attach_unspecific(self) -> None:
        """Join "Cancer Hospital" to the only facility of the place that is one."""
        by_kind: dict[frozenset[str], set[int]] = defaultdict(set)
        for number, name in enumerate(self.names):
            if name.names:
                by_kind[_list_kinds(name)].add(self.groups[number])
        for group, members in sorted(self.members.items()):
            name = self.names[members[0]]
            if name.numbers or any(self.names[member].names for member in members):
                continue
            kinds = _list_kinds(name)
            found = by_kind.get(kinds, ())
            if len(found) == 1 and kinds - _UNSPECIFIC:
                self._merge(Edge(0.6, group, next(iter(found)), "spelling"))


def _list_kinds(name: LocalName) -> frozenset[str]:
    return name.meanings - (LIGHT - {"SPECIALIZED"})


def _list_candidates(names: Sequence[LocalName]) -> list[tuple[int, int]]:
    """The pairs of names worth comparing, in order."""
    size = len(names)
    if size <= _FEW:
        return [(a, b) for a in range(size) for b in range(a + 1, size)]
    postings: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        for key in _list_keys(name):
            postings[key].append(number)
    pairs: set[tuple[int, int]] = set()
    for (kind, _), found in postings.items():
        many = len(found) > _MANY
        if kind == "weak" and many:
            continue
        reach = _NEXT if many else len(found)
        pairs.update((a, b) for n, a in enumerate(found) for b in found[n + 1 : n + 1 + reach])
    return sorted(pairs)


def _list_keys(name: LocalName) -> set[tuple[str, str]]:
    keys = set()
    for word in {*name.names, *name.owner_names}:
        kind = "weak" if word in WEAK_NAMES else "name"
        forms = [word, word[1:]] if word[0] in "dl" else [word]
        for form in forms:
            keys.add((kind, form[:_KEY_LETTERS]))
            if len(form) > _KEY_LETTERS:
                keys.add((kind, f"{form[0]}…{form[-_KEY_LETTERS:]}"))
    if any(not segment.names for segment in name.main):
        keys.add(("kind", " ".join(sorted(name.kinds - {"REGIONAL", "CITY", "CENTRAL", "STATE"}))))
    if name.numbers:
        keys.add(("number", " ".join(sorted(name.numbers))))
    keys.update(("acronym", word) for word in name.acronyms)
    if not name.own_names or len(name.main) == 1:
        keys.update(("acronym", word) for word in name.initials)
    return keys
