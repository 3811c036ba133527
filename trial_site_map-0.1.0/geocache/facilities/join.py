"""Which facility each of many sites is at: places apart, names of a place joined."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from geocache.facilities.cities import find_city, list_place_words
from geocache.facilities.cluster import Grouping, group_names
from geocache.facilities.corrections import Correction, make_id, make_key, make_own_id
from geocache.facilities.parse import Parsed, parse
from geocache.facilities.spelling import (
    clean_name,
    describe_difference,
    rank_clearness,
    spelling_key,
)
from geocache.geo.countries import country_code
from geocache.geo.facilities import is_placeholder
from geocache.geo.names import fold

MAX_BLOCKS = 50_000
"""Places whose facilities are remembered; the least recently used go first."""

_STATES_TELL = frozenset({"US", "CA", "AU"})
"""Countries in which several cities of one name have sites."""


class Named(NamedTuple):
    """A facility as a site names it."""

    facility: str
    city: str = ""
    state: str = ""
    country: str = ""


class Facility(NamedTuple):
    """Which facility a name is.

    Attributes:
        facility_id: names the facility; empty for a placeholder such as "Research Site".
        facility_name: its clearest spelling.
        match: how the name was joined to it: ``exact``, ``spelling``, ``language``, ``acronym``,
            ``part of`` or ``person``.
        score: how sure that is, from 0 to 1.
        part_of: the id of the group, university or whole it belongs to, or empty.
    """

    facility_id: str = ""
    facility_name: str = ""
    match: str = ""
    score: float = 0.0
    part_of: str = ""


NO_FACILITY = Facility()

Block = tuple[str, str, str]
"""A country's code, a city and, where states tell cities apart, a state."""


class _Spelled(NamedTuple):
    """A spelling of a block, taken apart, and its facility's number in the block."""

    name: str
    parsed: Parsed
    group: int
    score: float
    how: str


class _Joined(NamedTuple):
    """The spellings of a place, and by number of a group its id, whole and name, if one is set."""

    spellings: dict[str, _Spelled]
    ids: dict[int, str]
    part_of: dict[int, str]
    names: dict[int, str] = {}  # noqa: RUF012 - never changed


class FacilityJoiner:
    """Joins names to facilities, and remembers each place: one more list costs only its places.

    Equal sites give equal facilities, in any order. Safe for threads.
    """

    def __init__(self) -> None:
        self._blocks: OrderedDict[tuple[Block, tuple[str, ...]], _Joined] = OrderedDict()
        self._lock = threading.Lock()

    def join(
        self,
        sites: Sequence[Named],
        counts: Sequence[int] | None = None,
        corrections: Iterable[Correction] = (),
        progress: Callable[[float], None] | None = None,
    ) -> list[Facility]:
        """The facility of each site.

        Args:
            sites: facilities with their city, state and country.
            counts: how often each stands in the lists; the commonest clear spelling is shown.
            corrections: what people said; it wins.
            progress: gets the share that is done, from 0 to 1.
        """
        said = {one.key: one for one in corrections}
        blocks: dict[Block, dict[str, int]] = defaultdict(dict)
        corrected: dict[Block, dict[str, Correction]] = defaultdict(dict)
        where: list[Block | None] = []
        for number, site in enumerate(sites):
            if is_placeholder(site.facility):
                where.append(None)
                continue
            block = find_block(site.city, site.state, site.country)
            where.append(block)
            names = blocks[block]
            names[site.facility] = names.get(site.facility, 0) + (counts[number] if counts else 1)
            if said and (found := said.get(make_key(*site))):
                corrected[block][site.facility] = found
        answers: dict[Block, dict[str, Facility]] = {}
        for number, (block, names) in enumerate(blocks.items()):
            joined = self._join_block(block, names)
            if block in corrected:
                joined = _correct(joined, corrected[block])
            answers[block] = _name_facilities(joined, names)
            if progress and not number % 100:
                progress(number / len(blocks))
        return [
            NO_FACILITY if block is None else answers[block][site.facility]
            for site, block in zip(sites, where, strict=True)
        ]

    def _join_block(self, block: Block, names: Iterable[str]) -> _Joined:
        key = (block, tuple(sorted(names)))
        with self._lock:
            known = self._blocks.get(key)
            if known is not None:
                self._blocks.move_to_end(key)
                return known
        known = _join_names(block, key[1])
        with self._lock:
            self._blocks[key] = known
            while len(self._blocks) > MAX_BLOCKS:
                self._blocks.popitem(last=False)
        return known


