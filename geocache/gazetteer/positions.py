"""Positions with their flags, scores and reasons, from ranked candidates."""

from functools import lru_cache

from geocache.gazetteer.evidence import AT_ZIP, Evidence
from geocache.gazetteer.index import Index, RegionRow
from geocache.gazetteer.name_kinds import WORDS, NameKind
from geocache.gazetteer.ranking import FAME, FAME_LIMIT, KIND_COST, Candidate, pick_distant
from geocache.gazetteer.states import Matches
from geocache.geo.countries import country_name
from geocache.geo.distance import distance_km
from geocache.geo.names import fold, make_key
from geocache.place import Alternative, Flag, Position, Precision

SOURCE = "gazetteer"
AMBIGUOUS_WEIGHT = 0.9
_SMALL_COUNTRY_KM = 45.0
MOST_ALTERNATIVES = 4
_SURE_POPULATION = 50_000
_TOWN_POPULATION = 5_000
PART_COST = 0.1
_DISTRICT, _SOUND, _OFFICIAL = NameKind.DISTRICT, NameKind.SOUND, NameKind.OFFICIAL
_CITY, _REGION = Precision.CITY, Precision.REGION


def _prior(one: Candidate) -> float:
    """A candidate's weight before any witness was heard."""
    return one.weight - one.verdict.weight


