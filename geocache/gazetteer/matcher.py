"""From a place as written to the place meant."""

from functools import lru_cache

from geocache.gazetteer.evidence import AT_ZIP, NEAR_STATE, Evidence
from geocache.gazetteer.finder import Finder
from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.positions import PositionBuilder
from geocache.gazetteer.postcodes import Postcodes
from geocache.gazetteer.ranking import Candidate
from geocache.gazetteer.states import NOTHING, Matches, States
from geocache.gazetteer.territories import find_territory, list_related_countries
from geocache.gazetteer.variants import NOWHERE
from geocache.gazetteer.worldwide import WorldwideSearch
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code, country_name, look_up_english_code
from geocache.geo.names import MAX_NAME_LENGTH, fold, make_key, repair
from geocache.place import Flag, Place, Position

_STATE_CITY_POPULATION = 30_000
_CITY_POPULATION = 50_000
_OTHER_SCRIPT, _ALTERNATE = NameKind.OTHER_SCRIPT, NameKind.ALTERNATE
_WARDS = {"JP": " ku", "KR": " gu"}
"""How names of wards end where cities far apart have wards of one name."""


def _doubted(answer: Position, flag: Flag, why: str) -> Position:
    """The answer with one more flag, which costs as much as any."""
    score = round(max(0.05, answer.score - 0.2), 3)
    flags = (*answer.flags, flag)
    return answer._replace(flags=flags, score=score, reason=f"{answer.reason}; {why}")


