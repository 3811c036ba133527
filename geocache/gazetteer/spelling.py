"""Names spelt nearly right."""

from collections import defaultdict
from collections.abc import Iterator

from geocache.gazetteer.index import Index

_Table = dict[tuple[int, str], list[str]]
"""Names by length and first letter, and by length alone (with an empty letter)."""

_MIN_LENGTH = 4
_MAX_LENGTH = 40


class Spelling:
    """Compares a name with a country's names of about its length.

    Names are held by length and first letter, so that a look-up compares hundreds, not tens of
    thousands; a wrong first letter is looked for only when nothing else was found.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._tables: dict[str, _Table] = {}

    def _table(self, country: str) -> "_Table":
        table = self._tables.get(country)
        if table is None:
            table = defaultdict(list)
            for name in self._index.spellings(country):
                if len(name) >= _MIN_LENGTH:
                    table[len(name), name[0]].append(name)
                    table[len(name), ""].append(name)
            self._tables[country] = table
        return table

    def close(self, country: str, key: str) -> list[tuple[int, str]]:
        """Near names and how many letters they are away, nearest first.

        One letter may differ (or two swap places) in a name of four to seven, two in eight or more,
        three in fourteen or more.
        """
        length = len(key)
        if not (_MIN_LENGTH <= length <= _MAX_LENGTH) or not key.isascii():
            return []
        allowed = 1 if length < 8 else 2 if length < 14 else 3
        found = list(self._compare(country, key, allowed, key[0]))
        if not found and length > 5:
            found = list(self._compare(country, key, 1, ""))
        return sorted(found)

    def _compare(
        self, country: str, key: str, allowed: int, initial: str
    ) -> Iterator[tuple[int, str]]:
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - most names are spelt right
        from rapidfuzz.process import extract  # noqa: PLC0415

        table = self._table(country)
        for size in range(len(key) - allowed, len(key) + allowed + 1):
            group = table.get((size, initial))
            if group:
                for name, distance, _ in extract(
                    key, group, scorer=OSA.distance, score_cutoff=allowed, limit=20
                ):
                    yield int(distance), name
