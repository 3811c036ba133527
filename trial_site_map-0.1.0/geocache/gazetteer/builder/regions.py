"""Collects states, provinces and counties with all their names and their main places."""

import gettext
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pycountry

from geocache.gazetteer.builder import tables
from geocache.gazetteer.region_names import normalize_region, split_spellings

_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "nl", "pl", "ru", "sv", "cs", "tr", "uk", "ja")


@dataclass(slots=True)
class Region:
    """A state (``level`` 1) or county (2), located at its most populous place."""

    number: int
    country: str
    name: str
    level: int
    code: str = ""
    parent: int = -1
    population: int = 0
    main_place: int = -1
    main_population: int = -1
    names: set[str] = field(default_factory=set)


class RegionTable:
    """Numbers the regions as places are read, then adds their other names."""

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._state_names: dict[int, Counter[str]] = defaultdict(Counter)

    def add_state(self, country: str, admin1: str, name: str) -> int:
        """The number of a state, ``-1`` without a code; ``name`` counts as a vote for its name."""
        if not admin1:
            return -1
        number = self._number(country, admin1, "", 1, -1)
        if name:
            self._state_names[number][name] += 1
        return number

    def add_county(self, country: str, admin1: str, name: str, state: int) -> int:
        """The number of a county, ``-1`` without a name."""
        return self._number(country, admin1, name, 2, state) if name else -1

    def _number(self, country: str, admin1: str, county: str, level: int, parent: int) -> int:
        found = self._numbers.get((country, admin1, county))
        if found is None:
            found = self._numbers[country, admin1, county] = len(self.regions)
            self.regions.append(Region(found, country, county, level, admin1, parent))
        return found

    def count(self, number: int, place: int, people: int) -> None:
        """Count a place in a region; the most populous becomes its main place."""
        region = self.regions[number]
        region.population += people
        if people > region.main_population:
            region.main_population, region.main_place = people, place

    def finish(self, capital_region: Callable[[str, str, int], int]) -> None:
        """Name the states, then add the names in ISO 3166-2, its translations and our table.

        ``capital_region`` returns the region of the largest place of a name: most provinces with
        an unknown name are named after their capital.
        """
        for number, votes in self._state_names.items():
            self.regions[number].name = votes.most_common(1)[0][0]
        for region in self.regions:
            region.names.update(
                normalize_region(spelling) for spelling in split_spellings(region.name)
            )
        self._add_aliases()
        self._add_iso(capital_region)
        for region in self.regions:
            region.names.discard("")

    def _add_aliases(self) -> None:
        by_code = {(r.country, r.code): r for r in self.regions if r.level == 1}
        for country, codes, alias in tables.read_names("region-aliases.csv"):
            name = alias.casefold() if alias.startswith("=") else normalize_region(alias)
            for code in codes.split():
                if (country, code) in by_code:
                    by_code[country, code].names.add(name)

    def _add_iso(self, capital_region: Callable[[str, str, int], int]) -> None:
        by_name: dict[tuple[str, str], list[Region]] = defaultdict(list)
        for region in self.regions:
            for name in region.names:
                by_name[region.country, name].append(region)
        translations = list(_read_translations())
        states_match = self._compare_states()
        states = [region for region in self.regions if region.level == 1]
        listed = {(state.country, name) for state in states for name in state.names}
        for iso in sorted(pycountry.subdivisions, key=lambda one: str(one.code)):
            own = _add_stems(normalize_region(spelling) for spelling in split_spellings(iso.name))
            others = _translate(iso.name, translations) - own
            # Some languages write Shaanxi like its neighbour Shanxi.
            names = own | {name for name in others if (iso.country_code, name) not in listed}
            if not any((iso.country_code, name) in by_name for name in own):
                names |= others
            level = 1 if iso.parent_code is None else 2
            matches = [
                r for name in sorted(names) for r in by_name.get((iso.country_code, name), ())
            ]
            chosen = [r for r in matches if r.level == level] or matches
            if level == 1 and chosen and chosen[0].level == 2 and states_match[iso.country_code]:
                chosen = [self.regions[r.parent] for r in chosen if r.parent >= 0]
            if chosen:
                number = Counter(r.number for r in chosen).most_common(1)[0][0]
            else:
                number = capital_region(iso.country_code, iso.name, level)
            if number >= 0:
                suffix = iso.code.partition("-")[2].casefold()
                codes = {"#" + suffix} if suffix.isdigit() else {"#" + suffix, "=" + suffix}
                self.regions[number].names |= names | codes

    @staticmethod
    def _count_iso_states() -> Counter[str]:
        return Counter(iso.country_code for iso in pycountry.subdivisions if not iso.parent_code)

    def _compare_states(self) -> dict[str, bool]:
        """Whether a country's states are roughly those of ISO 3166-2 (Taiwan's are not)."""
        ours = Counter(region.country for region in self.regions if region.level == 1)
        iso = self._count_iso_states()
        return {country: 2 * ours[country] >= iso[country] for country in iso}

    def group_by_country(self) -> dict[str, list[Region]]:
        """The named regions of each country."""
        grouped: dict[str, list[Region]] = defaultdict(list)
        for region in self.regions:
            if region.names:
                grouped[region.country].append(region)
        return grouped


def _read_translations() -> Iterator[dict[str, str]]:
    for language in _LANGUAGES:
        file = Path(pycountry.LOCALES_DIR, language, "LC_MESSAGES", "iso3166-2.mo")
        if file.exists():
            with file.open("rb") as opened:
                catalog = gettext.GNUTranslations(opened)
            yield dict(catalog._catalog)  # type: ignore[attr-defined]  # noqa: SLF001


def _translate(name: str, translations: list[dict[str, str]]) -> set[str]:
    found = (language[name] for language in translations if language.get(name))
    return _add_stems(
        normalize_region(spelling) for one in found for spelling in split_spellings(one)
    )


def _add_stems(names: Iterable[str]) -> set[str]:
    """The names, and the stems of Slavic adjectives: ``voronezhsk`` and ``voronezh``."""
    found = {name for name in names if name}
    return found | {name[:-2] for name in found if name.endswith("sk") and len(name) > 6}
