"""Which facility each of many sites is at: names of a place joined, then those of its suburbs."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

from geocache.facilities.cities import find_city, list_place_words
from geocache.facilities.cluster import Grouping, group_names
from geocache.facilities.corrections import Correction, make_id, make_key, make_own_id
from geocache.facilities.neighbours import Block, Group, Spelled, find_host, link_neighbours
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


class _Spelled(NamedTuple):
    """A spelling of a block, and its facility's number in the block."""

    name: str
    group: int
    score: float
    how: str


class _Joined(NamedTuple):
    """The spellings of a place, and by number of a group its id, whole and name, if one is set."""

    spellings: dict[str, _Spelled]
    ids: dict[int, str]
    part_of: dict[int, str]
    names: dict[int, str] = {}  # noqa: RUF012 - never changed


_Key = tuple[Block, tuple[str, ...]]
"""A place and its spellings, sorted."""
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


class FacilityJoiner:
    """Joins names to facilities, and remembers each place: one more list costs only its places.

    Equal sites give equal facilities, in any order. Safe for threads.
    """

    def __init__(self) -> None:
        self._blocks: OrderedDict[_Key, _Joined] = OrderedDict()
        self._links: OrderedDict[tuple[_Key, ...], list[tuple[Group, Group]]] = OrderedDict()
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
        areas: dict[Block, list[Block]] = defaultdict(list)
        for block in blocks:
            areas[find_host(block)].append(block)
        answers: dict[Block, dict[str, Facility]] = {}
        for number, (area, inside) in enumerate(areas.items()):
            joined = self._join_area(area, {block: blocks[block] for block in sorted(inside)})
            for block in inside:
                if block in corrected:
                    joined[block] = _correct(joined[block], corrected[block])
            answers |= _name_facilities(joined, blocks)
            if progress and not number % 100:
                progress(number / len(areas))
        return [
            NO_FACILITY if block is None else answers[block][site.facility]
            for site, block in zip(sites, where, strict=True)
        ]

    def _join_area(
        self, area: Block, blocks: Mapping[Block, Iterable[str]]
    ) -> dict[Block, _Joined]:
        """The spellings of a city and of its suburbs, joined."""
        keys = tuple((block, tuple(sorted(names))) for block, names in blocks.items())
        found = {
            block: self._remember(self._blocks, (block, names), partial(_join_names, block, names))
            if len(names) > 1
            else _take_only(block, names[0])
            for block, names in keys
        }
        if len(found) == 1 or area not in found:
            return found
        links = self._remember(self._links, keys, lambda: _link(area, found))
        return _apply_links(found, links)

    def _remember(
        self, known: OrderedDict[_Asked, _Answer], key: _Asked, work: Callable[[], _Answer]
    ) -> _Answer:
        with self._lock:
            if key in known:
                known.move_to_end(key)
                return known[key]
        answer = work()
        with self._lock:
            known[key] = answer
            while len(known) > MAX_BLOCKS:
                known.popitem(last=False)
        return answer


@lru_cache(maxsize=262_144)
def find_block(city: str, state: str, country: str) -> Block:
    """The place of a site, equal for all spellings of a city that the tables know."""
    code = country_code(country)
    found = find_city(city, code)
    return code or fold(country), found, fold(state) if code in _STATES_TELL else ""


def find_area(city: str, state: str, country: str) -> Block:
    """The place of a site, or the large city that it is a suburb of.

    Facilities of two areas are never one, unless somebody says so.
    """
    return find_host(find_block(city, state, country))


def _take_only(block: Block, name: str) -> _Joined:
    """A place with one spelling: most places, and too quick to be remembered."""
    only = {name: _Spelled(name, 0, 1.0, "spelling")}
    return _Joined(only, _make_ids(block, only.values()), {})


def _join_names(block: Block, names: Sequence[str]) -> _Joined:
    """Group the spellings of a place; ``names`` are sorted."""
    parsed = {name: parse(name) for name in names}
    distinct: dict[Parsed, str] = {}
    for name in names:
        distinct.setdefault(parsed[name], name)
    ordered = sorted(distinct, key=lambda one: (one.words, distinct[one]))
    code, city, state = block
    if len(ordered) == 1:
        found = Grouping([0], {}, [])
    else:
        found = group_names(ordered, list_place_words(city, state, code))
    numbers = {one: number for number, one in enumerate(ordered)}
    spellings = {}
    for name in names:
        number = numbers[parsed[name]]
        edge = found.joined.get(number)
        spellings[name] = _Spelled(
            name,
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


def _link(area: Block, joined: Mapping[Block, _Joined]) -> list[tuple[Group, Group]]:
    return link_neighbours(
        area,
        {
            block: sorted(
                {Spelled(parse(one.name), one.group) for one in of.spellings.values()},
                key=lambda spelled: (spelled.group, spelled.parsed.words),
            )
            for block, of in joined.items()
        },
    )


def _apply_links(
    joined: dict[Block, _Joined], links: Sequence[tuple[Group, Group]]
) -> dict[Block, _Joined]:
    """The facilities of suburbs that are the city's with the city's ids."""
    if not links:
        return joined
    ids = {block: dict(of.ids) for block, of in joined.items()}
    new: dict[str, str] = {}
    for (area, home), (block, group) in links:
        new[ids[block][group]] = ids[block][group] = ids[area][home]
    return {
        block: of._replace(
            ids=ids[block],
            part_of={
                part: new.get(whole, whole)
                for part, whole in of.part_of.items()
                if ids[block].get(part) != new.get(whole, whole)
            },
        )
        for block, of in joined.items()
    }


def _name_facilities(
    joined: Mapping[Block, _Joined], counts: Mapping[Block, Mapping[str, int]]
) -> dict[Block, dict[str, Facility]]:
    """The facility of each spelling of some places, named by its clearest spelling."""
    members: dict[str, list[tuple[Block, _Spelled]]] = defaultdict(list)
    names: dict[str, str] = {}
    wholes: dict[str, str] = {}
    for block, of in joined.items():
        for one in of.spellings.values():
            members[of.ids[one.group]].append((block, one))
        names.update((of.ids[group], name) for group, name in of.names.items())
        wholes.update((of.ids[group], whole) for group, whole in of.part_of.items())
    answers: dict[Block, dict[str, Facility]] = {block: {} for block in joined}
    for facility_id, spelled in members.items():
        shown = spelled[0][1].name if len(spelled) == 1 else _pick_clearest(spelled, counts)
        name = names.get(facility_id) or clean_name(shown)
        key = spelling_key(name)
        whole = wholes.get(facility_id, "")
        for block, one in spelled:
            exact = one.how != "person" and spelling_key(clean_name(one.name)) == key
            match = (
                "exact" if exact else describe_difference(parse(one.name), parse(shown), one.how)
            )
            score = 1.0 if exact else round(one.score, 2)
            answers[block][one.name] = Facility(facility_id, name, match, score, whole)
    return answers


def _pick_clearest(
    spelled: Iterable[tuple[Block, _Spelled]], counts: Mapping[Block, Mapping[str, int]]
) -> str:
    def rank(at: tuple[Block, _Spelled]) -> tuple[object, ...]:
        block, (name, *_) = at
        return rank_clearness(name, parse(name)), -counts[block][name], len(name), name

    return min(spelled, key=rank)[1].name
