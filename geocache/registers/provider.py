"""A register as a provider: a facility and its town or postcode in, the facility's point out."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from geocache.facilities.cities import list_place_words
from geocache.facilities.compare import compare
from geocache.facilities.in_place import LocalName
from geocache.facilities.in_place import Place as Surroundings
from geocache.facilities.parse import parse
from geocache.geo.countries import country_code, country_name
from geocache.geo.distance import distance_km
from geocache.geo.facilities import is_placeholder
from geocache.geo.names import fold
from geocache.geo.uncertainty import DOOR_KM, estimate_radius
from geocache.place import (
    DOUBTFUL_FLAGS,
    REGISTER_PREFIX,
    Alternative,
    Flag,
    Place,
    Position,
    Precision,
)
from geocache.registers.facility import Facility
from geocache.registers.index import (
    RegisterIndex,
    hash_handle,
    hash_name,
    hash_name_at_postcode,
    hash_name_in_town,
)
from geocache.registers.names import (
    Likeness,
    compare_names,
    drop_town,
    is_generic,
    make_postcode_key,
    make_town_key,
    pick_handles,
    split_name,
    split_town,
)

SAME_KM = 0.5
"""Entries of one name closer than this are one facility, listed twice."""

TOWN_KM = 50.0
"""A point farther than this from a town that is known for sure is not in it."""

_NEAR_KM = 10.0
_ALONE_KM = 40.0
_CENTRE_KM = 0.1
_MOST = 64
_MOST_IN_COUNTRY = 24
_MOST_OF_A_WORD = 16
"""A word of more facilities of a town says too little, and comparing them all takes too long."""

_LEAST_SCORE = 0.8
"""Of the comparison of facilities: less is a guess."""

_MOST_ALTERNATIVES = 4
_SCORES = {
    Likeness.EQUAL: 1.0,
    Likeness.EQUAL_WITHOUT_TOWN: 0.97,
    Likeness.REORDERED: 0.95,
    Likeness.MISSPELT: 0.9,
    Likeness.OTHERWISE_CALLED: 0.85,
}
_WORDS = {
    Likeness.EQUAL: "name",
    Likeness.EQUAL_WITHOUT_TOWN: "name without the town",
    Likeness.REORDERED: "words of the name",
    Likeness.MISSPELT: "name but for a letter",
    Likeness.OTHERWISE_CALLED: "another way to write the name",
}
_FINE = frozenset((Precision.CITY, Precision.POSTCODE))

LocateTown = Callable[[Place], Position]
"""Where a town is; the gazetteer's ``locate``."""


class _Asked(NamedTuple):
    """A place, prepared for comparing; ``town`` is where the gazetteer puts it."""

    place: Place
    code: str
    words: list[str]
    town_key: str
    town_words: frozenset[str]
    postcode: str
    town: Position

    @property
    def is_sure(self) -> bool:
        """Whether the gazetteer knows the town for sure."""
        return _is_sure(self.town)


class _Candidate(NamedTuple):
    """A facility whose name agrees, how well, and which part of its geography does."""

    facility: Facility
    likeness: Likeness
    agrees: str


