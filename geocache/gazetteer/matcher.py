"""From a place as written to the place meant."""

from math import asin, cos, log10, radians, sin, sqrt
from typing import NamedTuple

from geocache.countries import country_code, country_name
from geocache.gazetteer.index import Index
from geocache.gazetteer.kinds import Kind
from geocache.gazetteer.readings import readings
from geocache.gazetteer.states import NOTHING, Matches, States
from geocache.names import key, repair
from geocache.place import Alternative, Flag, Place, Position, Precision

SOURCE = "gazetteer"
_KIND_COST = {
    Kind.OFFICIAL: 0.0,
    Kind.OFFICIAL_PART: 0.3,
    Kind.ALTERNATE: 0.9,
    Kind.OTHER_SCRIPT: 0.9,
}
_KIND_WORDS = {
    Kind.OFFICIAL: "official name",
    Kind.OFFICIAL_PART: "part of the official name",
    Kind.ALTERNATE: "alternate name",
    Kind.OTHER_SCRIPT: "name in another script",
}
_FAR_KM = 25.0


class Candidate(NamedTuple):
    """A place that may be meant; ``weight`` ranks it against the others of the same name."""

    row: int
    kind: Kind
    weight: float
    in_state: bool


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two (latitude, longitude) points in degrees."""
    lat1, lon1, lat2, lon2 = map(radians, (*a, *b))
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 12742.0 * asin(min(1.0, sqrt(h)))


class Matcher:
    """Ranks what the index knows of a place's words."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.states = States(index)

    def locate(self, place: Place) -> Position:
        """The best position for the place, or an unresolved one that says why."""
        country = country_code(place.country)
        if not country:
            named = "no country" if not place.country.strip() else "unknown country"
            return Position(source=SOURCE, reason=named)
        city = repair(place.city).strip()
        state = self.states.find(country, place.state) if place.state else NOTHING
        if not city:
            return self._region(country, state, "no city") or Position(
                source=SOURCE, reason="no city"
            )
        for reading, cost, rule in readings(city, country):
            if len(reading) < 2:
                continue
            found = self._candidates(country, key(reading), state)
            if found:
                return self._position(country, place, state, found, cost, rule)
        region = self.states.find(country, city)
        if region.score == 1.0:
            answer = self._region(country, region, f"“{city}” is a region")
            if answer:
                return answer
        return Position(source=SOURCE, reason=f"“{city}” not found in {country_name(country)}")

    def _candidates(self, country: str, name: str, state: Matches) -> list[Candidate]:
        index = self.index
        found: dict[int, Candidate] = {}
        for row, kind in index.named(country, name):
            inside = bool(state.numbers) and (
                index.first[row] in state.numbers or index.second[row] in state.numbers
            )
            weight = log10(index.populations[row] + 100) - _KIND_COST[kind]
            if index.hosts[row] != row:
                weight -= 1.0
            if inside:
                weight += 3.0
            if row not in found or found[row].weight < weight:
                found[row] = Candidate(row, kind, weight, inside)
        return sorted(found.values(), key=lambda c: -c.weight)

    def _position(
        self,
        country: str,
        place: Place,
        state: Matches,
        found: list[Candidate],
        cost: float,
        rule: str,
    ) -> Position:
        best = found[0]
        point = self.index.point(best.row)
        others = [c for c in found[1:6] if distance_km(point, self.index.point(c.row)) > _FAR_KM]
        flags = []
        if others and best.weight - others[0].weight < 0.5:
            flags.append(Flag.AMBIGUOUS)
        if state.score == 1.0 and not best.in_state:
            flags.append(Flag.CONFLICTING_STATE)
        if rule == "usual short name" and self.index.name(best.row) == "Palma":
            flags.append(Flag.APPROXIMATE)
        score = 1.0 - cost - 0.1 * _KIND_COST[best.kind] - 0.2 * len(flags)
        words = _KIND_WORDS[best.kind] + (f", {rule}" if rule else "")
        return Position(
            *point,
            Precision.CITY,
            self.label(best.row),
            SOURCE,
            round(max(0.05, score), 3),
            tuple(flags),
            f"{words} of {self.index.name(best.row)}" + (", state agrees" if best.in_state else ""),
            tuple(
                Alternative(*self.index.point(c.row), self.label(c.row), round(score - 0.1, 3))
                for c in others
            ),
        )

    def _region(self, country: str, region: Matches, why: str) -> Position | None:
        known = [r for r in self.index.regions(country) if r.number in region.numbers]
        if not known:
            return None
        best = max(known, key=lambda r: r.population)
        return Position(
            *self.index.point(best.main_place),
            Precision.REGION,
            f"{best.name}, {country_name(country)}",
            SOURCE,
            0.4,
            (Flag.APPROXIMATE,),
            f"{why}: largest place of {best.name}",
        )

    def label(self, row: int) -> str:
        """The place's name, its state's and its country's."""
        name = self.index.name(row)
        state = self.index.region_names.get(self.index.first[row], "")
        country = country_name(self.index.country(row))
        return ", ".join(dict.fromkeys(part for part in (name, state, country) if part))
