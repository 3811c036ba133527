"""From a place as written to the place meant."""

from functools import lru_cache

from geocache.countries import country_code, country_name, usual_country_code
from geocache.gazetteer.answers import Answers
from geocache.gazetteer.anywhere import Anywhere
from geocache.gazetteer.index import Index
from geocache.gazetteer.kinds import Kind
from geocache.gazetteer.postcodes import Postcodes
from geocache.gazetteer.ranking import Candidate, candidate, ranked
from geocache.gazetteer.readings import NOWHERE, Reading, readings
from geocache.gazetteer.sounds import sound
from geocache.gazetteer.spelling import Spelling
from geocache.gazetteer.states import NOTHING, Matches, States
from geocache.gazetteer.witness import AT_ZIP, NEAR_STATE, Witness
from geocache.names import MAX_NAME_LENGTH, fold, key, repair
from geocache.place import Place, Position

_FAMILIES = {
    "US": "PR GU VI MP AS",
    "CN": "HK MO TW",
    "FR": "RE GP MQ GF YT NC PF",
    "GB": "JE GG IM GI",
    "RS": "ME XK",
    "CZ": "SK",
    "NL": "CW AW SX BQ",
    "CW": "SX BQ AW",
    "IL": "PS",
    "PS": "IL",
    "DK": "FO GL",
    "MA": "EH",
    "ES": "AD",
    "RU": "UA",
    "FI": "AX",
}
"""Where a country's registries also file the sites of another code."""

_STATE_CITY_POPULATION = 30_000
_PART_POPULATION = 15_000
_CITY_POPULATION = 50_000


