"""Matches a place as written to a place of the index."""

from functools import lru_cache

from geocache.gazetteer.evidence import AT_ZIP, NEAR_STATE, Evidence
from geocache.gazetteer.finder import Finder
from geocache.gazetteer.index import Index
from geocache.gazetteer.name_kinds import NameKind
from geocache.gazetteer.positions import NO_CITY, POSTCODE_AGREES, PositionBuilder
from geocache.gazetteer.postcode_forms import split_postcode
from geocache.gazetteer.postcodes import Postcodes
from geocache.gazetteer.ranking import Candidate
from geocache.gazetteer.states import NOTHING, Matches, States
from geocache.gazetteer.territories import find_territory, list_related_countries
from geocache.gazetteer.variants import NOWHERE
from geocache.gazetteer.worldwide import WorldwideSearch
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code, country_name, look_up_english_code
from geocache.geo.names import MAX_NAME_LENGTH, fold, make_key, repair
from geocache.geo.uncertainty import Uncertainty
from geocache.place import Flag, Place, Position

_STATE_CITY_POPULATION = 30_000
_CITY_POPULATION = 50_000
_MUCH_LARGER = 20
_PARTS = frozenset("/([,;")
_ALTERNATE, _LOCALITY = NameKind.ALTERNATE, NameKind.LOCALITY
_WARDS = {"JP": " ku", "KR": " gu"}
"""Suffixes of ward names, in countries where distant cities have wards of the same name."""