class Matcher:
    """Reads a place's words and ranks what the index knows of them."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.states = States(index)
        self.postcodes = Postcodes(index)
        self._finder = Finder(index, self.states)
        self.answers = PositionBuilder(index)
        self._world = WorldwideSearch(index, self.answers.label)
        self._no_witness = Evidence(index, NOTHING, None)
        self._located = lru_cache(maxsize=20_000)(self._locate)

    def locate(self, place: Place) -> Position:
        """The best position for the place, or an unresolved one that says why."""
        return self._located(
            place.city[: 2 * MAX_NAME_LENGTH],
            place.state[: 2 * MAX_NAME_LENGTH],
            place.postcode[:40],
            place.country[: 2 * MAX_NAME_LENGTH],
        )

    def _locate(self, city: str, state: str, postcode: str, country: str) -> Position:
        code = country_code(country)
        city = repair(city).strip()
        if not code:
            return self._without_country(city, country)
        if city and make_key(fold(city)) in NOWHERE:
            city = ""
        other = find_territory(self.states, code, state) if state else ""
        if other:
            code, state = other, ""
        witness = self._witness(code, state, postcode)
        found = self._city(code, city, state, postcode, witness) if city else None
        if found:
            return found
        missing = f"“{city}” not found in {country_name(code)}" if city else "no city"
        return self.answers.around(code, witness, missing) or self.answers.unresolved(missing)

    def _city(
        self, code: str, city: str, state: str, postcode: str, witness: Evidence
    ) -> Position | None:
        """The city, or the region, ward or territory's city that its name means."""
        found = self._finder.named(code, city, witness)
        if found and state:
            if found[0].verdict.area is False and not witness.state.numbers:
                found = self._swapped(code, state, postcode) or found
            ward = self._ward(code, city, state, found[0])
            if ward >= 0:
                return self.answers.near(ward, f"“{city}” is a ward")
        sure = bool(found) and not self._maybe_province(found[0])
        region = NOTHING if sure else self.states.exactly(code, city)
        answer = None
        if region.numbers and not (found and not self._province(code, region, found[0])):
            answer = self.answers.region(code, region, witness, f"“{city}” is a region")
            found = []
        if not answer:
            found = found or self._finder.nearly(code, city, witness)
            answer = self.answers.city(found, witness) if found else self._abroad(code, city)
            silent = not witness.state.numbers and witness.city < 0
            if state and found and silent and not found[0].verdict.area:
                other = self._foreign(code, city, state)
                if other and answer:
                    why = f"the state is in {country_name(other)}"
                    answer = _doubted(answer, Flag.CONFLICTING_STATE, why)
        return answer

    def _abroad(self, code: str, city: str) -> Position | None:
        """A city that lies in a territory of the country, or in what it was one country with."""
        for relative in list_related_countries(code):
            found = self._finder.named(relative, city, self._no_witness)
            if found and found[0].reading.cost < 0.1:
                answer = self.answers.city(found, self._no_witness)
                point = self.index.point(found[0].row)
                if in_country(*point, code):
                    return answer
                return _doubted(answer, Flag.OUTSIDE_COUNTRY, "not in the country named")
        return None

    def _foreign(self, code: str, city: str, state: str) -> str:
        """The country that has the state, and in it a city of that name; empty for none."""
        name = make_key(fold(city))
        for other in self.index.countries:
            if other == code:
                continue
            numbers = self.states.exactly(other, state).numbers
            if numbers and any(
                self.index.first[row] in numbers
                for row, kind in self.index.named(other, name)
                if kind < NameKind.OTHER_SCRIPT
            ):
                return other
        return ""

    def _ward(self, code: str, city: str, state: str, best: Candidate) -> int:
        """The row of the city in the state column, when the ward found is another's; else -1."""
        if code not in _WARDS or not fold(city).endswith(_WARDS[code]):
            return -1
        if best.verdict.state and best.verdict.weight > NEAR_STATE:
            return -1
        return self._city_in_state_column(code, state)

    def _witness(self, code: str, state: str, postcode: str) -> Evidence:
        if state and look_up_english_code(state) == code:
            state = ""
        if not state and not postcode:
            return self._no_witness
        matches = self.states.find(code, state) if state else NOTHING
        area = self.postcodes.find(code, postcode) if postcode else None
        row = -1
        if state and not matches.numbers:
            row = self._city_in_state_column(code, state)
        return Evidence(self.index, matches, area, row)

    def _province(self, code: str, region: Matches, best: Candidate) -> bool:
        """Whether a state is meant rather than a small place of its name, or one by another name.

        Aichi is a prefecture, whatever city lists that as its other name.
        """
        states = [
            r.population
            for r in self.index.some_regions(code, region.numbers)
            if r.level == 1 and r.main_place != best.row
        ]
        return bool(states) and self.index.populations[best.row] < 0.1 * max(states)

    def _maybe_province(self, best: Candidate) -> bool:
        """Whether a place is doubtful enough to look for a state of its name."""
        if best.verdict.state or best.verdict.weight >= AT_ZIP:
            return False
        return best.kind >= _ALTERNATE or self.index.populations[best.row] < _CITY_POPULATION

    def _swapped(self, code: str, state: str, postcode: str) -> list[Candidate]:
        """Candidates for the state's text read as the city, where the postcode agrees."""
        found = self._finder.named(code, state, self._witness(code, "", postcode))
        return [
            one._replace(verdict=one.verdict._replace(state=False))
            for one in found
            if one.verdict.area
        ][:1]

    def _city_in_state_column(self, code: str, state: str) -> int:
        rows = [
            row
            for row, kind in self.index.named(code, make_key(fold(repair(state))))
            if kind < NameKind.OTHER_SCRIPT
            and self.index.populations[row] >= _STATE_CITY_POPULATION
        ]
        return max(rows, key=self.index.populations.__getitem__) if rows else -1

    def _without_country(self, city: str, country: str) -> Position:
        """Unresolved, unless the city's name is borne by one place in the whole world."""
        why = f"unknown country “{country.strip()}”" if country.strip() else "no country"
        name = make_key(fold(city))
        if len(name) > 3:
            answer = self._world.unique(self._anywhere(name), why)
            if answer:
                return answer
        return self.answers.unresolved(why)

    def largest(self, city: str) -> Position:
        """The largest place of a name in the world: for a person's search, never for a site."""
        name = make_key(fold(city))
        named = len(name) > 2 and any(letter.isalpha() for letter in name)
        return self._world.largest(self._anywhere(name) if named else [])

    def _anywhere(self, name: str) -> list[tuple[str, int, NameKind]]:
        return [
            (code, row, kind)
            for code in self.index.countries
            for row, kind in self.index.named(code, name)
            if kind < NameKind.OTHER_SCRIPT
        ]
