"""Finds names that differ in a few letters."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from string import ascii_lowercase, digits
from typing import NamedTuple

from geocache.gazetteer.index import Index

_MIN_LENGTH = 5
_MAX_LENGTH = 40
_LETTERS = ascii_lowercase + digits


class _Names(NamedTuple):
    """A country's names, sorted by length, then alphabetically, and as a set.

    ``groups`` caches the names of a length and first letter.
    """

    ordered: list[str]
    known: frozenset[str]
    groups: dict[tuple[int, str], list[str]]


class Spelling:
    """Compares a name with a country's names of similar length.

    Only names with the same first letter are compared, hundreds instead of tens of thousands. If
    none is close, names with another first letter are looked up one by one.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._countries: dict[str, _Names] = {}

    def _names(self, country: str) -> _Names:
        names = self._countries.get(country)
        if names is None:
            ordered = self._index.spellings(country)
            names = self._countries[country] = _Names(ordered, frozenset(ordered), {})
        return names

    def find_close(self, country: str, key: str) -> list[tuple[int, str]]:
        """Close names with the number of letters that differ, closest first.

        One letter in five may differ, or two neighbours be swapped, at most three.
        """
        length = len(key)
        if not (_MIN_LENGTH <= length <= _MAX_LENGTH) or not key.isascii():
            return []
        allowed = min(3, length // 5)
        if not allowed:
            return []
        names = self._names(country)
        found = list(_find_same_initial(names, key, allowed))
        if not found and length > 5:
            found = [(1, name) for name in _build_other_initials(key) & names.known]
        return sorted(found)


def _find_same_initial(names: _Names, key: str, allowed: int) -> Iterator[tuple[int, str]]:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - rarely needed
    from rapidfuzz.process import extract  # noqa: PLC0415

    initial = key[0]
    for size in range(max(_MIN_LENGTH, len(key) - allowed), len(key) + allowed + 1):
        group = names.groups.get((size, initial))
        if group is None:
            group = names.groups[size, initial] = _slice_group(names.ordered, size, initial)
        if group:
            for name, distance, _ in extract(
                key, group, scorer=OSA.distance, score_cutoff=allowed, limit=20
            ):
                yield int(distance), name


def _slice_group(ordered: list[str], size: int, initial: str) -> list[str]:
    """The names of a length and first letter."""
    start = bisect_left(ordered, size, key=len)
    stop = bisect_right(ordered, size, lo=start, key=len)
    first = bisect_left(ordered, initial, start, stop)
    return ordered[first : bisect_left(ordered, initial + "\x7f", first, stop)]


def _build_other_initials(key: str) -> set[str]:
    """All strings one letter (or one swap) away that begin with another letter."""
    initial, second, rest = key[0], key[1], key[1:]
    others = _LETTERS.replace(initial, "")
    near = {letter + rest for letter in others}
    near.update([letter + key for letter in others])
    if second != initial:
        near |= {rest, second + initial + key[2:]}
    return near
