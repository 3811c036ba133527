"""What a state, province or county as written stands for."""

from functools import lru_cache
from typing import NamedTuple

from geocache.gazetteer.index import Index, RegionRow
from geocache.gazetteer.regionnames import bare, spellings
from geocache.names import fold, key, repair

_CLOSE = 84.0


class Matches(NamedTuple):
    """Numbers of the regions a text can mean, and how surely (0-1)."""

    numbers: frozenset[int]
    score: float


NOTHING = Matches(frozenset(), 0.0)


class States:
    """Looks up region names country by country."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._tables: dict[str, dict[str, tuple[RegionRow, ...]]] = {}
        self.find = lru_cache(maxsize=20_000)(self._find)
        self.exactly = lru_cache(maxsize=20_000)(self._exactly)

    def table(self, country: str) -> dict[str, tuple[RegionRow, ...]]:
        """The country's regions by bare name, and by ``=code``."""
        table = self._tables.get(country)
        if table is None:
            named: dict[str, list[RegionRow]] = {}
            for region in self._index.regions(country):
                for name in region.names:
                    named.setdefault(name, []).append(region)
            table = {name: tuple(regions) for name, regions in named.items()}
            self._tables[country] = table
        return table

    def _exactly(self, country: str, text: str) -> Matches:
        """The regions a text names outright."""
        table = self.table(country)
        if len(text) <= 5:
            exact = table.get("=" + key(fold(text)))
            if exact:
                return Matches(frozenset(r.number for r in exact), 1.0)
        if text.isalpha():
            numbers = {region.number for region in table.get(bare(text), ())}
        else:
            numbers = {
                region.number
                for spelling in spellings(text)
                for region in table.get(bare(spelling), ())
            }
        return Matches(frozenset(numbers), 1.0) if numbers else NOTHING

    def _find(self, country: str, text: str) -> Matches:
        """The regions a text names, closest spelling if none is exact."""
        text = repair(text).strip()
        if not text:
            return NOTHING
        exact = self.exactly(country, text)
        wanted = bare(text)
        if exact.numbers or len(wanted) < 5:
            return exact
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - most states are spelt right

        table = self.table(country)
        names = [name for name in table if name[0] not in "=#"]
        close = process.extractOne(wanted, names, scorer=fuzz.ratio, score_cutoff=_CLOSE)
        if close:
            return Matches(frozenset(r.number for r in table[close[0]]), close[1] / 100)
        return NOTHING