@lru_cache(maxsize=131_072)
def find_block(city: str, state: str, country: str) -> Block:
    """The place of a site, equal for all spellings of a city that the tables know."""
    code = country_code(country)
    found = find_city(city, code)
    return code or fold(country), found, fold(state) if code in _STATES_TELL else ""


def _join_names(block: Block, names: Sequence[str]) -> _Joined:
    """Group the spellings of a place; ``names`` are sorted."""
    parsed = {name: parse(name) for name in names}
    distinct: dict[Parsed, str] = {}
    for name in names:
        distinct.setdefault(parsed[name], name)
    ordered = sorted(distinct, key=lambda one: (one.words, distinct[one]))
    code, city, state = block
    found = group_names(ordered, list_place_words(city, state, code))
    numbers = {one: number for number, one in enumerate(ordered)}
    spellings = {}
    for name in names:
        number = numbers[parsed[name]]
        edge = found.joined.get(number)
        spellings[name] = _Spelled(
            name,
            parsed[name],
            found.groups[number],
            edge.score if edge else 1.0,
            edge.how if edge else "spelling",
        )
    ids = _make_ids(block, spellings.values())
    return _Joined(spellings, ids, _find_wholes(found, ordered, ids))


def _make_ids(block: Block, spellings: Iterable[_Spelled]) -> dict[int, str]:
    """An id for each group, from its simplest name, so that further spellings rarely change it."""
    simplest: dict[int, tuple[int, str]] = {}
    for one in spellings:
        key = spelling_key(clean_name(one.name)) or one.name
        rank = (key.count(" "), key)
        simplest[one.group] = min(simplest.get(one.group, rank), rank)
    ids = {}
    for group, (_, key) in simplest.items():
        ids[group] = make_id("\x1f".join((*block, key)))
    return ids


def _find_wholes(
    found: Grouping, names: Sequence[Parsed], ids: Mapping[int, str]
) -> dict[int, str]:
    """For each group that is part of another the other's id: the one with fewer words."""
    best: dict[int, tuple[float, str]] = {}
    for edge in found.related:
        a, b = found.groups[edge.a], found.groups[edge.b]
        if a == b:
            continue
        part, whole = (a, b) if len(names[edge.a].words) > len(names[edge.b].words) else (b, a)
        best[part] = max(best.get(part, (0.0, "")), (edge.score, ids[whole]))
    return {part: whole for part, (_, whole) in best.items() if best.get(part)}


def _correct(joined: _Joined, said: Mapping[str, Correction]) -> _Joined:
    """The groups as people said; what the rules join to a corrected spelling follows it."""
    numbers: dict[str, int] = {}
    ids, names, part_of = dict(joined.ids), dict(joined.names), dict(joined.part_of)
    by_id = {facility_id: group for group, facility_id in joined.ids.items()}
    follow: dict[int, set[int]] = defaultdict(set)
    spellings = dict(joined.spellings)
    for spelling, one in sorted(said.items()):
        group = by_id.get(one.facility_id)
        if group is None:
            group = numbers.setdefault(one.facility_id, -1 - len(numbers))
            ids[group] = one.facility_id
        if one.facility_name:
            names[group] = one.facility_name
        old = spellings[spelling]
        if one.facility_id != make_own_id(one):
            follow[old.group].add(group)
        spellings[spelling] = old._replace(group=group, how="person", score=1.0)
    for spelling, old in spellings.items():
        groups = follow.get(old.group, set())
        if old.how != "person" and len(groups) == 1:
            spellings[spelling] = old._replace(group=next(iter(groups)))
    return _Joined(spellings, ids, part_of, names)


def _name_facilities(joined: _Joined, counts: Mapping[str, int]) -> dict[str, Facility]:
    """The facility of each spelling of a place, named by its clearest spelling."""
    members: dict[int, list[_Spelled]] = defaultdict(list)
    for one in joined.spellings.values():
        members[one.group].append(one)
    answers = {}
    for group, spelled in members.items():
        shown = min(
            spelled,
            key=lambda one: (
                rank_clearness(one.name, one.parsed),
                -counts[one.name],
                len(one.name),
                one.name,
            ),
        )
        name = joined.names.get(group) or clean_name(shown.name)
        key = spelling_key(name)
        for one in spelled:
            exact = one.how != "person" and spelling_key(clean_name(one.name)) == key
            match = "exact" if exact else describe_difference(one.parsed, shown.parsed, one.how)
            answers[one.name] = Facility(
                joined.ids[group],
                name,
                match,
                1.0 if exact else round(one.score, 2),
                joined.part_of.get(group, ""),
            )
    return answers