class Register:
    """A list of facilities with their points, indexed on disk; sends nothing anywhere.

    Answers only if name and geography agree: the name equal but for case, accents, signs, small
    words, the town's name, order, or a letter of a long word, or of one facility by the rules of
    :mod:`geocache.facilities`; the country, and the town or the postcode. Two facilities alike
    give no position, but both as alternatives.

    Args:
        index: the register's index.
        version: of its content and rules.
        locate_town: the gazetteer's ``locate``.

    ``attribution`` is its licence line.
    """

    online = False
    remembers_misses = False

    def __init__(self, index: RegisterIndex, version: str, locate_town: LocateTown) -> None:
        self.title = str(index.about["name"])
        self.name = REGISTER_PREFIX + self.title
        self.version = version
        licence = str(index.about.get("licence") or "")
        self.attribution = (
            f"{self.title}: {licence}"
            if licence
            else f"{self.title} (a register whose licence is not stated)"
        )
        self._index = index
        self._locate_town = locate_town

    @property
    def about(self) -> dict[str, Any]:
        """What is known of the register: counts, countries, licence, what was left out."""
        return self._index.about

    @property
    def folder(self) -> Path:
        """The folder of its index."""
        return self._index.folder

    def locate(self, place: Place) -> Position:
        """The facility's position; unresolved, with the reason, if it is not in the register."""
        if not place.facility or is_placeholder(place.facility):
            return Position()
        code = country_code(place.country)
        if not code or not (place.city or place.postcode):
            return Position()
        words = split_name(place.facility)
        town_words = split_town(place.city)
        town_key, postcode = make_town_key(place.city), make_postcode_key(code, place.postcode)
        found = self._find_rows(code, words, town_key, town_words, postcode)
        if not found:
            return self._miss(f"not in {self.title}")
        town = self._locate_town(place._replace(facility=""))
        asked = _Asked(place, code, words, town_key, town_words, postcode, town)
        candidates = [each for row in found if (each := self._judge(asked, self._index.read(row)))]
        return self._choose(asked, candidates)

    def _miss(self, reason: str) -> Position:
        return Position(reason=reason)  # without a source: those asked later decide

    def _find_rows(
        self, code: str, words: list[str], town: str, town_words: frozenset[str], postcode: str
    ) -> Iterable[int]:
        """The rows that may be meant, from the closest key on."""
        find = self._index.find
        bare = drop_town(words, town_words)
        found: dict[int, None] = {}
        for key in dict.fromkeys(("".join(words), "".join(bare))):
            if town:
                found |= dict.fromkeys(find(hash_name_in_town(code, key, town), _MOST))
            if postcode:
                found |= dict.fromkeys(find(hash_name_at_postcode(code, key, postcode), _MOST))
        if found:
            return found
        for key in dict.fromkeys(("".join(words), "".join(bare))):
            everywhere = find(hash_name(code, key), _MOST_IN_COUNTRY + 1)
            if len(everywhere) <= _MOST_IN_COUNTRY:
                found |= dict.fromkeys(everywhere)
        for word in pick_handles(bare, 3) if town else ():
            several = find(hash_handle(code, town, word), _MOST_OF_A_WORD + 1)
            if len(several) <= _MOST_OF_A_WORD:
                found |= dict.fromkeys(several)
        return found

    def _judge(self, asked: _Asked, facility: Facility) -> _Candidate | None:
        """The facility as a candidate if its name and its geography agree with the place."""
        if facility.country != asked.code:
            return None
        town = asked.town_words | split_town(facility.city)
        likeness = min(compare_names(asked.words, split_name(one), town) for one in facility.names)
        if likeness is Likeness.DIFFERENT and _is_same_facility(asked, facility):
            likeness = Likeness.OTHERWISE_CALLED
        if likeness is Likeness.DIFFERENT:
            return None
        agrees = self._agree(asked, facility, likeness)
        return _Candidate(facility, likeness, agrees) if agrees else None

    def _agree(self, asked: _Asked, facility: Facility, likeness: Likeness) -> str:
        """Which part of the geography agrees; empty if none does, or another contradicts."""
        apart = _measure(asked.town, (facility.latitude, facility.longitude))
        postcode = make_postcode_key(facility.country, facility.postcode)
        if (asked.is_sure and apart > TOWN_KM) or _contradicts(asked, postcode):
            return ""
        if postcode and postcode == asked.postcode and likeness < Likeness.MISSPELT:
            return "postcode"
        town = make_town_key(facility.city)
        if town and town == asked.town_key:
            return "town" if asked.is_sure or self._has_state(asked, facility) else "name of town"
        if likeness >= Likeness.MISSPELT or not asked.is_sure:
            return ""
        if town:
            return "town" if self._is_same_town(asked, facility) else ""
        is_near = not postcode and apart <= _NEAR_KM and not is_generic(asked.words)
        return "nearness to the town" if is_near else ""

    @staticmethod
    def _has_state(asked: _Asked, facility: Facility) -> bool:
        mine = fold(asked.place.state)
        return bool(mine) and mine == fold(facility.state)

    def _is_same_town(self, asked: _Asked, facility: Facility) -> bool:
        """Whether two names are those of one town (Wien, Vienna)."""
        mine = asked.place._replace(facility="", postcode="")
        theirs = Place("", facility.city, facility.state, "", facility.country)
        first, second = self._locate_town(mine), self._locate_town(theirs)
        if not (_is_sure(first) and _is_sure(second)):
            return False
        return (
            first.place_name == second.place_name
            and _measure(first, (second.latitude or 0.0, second.longitude or 0.0)) < SAME_KM
        )

    def _choose(self, asked: _Asked, candidates: list[_Candidate]) -> Position:
        """The closest candidate; only alternatives if there are several alike, or in doubt."""
        if not candidates:
            return self._miss(f"not in {self.title}")
        closest = min(one.likeness for one in candidates)
        alike = [one for one in candidates if one.likeness is closest]
        at_code = [one for one in alike if one.agrees == "postcode"]
        alike = at_code or alike
        best = alike[0]
        point = (best.facility.latitude, best.facility.longitude)
        others = [
            one
            for one in alike[1:]
            if distance_km(point, (one.facility.latitude, one.facility.longitude)) > SAME_KM
        ]
        if others:
            count = len(others) + 1
            return self._doubt(f"{count} facilities alike in {self.title}", [best, *others])
        if best.agrees == "name of town":
            if Flag.AMBIGUOUS in asked.town.flags or Flag.CONFLICTING_STATE in asked.town.flags:
                return self._doubt(f"in {self.title}, but the town is in doubt", alike)
            if _measure(asked.town, point) > TOWN_KM and asked.town.resolved:
                return self._miss(f"in {self.title}, but far from the town")
        if best.agrees == "nearness to the town" and self._has_namesake(asked, best.facility):
            return self._doubt(f"in {self.title}, but there are several", alike)
        return self._build(asked, best)

    def _has_namesake(self, asked: _Asked, facility: Facility) -> bool:
        """Whether another facility of the name is not far: the town cannot tell them apart."""
        key = "".join(asked.words)
        rows = self._index.find(hash_name(asked.code, key), _MOST_IN_COUNTRY + 1)
        here = (facility.latitude, facility.longitude)
        apart = [
            distance_km(here, (other.latitude, other.longitude))
            for other in map(self._index.read, rows)
        ]
        return len(rows) > _MOST_IN_COUNTRY or any(SAME_KM < far <= _ALONE_KM for far in apart)

    def _doubt(self, reason: str, candidates: list[_Candidate]) -> Position:
        return Position(
            source=self.name,
            reason=reason,
            alternatives=tuple(
                Alternative(
                    one.facility.latitude,
                    one.facility.longitude,
                    _build_label(one.facility),
                    round(_SCORES[one.likeness] / 2, 3),
                )
                for one in candidates[:_MOST_ALTERNATIVES]
            ),
        )

    def _build(self, asked: _Asked, found: _Candidate) -> Position:
        facility = found.facility
        point = (facility.latitude, facility.longitude)
        is_centre = facility.shared or _measure(asked.town, point) <= _CENTRE_KM
        reason = f"{_WORDS[found.likeness]} of {facility.names[0]}; {found.agrees} agrees"
        if is_centre:
            reason += "; the register gives the centre of the town"
        position = Position(
            *point,
            Precision.CITY if is_centre else Precision.FACILITY,
            _build_label(facility),
            self.name,
            _SCORES[found.likeness],
            (),
            reason,
            uncertainty_km=asked.town.uncertainty_km if is_centre else DOOR_KM,
        )
        radius_km = estimate_radius(position, facility.country)
        return position._replace(uncertainty_km=radius_km)