class PositionBuilder:
    """Says where, how exactly, how surely, and why."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._around = lru_cache(maxsize=8_192)(self._state_and_country)
        self.small_country = lru_cache(maxsize=300)(self._small_country)

    @staticmethod
    def unresolved(reason: str) -> Position:
        """No position, and why."""
        return Position(source=SOURCE, reason=reason)

    def city(self, found: list[Candidate], witness: Evidence) -> Position:
        """The first of ranked candidates, the others as alternatives where they are far."""
        index = self._index
        best = found[0]
        row, kind, _, verdict, reading, letters = best
        others = pick_distant(index, found) if len(found) > 1 else []
        flags = self._doubts(best, others)
        by_zip = witness.area is not None and witness.area.exact
        if by_zip and verdict.area is False and not verdict.state:
            return self._zip(witness, f"not {index.name(row)}", reading.name)
        score = 1.0 - reading.cost - 0.1 * KIND_COST[kind] - 0.1 * letters - 0.2 * len(flags)
        latitude, longitude = index.point(row)
        name = index.name(row)
        return Position(
            latitude,
            longitude,
            _CITY,
            self._labelled(row, name),
            SOURCE,
            round(score, 3) if score > 0.05 else 0.05,
            flags,
            self._reason(best, name),
            tuple(
                [
                    Alternative(
                        *index.point(one.row),
                        self.label(one.row),
                        round(max(0.01, score - 0.1 * (1 + best.weight - one.weight)), 3),
                    )
                    for one in others
                ]
            )
            if others
            else (),
        )

    def _doubts(self, best: Candidate, others: list[Candidate]) -> tuple[Flag, ...]:
        row, kind, _, (state, area, _), reading, letters = best
        plain = kind < _DISTRICT and not reading.rule and not letters
        if plain and state is None and area is None and not others:
            return ()  # as most are
        flags = []
        if others:
            others = [one for one in others if not self._districts(best, one)]
        if others and (
            self._lead(best, others[0]) < AMBIGUOUS_WEIGHT
            or (self._only_area(best) and _prior(best) < max(map(_prior, others)))
        ):
            flags.append(Flag.AMBIGUOUS)
        near = kind is _SOUND or letters
        part = reading.part or reading.cost >= PART_COST
        if kind is _DISTRICT or part or (near and not self._trusted(best)):
            flags.append(Flag.APPROXIMATE)
        if state is False:
            flags.append(Flag.CONFLICTING_STATE)
        if area is False and not state and not flags:
            large = self._index.populations[row] >= _SURE_POPULATION
            if not (large and kind is _OFFICIAL):
                flags.append(Flag.AMBIGUOUS)
        return tuple(flags)

    def _lead(self, best: Candidate, other: Candidate) -> float:
        """How far ahead a place is, by its weight or without its fame, whichever is less."""
        lead = best.weight - other.weight
        fame = [min(self._index.fame[one.row], FAME_LIMIT) for one in (best, other)]
        return min(lead, lead - FAME * (fame[0] - fame[1]))

    def _districts(self, best: Candidate, other: Candidate) -> bool:
        """Whether a city's rival is but a large district of another (Salamanca in Madrid)."""
        hosts, large = self._index.hosts, self._index.populations[other.row] >= _SURE_POPULATION
        return large and hosts[other.row] != other.row and hosts[best.row] == best.row

    @staticmethod
    def _only_area(best: Candidate) -> bool:
        """Whether nothing but a rough postcode area speaks for a place."""
        return bool(best.verdict.area) and not best.verdict.state and best.verdict.weight < AT_ZIP

    def _trusted(self, best: Candidate) -> bool:
        """A near spelling is trusted of a larger place, the less so the fewer witnesses agree."""
        people = self._index.populations[best.row]
        if best.verdict.state or best.verdict.area:
            return people >= (_SURE_POPULATION if best.letters > 1 else _TOWN_POPULATION)
        return best.letters < 2 and people >= _SURE_POPULATION

    def _reason(self, best: Candidate, name: str) -> str:
        """Why the best candidate was chosen, whose place has this ``name``."""
        row, kind, _, (state, area, _), reading, letters = best
        said = WORDS[kind]
        if letters:
            said = f"{letters} letter{'s' * (letters > 1)} from a name"
        if reading.rule:
            said = f"{said}, {reading.rule}"
        if kind is _DISTRICT and not self._index.populations[row]:
            name = self._index.name(self._index.hosts[row])
        said = f"{said} of {name}"
        if state is not None:
            said += "; state agrees" if state else "; another state"
        if area is not None:
            said += "; postcode agrees" if area else "; another postcode"
        return said

    def _zip(self, witness: Evidence, why: str, name: str) -> Position:
        """The ZIP code's own point: approximate unless it goes by the name asked for."""
        area = witness.area
        assert area is not None  # noqa: S101 - callers ask only with a ZIP code
        flags = []
        if not name or make_key(fold(area.name))[:4] != make_key(name)[:4]:
            flags.append(Flag.APPROXIMATE)
        if witness.state.numbers and area.region not in witness.state.numbers:
            flags.append(Flag.CONFLICTING_STATE)
        return Position(
            area.point[0],
            area.point[1],
            Precision.POSTCODE,
            f"{area.name}, United States",
            SOURCE,
            round(0.8 - 0.15 * len(flags), 3),
            tuple(flags),
            f"{why}; ZIP code of {area.name}",
        )

    def region(self, country: str, region: Matches, witness: Evidence, why: str) -> Position | None:
        """The largest place of a region, or the postcode's city within it."""
        known = self._index.some_regions(country, region.numbers)
        rows = [one for one in known if one.main_place >= 0]
        if not rows:
            return None
        best = max(rows, key=lambda r: self._region_weight(r, witness)) if rows[1:] else rows[0]
        return Position(
            *self._index.point(best.main_place),
            _REGION,
            self._joined(best.name, country_name(country)),
            SOURCE,
            0.4,
            (Flag.APPROXIMATE,),
            f"{why}; put at its largest place, {self._index.name(best.main_place)}",
        )

    @staticmethod
    def _region_weight(region: RegionRow, witness: Evidence) -> tuple[float, int]:
        return (witness.hear(region.main_place).weight, region.population)

    def around(self, country: str, witness: Evidence, missing: str) -> Position | None:
        """A rough position from the postcode, the state, or a country no larger than a city."""
        area = witness.area
        if area is not None and area.exact:
            return self._zip(witness, missing, "")
        if witness.city >= 0:
            return self.near(witness.city, f"{missing}; the state names a city")
        if area is not None and area.region < 0:
            verdict = witness.hear(area.row)
            if verdict.state is not False:
                return self.near(area.row, f"{missing}; the postcode's area")
        if witness.state.numbers:
            return self.region(country, witness.state, witness, missing)
        if area is not None:
            matches = Matches(frozenset((area.region,)), 1.0)
            return self.region(country, matches, witness, f"{missing}; the postcode's state")
        small = self.small_country(country)
        return self.near(small, f"{missing}; a small country") if small >= 0 else None

    def near(self, row: int, why: str) -> Position:
        """A place that is not the one asked for, but near it."""
        return Position(
            *self._index.point(row),
            Precision.CITY,
            self.label(row),
            SOURCE,
            0.4,
            (Flag.APPROXIMATE,),
            f"{why}: {self._index.name(row)}",
        )

    def _small_country(self, country: str) -> int:
        """The largest place of a country that lies all within reach of it, else -1."""
        index = self._index
        states = [r for r in index.regions(country) if r.level == 1 and r.main_place >= 0]
        rows = [row for state in states for row in index.rows_of_region(state.number)]
        if not rows:
            return -1
        main = max(rows, key=index.populations.__getitem__)
        here = index.point(main)
        if all(distance_km(here, index.point(row)) <= _SMALL_COUNTRY_KM for row in rows):
            return main
        return -1

    def label(self, row: int) -> str:
        """The place's name, its state's and its country's."""
        return self._labelled(row, self._index.name(row))

    def _labelled(self, row: int, name: str) -> str:
        state, country, both = self._around(self._index.first[row], self._index.country(row))
        if name and both and name not in (state, country):
            return f"{name}, {both}"
        return self._joined(name, state, country)

    def _state_and_country(self, first: int, code: str) -> tuple[str, str, str]:
        """The names of a state's number and of a country's code, and as they are read together."""
        state = self._index.region_names[first] if first >= 0 else ""
        country = country_name(code)
        return state, country, self._joined(state, country)

    @staticmethod
    def _joined(*parts: str) -> str:
        return ", ".join(dict.fromkeys(filter(None, parts)))