class Matcher:
    """Reads a place's words and ranks what the index knows of them."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.states = States(index)
        self.postcodes = Postcodes(index)
        self.spelling = Spelling(index)
        self.answers = Answers(index)
        self._world = Anywhere(index, self.answers.label)
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
        if city and key(fold(city)) in NOWHERE:
            city = ""
        witness = self._witness(code, state, postcode)
        if city:
            found = self._named(code, city, witness)
            if found and found[0].verdict.area is False and state and not witness.state.numbers:
                swapped = self._swapped(code, state, postcode)
                found = swapped or found
            region = self.states.exactly(code, city)
            if found and not (region.numbers and self._province(code, region, found[0])):
                return self.answers.city(code, found, witness)
            if region.numbers:
                answer = self.answers.region(code, region, witness, f"“{city}” is a region")
                if answer:
                    return answer
            found = self._nearly(code, city, witness)
            if found:
                return self.answers.city(code, found, witness)
            for relative in _FAMILIES.get(code, "").split():
                found = self._named(relative, city, Witness(self.index, NOTHING, None))
                if found and found[0].reading.cost < 0.1:
                    return self.answers.city(relative, found, witness)
        missing = f"“{city}” not found in {country_name(code)}" if city else "no city"
        return self.answers.around(code, witness, missing) or self.answers.unresolved(missing)

    def _witness(self, code: str, state: str, postcode: str) -> Witness:
        if state and usual_country_code(state) == code:
            state = ""
        matches = self.states.find(code, state) if state else NOTHING
        area = self.postcodes.find(code, postcode) if postcode else None
        row = -1
        if state and not matches.numbers:
            row = self._city_in_state_column(code, state)
        return Witness(self.index, matches, area, row)

    def _province(self, code: str, region: Matches, best: Candidate) -> bool:
        """Whether a state is meant rather than a small place of its name, or one by another name.

        Aichi is a prefecture, whatever city lists that as its other name.
        """
        if best.verdict.state or best.verdict.weight >= AT_ZIP:
            return False
        states = [
            r.population
            for r in self.index.some_regions(code, region.numbers)
            if r.level == 1 and r.main_place != best.row
        ]
        people = self.index.populations[best.row]
        if not states or people >= 0.1 * max(states):
            return False
        return people < _CITY_POPULATION or best.kind >= Kind.ALTERNATE

    def _swapped(self, code: str, state: str, postcode: str) -> list[Candidate]:
        """Candidates for the state's text read as the city, where the postcode agrees."""
        found = self._named(code, state, self._witness(code, "", postcode))
        return [
            one._replace(verdict=one.verdict._replace(state=False))
            for one in found
            if one.verdict.area
        ][:1]

    def _city_in_state_column(self, code: str, state: str) -> int:
        rows = [
            row
            for row, kind in self.index.named(code, key(fold(repair(state))))
            if kind < Kind.OTHER_SCRIPT and self.index.populations[row] >= _STATE_CITY_POPULATION
        ]
        return max(rows, key=self.index.populations.__getitem__) if rows else -1

    def _named(self, code: str, city: str, witness: Witness) -> list[Candidate]:
        """Candidates of the readings, ranked; reading on while the witnesses contradict."""
        index = self.index
        folded = fold(city)
        literal = key(folded)
        as_written = Reading(folded, 0.0, "")
        found = [
            candidate(witness, row, kind, as_written) for row, kind in index.named(code, literal)
        ]
        if found and self._settled(found):
            return ranked(index, found) if len(found) > 1 else found
        for reading in readings(city, code):
            name = key(reading.name)
            if name == literal or usual_country_code(reading.name) == code:
                continue
            heard = witness
            if reading.hint and not witness.state.numbers:
                hinted = self.states.exactly(code, reading.hint)
                if hinted.numbers:
                    heard = witness._replace(state=hinted)
            rows = index.named(code, name)
            if reading.part:
                if found:
                    break
                rows = [
                    (row, kind)
                    for row, kind in rows
                    if kind < Kind.OTHER_SCRIPT and index.populations[row] >= _PART_POPULATION
                ]
            found += [candidate(heard, row, kind, reading) for row, kind in rows]
            if found and self._settled(found):
                break
        return ranked(self.index, found)

    @staticmethod
    def _settled(found: list[Candidate]) -> bool:
        best = max(found, key=lambda c: c.weight)
        verdict = best.verdict
        sure = verdict.state is None or verdict.weight > NEAR_STATE
        return sure and verdict.state is not False and verdict.area is not False

    def _nearly(self, code: str, city: str, witness: Witness) -> list[Candidate]:
        """Candidates that sound like the city or are spelt nearly so."""
        index = self.index
        found: list[Candidate] = []
        for reading in readings(city, code):
            if reading.part:
                break
            name = key(reading.name)
            alike = sound(code, name)
            if alike:
                found += [
                    candidate(witness, row, Kind.SOUND, reading)
                    for row, _ in index.named("~" + code, alike)
                ]
            found += [
                candidate(witness, row, Kind.ALTERNATE, reading, letters)
                for letters, spelt in self.spelling.close(code, name)
                for row, kind in index.named(code, spelt)
                if kind < Kind.OTHER_SCRIPT
            ]
            found = [one for one in found if self._plausible(one, len(name))]
            if found:
                break
        return ranked(self.index, found)

    def _plausible(self, one: Candidate, length: int) -> bool:
        """Whether a near name may stand: never against a witness, alone only for a larger city."""
        if one.verdict.state is False or one.verdict.area is False:
            return False
        if one.verdict.state or one.verdict.area:
            return True
        people = self.index.populations[one.row]
        if one.letters < 2:
            return people >= (15_000 if length < 7 else 5_000)
        return length > 8 and people >= 50_000

    def _without_country(self, city: str, country: str) -> Position:
        """Unresolved, unless the city's name is borne by one place in the whole world."""
        why = f"unknown country “{country.strip()}”" if country.strip() else "no country"
        name = key(fold(city))
        if len(name) > 3:
            answer = self._world.unique(self._anywhere(name), why)
            if answer:
                return answer
        return self.answers.unresolved(why)

    def largest(self, city: str) -> Position:
        """The largest place of a name in the world: for a person's search, never for a site."""
        name = key(fold(city))
        named = len(name) > 2 and any(letter.isalpha() for letter in name)
        return self._world.largest(self._anywhere(name) if named else [])

    def _anywhere(self, name: str) -> list[tuple[str, int, Kind]]:
        return [
            (code, row, kind)
            for code in self.index.countries
            for row, kind in self.index.named(code, name)
            if kind < Kind.OTHER_SCRIPT
        ]