class UnreadableRegister:
    """Stands for a register that cannot be read: it knows no facility, and says why."""

    online = False
    remembers_misses = False
    attribution = ""

    def __init__(self, title: str, problem: str) -> None:
        self.title = title
        self.name = REGISTER_PREFIX + title
        self.version = "unreadable"
        self.warnings = (f"The register “{title}” is not used: {problem}",)

    def locate(self, place: Place) -> Position:  # noqa: ARG002
        """Unresolved."""
        return Position()


def _is_sure(town: Position) -> bool:
    return town.resolved and town.precision in _FINE and DOUBTFUL_FLAGS.isdisjoint(town.flags)


def _measure(town: Position, point: tuple[float, float]) -> float:
    """The distance in km from a town to a point; infinite if the town is unresolved."""
    if town.latitude is None or town.longitude is None:
        return float("inf")
    return distance_km((town.latitude, town.longitude), point)


def _is_same_facility(asked: _Asked, facility: Facility) -> bool:
    """Whether two names in one town are of one facility, in other words or another language.

    A door is never a guess: the words that tell facilities apart must be the same ones.
    """
    if make_town_key(facility.city) != asked.town_key:
        return False
    place = _describe_town(facility.city, facility.state, facility.country)
    mine = LocalName(_parse(asked.place.facility), place)
    return any(_is_same_name(mine, LocalName(_parse(name), place)) for name in facility.names)


def _is_same_name(mine: LocalName, theirs: LocalName) -> bool:
    if not mine.own_names or mine.own_names != theirs.own_names or mine.numbers != theirs.numbers:
        return False
    if not all(any(segment.is_hospital for segment in one.main) for one in (mine, theirs)):
        return False  # "Santa Maria" may be anything
    first, second = ({w for s in one.main for w in s.words} for one in (mine, theirs))
    mine_alone, theirs_alone = first - second, second - first
    if any(f"{word}s" in theirs_alone for word in mine_alone) or any(
        f"{word}s" in mine_alone for word in theirs_alone
    ):
        return False  # several houses, and one of them
    verdict = compare(mine, theirs)
    return verdict.relation == "same" and verdict.score >= _LEAST_SCORE


_parse = lru_cache(maxsize=16_384)(parse)


@lru_cache(maxsize=2_048)
def _describe_town(city: str, state: str, country: str) -> Surroundings:
    return Surroundings(list_place_words(city, state, country))


def _contradicts(asked: _Asked, postcode: str) -> bool:
    """Whether another postcode tells two houses of a town apart whose names do not."""
    if not postcode or not asked.postcode or not is_generic(asked.words):
        return False
    half = max(2, min(len(postcode), len(asked.postcode)) // 2)
    return postcode[:half] != asked.postcode[:half]


def _build_label(facility: Facility) -> str:
    parts = (facility.names[0], facility.city, country_name(facility.country))
    return ", ".join(dict.fromkeys(part for part in parts if part))
