"""The words that name a city in many languages: ``vienna``, ``wien``, ``bec``."""

import gzip
import re
from functools import lru_cache
from typing import NamedTuple

from geocache.facilities.words import COUNTRY_WORDS, fold_word
from geocache.geo.countries import country_code, country_name
from geocache.paths import DATA

_FILE = DATA / "city-names.txt.gz"
_EXTRA = re.compile(r"\b(?:cedex|city|municipality|district|d c|df|\d+)\b.*")
_MIN_STEM = 4
_VOWELS = frozenset("aeiouy")
_MAX_ENDING = 3
_MIN_JOINED = 6


class _City(NamedTuple):
    key: str
    words: frozenset[str]


@lru_cache(maxsize=1)
def _read_cities() -> dict[tuple[str, str], list[str]]:
    """By country and any folded name the city's names; the file lists larger ones first."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in gzip.decompress(_FILE.read_bytes()).decode().splitlines():
        country, *names = line.split("\t")
        for name in names:
            key = (country, name)
            if key not in found:
                found[key] = names
    return found


def _make_city(names: list[str]) -> _City:
    words = frozenset(word for name in names for word in name.split() if len(word) >= _MIN_STEM)
    return _City(names[0], words)


def _find_city(city: str, code: str) -> tuple[str, _City | None]:
    folded = fold_word(city)
    first = fold_word(city.replace("/", ",").split(",")[0])
    for name in (folded, first, _EXTRA.sub("", folded).strip(), _EXTRA.sub("", first).strip()):
        known = _read_cities().get((code, name))
        if known and name:
            return known[0], _make_city(known)
    return _EXTRA.sub("", first).strip() or folded, None


@lru_cache(maxsize=65_536)
def find_city(city: str, code: str) -> str:
    """One name for all spellings of a city: ``vienna`` for ``Wien`` in Austria."""
    return _find_city(city, code)[0]


@lru_cache(maxsize=65_536)
def list_place_words(city: str, state: str = "", country: str = "") -> frozenset[str]:
    """The folded words of a city's names in all languages, and of its state and country.

    ``country`` is a code or a name.
    """
    code = country_code(country)
    known = _find_city(city, code)[1]
    words = set(known.words) if known else set()
    for text in (city, state, country, country_name(code)):
        words.update(fold_word(text).split())
    words |= COUNTRY_WORDS.get(code, frozenset())
    return frozenset(word for word in words if len(word) > 1)


def is_place_word(name: str, place_words: frozenset[str]) -> bool:
    """Whether a name is the city's, maybe with an ending: ``berner`` in Bern."""
    if name in place_words:
        return True
    if len(name) < _MIN_STEM:
        return False
    return any(_is_form(name, word) for word in place_words)


def _is_form(name: str, word: str) -> bool:
    """``berner`` of ``bern``, ``vilniaus`` of ``vilnius``, ``centeramsterdam`` of ``amsterdam``."""
    if len(word) < _MIN_STEM or name[0] != word[0]:
        return len(word) >= _MIN_JOINED and name.endswith(word)
    if name.startswith(word):
        return len(name) - len(word) <= _MAX_ENDING
    if len(name) == len(word) <= _MIN_STEM + 1:  # brno, brne
        return name[:3] == word[:3] and name[-1] in _VOWELS and word[-1] in _VOWELS
    stem = name[: max(len(name), len(word)) - _MAX_ENDING]
    return len(stem) > _MIN_STEM and word.startswith(stem)