class Matcher:
    """Finds the position of a place: parses its parts, finds candidates and ranks them."""

    def __init__(
        self, index: Index, *, sharpen: bool = True, uncertainty: Uncertainty | None = None
    ) -> None:
        self.index = index
        self.states = States(index)
        self.postcodes = Postcodes(index)
        self._finder = Finder(index, self.states)
        self.answers = PositionBuilder(index, sharpen=sharpen, uncertainty=uncertainty)
        self._world = WorldwideSearch(index, self.answers.label, self.answers.estimate_km)
        self._no_evidence = Evidence(index, NOTHING, None)
        self._located = lru_cache(maxsize=20_000)(self._locate)

    def locate(self, place: Place) -> Position:
        """The best position for the place, or an unresolved one with the reason."""
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
            if postcode.strip() and not country.strip():
                found = self._locate_by_postcode(city, postcode)
                if found:
                    return found
            return self._locate_without_country(city, country)
        if city and make_key(fold(city)) in NOWHERE:
            city = ""
        if not postcode and any(map(str.isdigit, city)):
            city, postcode = self._split_postcode(code, city)
        other = find_territory(self.states, code, state) if state else ""
        if other:
            code, state = other, ""
        evidence = self._gather_evidence(code, state, postcode)
        found = self._locate_city(code, city, state, postcode, evidence) if city else None
        if found:
            return found
        missing = f"“{city}” not found in {country_name(code)}" if city else NO_CITY
        return self.answers.around(code, evidence, missing) or self.answers.unresolved(missing)

    def _split_postcode(self, code: str, city: str) -> tuple[str, str]:
        """The town and the postcode in a city's text, if the country has such a postcode."""
        postcode, town = split_postcode(city)
        area = self.postcodes.find(code, postcode) if postcode else None
        return (town, postcode) if area is not None and area.code else (city, "")

    def _locate_city(
        self, code: str, city: str, state: str, postcode: str, evidence: Evidence
    ) -> Position | None:
        """The position of the city, or of a region, ward or territory of that name."""
        found = self._finder.find_by_name(code, city, evidence)
        if found and self._is_elsewhere(found[0], evidence):
            return self.answers.around(code, evidence, f"“{city}” not found there")
        if found and state:
            if found[0].agreement.area is False and not evidence.state.numbers:
                found = self._find_swapped(code, state, postcode) or found
            ward = self._find_city_of_ward(code, city, state, found[0])
            if ward >= 0:
                return self.answers.near(ward, f"“{city}” is a ward")
        sure = bool(found) and not self._may_be_province(found[0])
        several = bool(found) and not _PARTS.isdisjoint(city)  # Mühlhausen/Thüringen
        region = NOTHING if sure or several else self.states.find_exact(code, city)
        answer = None
        if region.numbers and not (found and not self._is_province(code, region, found[0])):
            answer = self.answers.region(code, region, evidence, f"“{city}” is a region")
            found = []
        if not answer:
            found = found or self._finder.find_similar(code, city, evidence)
            answer = self.answers.city(found, evidence) if found else self._find_abroad(code, city)
            silent = not evidence.state.numbers and evidence.city < 0
            if state and found and silent and not found[0].agreement.area:
                other = self._find_country_of_state(code, city, state)
                if other and answer:
                    why = f"the state is in {country_name(other)}"
                    answer = self.answers.doubt(answer, code, Flag.CONFLICTING_STATE, why)
        return answer

    def _is_elsewhere(self, best: Candidate, evidence: Evidence) -> bool:
        """Whether a small place is not where the postcode is.

        If both agree on another state; or without more, if only the postal table has the name or
        it is but a part of the text.
        """
        area, weak = evidence.area, best.kind is _LOCALITY or best.variant.part
        if area is not None and weak and not area.by_region and not best.agreement.area:
            return True
        if area is None or best.agreement.state is not False or best.agreement.area is not False:
            return False
        agree = area.region in evidence.state.numbers
        return agree and self.index.populations[best.row] < _CITY_POPULATION

    def _find_abroad(self, code: str, city: str) -> Position | None:
        """A city in a territory of the country, or in a country that was once part of it."""
        for relative in list_related_countries(code):
            found = self._finder.find_by_name(relative, city, self._no_evidence)
            if found and found[0].variant.cost < 0.1:
                answer = self.answers.city(found, self._no_evidence)
                point = self.index.point(found[0].row)
                if in_country(*point, code):
                    return answer
                return self.answers.doubt(
                    answer, relative, Flag.OUTSIDE_COUNTRY, "not in the country named"
                )
        return None

    def _find_country_of_state(self, code: str, city: str, state: str) -> str:
        """The code of another country that has this state with such a city; empty if none."""
        name = make_key(fold(city))
        for other, numbers in self.states.find_everywhere(state):
            if other != code and any(
                self.index.first[row] in numbers
                for row, kind in self.index.find_named(other, name)
                if kind < NameKind.OTHER_SCRIPT
            ):
                return other
        return ""

    def _find_city_of_ward(self, code: str, city: str, state: str, best: Candidate) -> int:
        """The row of the city in the state column if the ward found is another city's; else -1."""
        if code not in _WARDS or not fold(city).endswith(_WARDS[code]):
            return -1
        if best.agreement.state and best.agreement.weight > NEAR_STATE:
            return -1
        return self._find_city_in_state_column(code, state)

    def _gather_evidence(self, code: str, state: str, postcode: str) -> Evidence:
        if state and look_up_english_code(state) == code:
            state = ""
        if not state and not postcode:
            return self._no_evidence
        matches = self.states.find(code, state) if state else NOTHING
        area = self.postcodes.find(code, postcode) if postcode else None
        row = -1
        if state and not matches.numbers:
            row = self._find_city_in_state_column(code, state)
        return Evidence(self.index, matches, area, row)

    def _is_province(self, code: str, region: Matches, best: Candidate) -> bool:
        """Whether a state is meant rather than a small place with that name or alternate name.

        Aichi is a prefecture, although a city has it as an alternate name.
        """
        states = [
            r.population
            for r in self.index.select_regions(code, region.numbers)
            if r.level == 1 and r.main_place != best.row
        ]
        return bool(states) and self.index.populations[best.row] < 0.1 * max(states)

    def _may_be_province(self, best: Candidate) -> bool:
        """Whether a place is so doubtful that a state of its name may be meant."""
        if best.agreement.state or best.agreement.weight >= AT_ZIP:
            return False
        return best.kind >= _ALTERNATE or self.index.populations[best.row] < _CITY_POPULATION

    def _find_swapped(self, code: str, state: str, postcode: str) -> list[Candidate]:
        """Candidates for the state's text taken as the city, if the postcode agrees."""
        found = self._finder.find_by_name(code, state, self._gather_evidence(code, "", postcode))
        return [
            one._replace(agreement=one.agreement._replace(state=False))
            for one in found
            if one.agreement.area
        ][:1]

    def _find_city_in_state_column(self, code: str, state: str) -> int:
        rows = [
            row
            for row, kind in self.index.find_named(code, make_key(fold(repair(state))))
            if kind < NameKind.OTHER_SCRIPT
            and self.index.populations[row] >= _STATE_CITY_POPULATION
        ]
        return max(rows, key=self.index.populations.__getitem__) if rows else -1

    def _locate_without_country(self, city: str, country: str) -> Position:
        """Unresolved, unless there is only one place of that name in the world."""
        why = f"unknown country “{country.strip()}”" if country.strip() else "no country"
        name = make_key(fold(city))
        if len(name) > 3:
            answer = self._world.find_unique(self._find_worldwide(name), why)
            if answer:
                return answer
        return self.answers.unresolved(why)

    def _locate_by_postcode(self, city: str, postcode: str) -> Position | None:
        """The place of a postcode without a country: where the town agrees, if one is given."""
        areas = self.postcodes.find_everywhere(postcode)
        if not city:
            return self.answers.postcodes(areas) if areas else None
        agreeing: list[tuple[int, int, Position]] = []
        for area in areas:
            evidence = Evidence(self.index, NOTHING, area)
            answer = self._locate_city(area.country, city, "", postcode, evidence)
            if answer and not answer.flags and POSTCODE_AGREES in answer.reason:
                found = self._finder.find_by_name(area.country, city, evidence)
                people = self.index.populations[found[0].row] if found else 0
                agreeing.append((people, len(agreeing), answer))
        agreeing.sort(reverse=True)
        alone = len(agreeing) == 1 or (
            len(agreeing) > 1 and agreeing[0][0] > _MUCH_LARGER * agreeing[1][0]
        )
        return agreeing[0][2] if alone else None

    def largest(self, city: str) -> Position:
        """The largest place of a name in the world, for people who search the map."""
        name = make_key(fold(city))
        named = len(name) > 2 and any(letter.isalpha() for letter in name)
        return self._world.find_largest(self._find_worldwide(name) if named else [])

    def _find_worldwide(self, name: str) -> list[tuple[str, int, NameKind]]:
        return [
            (code, row, kind)
            for code in self.index.countries
            for row, kind in self.index.find_named(code, name)
            if kind < NameKind.OTHER_SCRIPT
        ]
