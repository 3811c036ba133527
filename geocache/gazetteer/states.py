"""Looks up states, provinces and counties by name."""

from functools import lru_cache
from typing import NamedTuple

from geocache.gazetteer.index import Index
from geocache.gazetteer.region_names import normalize_region, split_spellings
from geocache.geo.names import fold, make_key, repair

_CLOSE = 84.0


class Matches(NamedTuple):
    """Numbers of the regions that a text may mean, and the score (0-1)."""

    numbers: frozenset[int]
    score: float


NOTHING = Matches(frozenset(), 0.0)


class States:
    """Looks up region names by country."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._tables: dict[str, dict[str, tuple[int, ...]]] = {}
        self._names = lru_cache(maxsize=300)(self._list_names)
        self.find = lru_cache(maxsize=20_000)(self._find)
        self.find_everywhere = lru_cache(maxsize=2_000)(self._find_everywhere)

    def table(self, country: str) -> dict[str, tuple[int, ...]]:
        """The numbers of a country's regions by normalized name, and by ``=code``."""
        table = self._tables.get(country)
        if table is None:
            table = {}
            for number, names in self._index.names_of_regions(country):
                for name in names:
                    table[name] = (*table.get(name, ()), number)
            self._tables[country] = table
        return table

    def find_exact(self, country: str, text: str) -> Matches:
        """The regions with exactly this name."""
        table = self._tables.get(country) or self.table(country)
        if len(text) <= 5:
            exact = table.get("=" + make_key(fold(text)))
            if exact:
                return Matches(frozenset(exact), 1.0)
        numbers: tuple[int, ...] = ()
        if text.isalpha() and text.isascii():  # one word, as most: nothing to split or to strip
            numbers = table.get(normalize_region(text), ())
            return Matches(frozenset(numbers), 1.0) if numbers else NOTHING
        for spelling in (text,) if text.isalpha() else split_spellings(text):
            numbers += table.get(normalize_region(spelling), ())
        return Matches(frozenset(numbers), 1.0) if numbers else NOTHING

    def _find_everywhere(self, text: str) -> tuple[tuple[str, frozenset[int]], ...]:
        """The countries with regions of exactly this name, and the regions' numbers."""
        found = [(one, self.find_exact(one, text).numbers) for one in self._index.countries]
        return tuple((country, numbers) for country, numbers in found if numbers)

    def _find(self, country: str, text: str) -> Matches:
        """The regions with this name, else with the closest spelling."""
        text = repair(text).strip()
        if not text:
            return NOTHING
        exact = self.find_exact(country, text)
        wanted = normalize_region(text)
        if exact.numbers or len(wanted) < 5:
            return exact
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - rarely needed

        names = self._names(country)
        close = process.extractOne(wanted, names, scorer=fuzz.ratio, score_cutoff=_CLOSE)
        if close:
            return Matches(frozenset(self.table(country)[close[0]]), close[1] / 100)
        return NOTHING

    def _list_names(self, country: str) -> tuple[str, ...]:
        return tuple([name for name in self.table(country) if name[0] not in "=#"])
