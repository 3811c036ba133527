"""States, provinces and counties at build time: every name each is known by, and where it lies."""

import gettext
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pycountry

from geocache.gazetteer.aliases import REGION_ALIASES
from geocache.gazetteer.regionnames import bare, spellings

_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "nl", "pl", "ru", "sv", "cs", "tr", "uk", "ja")


@dataclass(slots=True)
class Region:
    """A state (``level`` 1) or county (2); its position is that of its most populous place."""

    number: int
    country: str
    name: str
    level: int
    code: str = ""
    parent: int = -1
    population: int = 0
    latitude: float = 0.0
    longitude: float = 0.0
    main_place: int = -1
    main_population: int = -1
    names: set[str] = field(default_factory=set)


class RegionTable:
    """Numbers regions as places are read, then learns their other names."""

    def __init__(self) -> None:
        self.regions: list[Region] = []
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._state_names: dict[int, Counter[str]] = defaultdict(Counter)

    def number(self, country: str, admin1: str, state: str, county: str) -> tuple[int, int]:
        """The numbers of a place's state and county, ``-1`` where it has none."""
        first = self._number(country, admin1, "", 1, -1) if admin1 else -1
        if first >= 0 and state:
            self._state_names[first][state] += 1
        second = self._number(country, admin1, county, 2, first) if county else -1
        return first, second

    def _number(self, country: str, admin1: str, county: str, level: int, parent: int) -> int:
        key = (country, admin1, county)
        found = self._numbers.get(key)
        if found is None:
            found = self._numbers[key] = len(self.regions)
            self.regions.append(Region(found, country, county, level, admin1, parent))
        return found

    def count(
        self, number: int, place: int, latitude: float, longitude: float, people: int
    ) -> None:
        """Count a place in a region; the most populous gives the region its position."""
        region = self.regions[number]
        region.population += people
        if people > region.main_population:
            region.main_population, region.main_place = people, place
            region.latitude, region.longitude = latitude, longitude

    def finish(self) -> None:
        """Name the states, then add what ISO 3166-2 and its translations call each region."""
        for number, names in self._state_names.items():
            self.regions[number].name = names.most_common(1)[0][0]
        by_name: dict[tuple[str, str], list[Region]] = defaultdict(list)
        for region in self.regions:
            for spelling in spellings(region.name):
                region.names.add(bare(spelling))
        for (country, code), aliases in REGION_ALIASES.items():
            for region in self.regions:
                if region.country == country and region.level == 1 and region.code == code:
                    region.names.update(bare(alias) for alias in aliases.split(";"))
        for region in self.regions:
            for name in region.names:
                by_name[region.country, name].append(region)
        translations = list(_translations())
        for iso in pycountry.subdivisions:
            names = _iso_names(iso.name, translations)
            level = 1 if iso.parent_code is None else 2
            matches = [r for name in names for r in by_name.get((iso.country_code, name), ())]
            same_level = [r for r in matches if r.level == level]
            chosen = same_level or matches
            if chosen:
                best = Counter(r.number for r in chosen).most_common(1)[0][0]
                suffix = iso.code.partition("-")[2].casefold()
                self.regions[best].names |= names
                if not suffix.isdigit() and (len(suffix) > 1 or iso.country_code in ("AR", "SE")):
                    self.regions[best].names.add("=" + suffix)

    def by_country(self) -> dict[str, list[Region]]:
        """The regions of each country that have a name."""
        grouped: dict[str, list[Region]] = defaultdict(list)
        for region in self.regions:
            if region.names:
                grouped[region.country].append(region)
        return grouped


def _translations() -> Iterator[dict[str, str]]:
    for language in _LANGUAGES:
        file = Path(pycountry.LOCALES_DIR, language, "LC_MESSAGES", "iso3166-2.mo")
        if file.exists():
            with file.open("rb") as opened:
                catalog = gettext.GNUTranslations(opened)
            yield dict(catalog._catalog)  # type: ignore[attr-defined]  # noqa: SLF001


def _iso_names(name: str, translations: Iterable[dict[str, str]]) -> set[str]:
    found = {bare(spelling) for spelling in spellings(name)}
    for language in translations:
        translated = language.get(name)
        if translated:
            found.update(bare(spelling) for spelling in spellings(translated))
    found.discard("")
    return found
