"""The words that name a city in many languages: ``vienna``, ``wien``, ``bec``."""

import gzip
import re
from functools import cache, lru_cache
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


@cache
def _read_lines() -> dict[str, list[str]]:
    """The cities of each country as lines of their folded names, larger ones first."""
    found: dict[str, list[str]] = {}
    for line in gzip.decompress(_FILE.read_bytes()).decode().splitlines():
        country, _, names = line.partition("\t")
        found.setdefault(country, []).append(names)
    return found


@cache
def _index_country(code: str) -> dict[str, int]:
    """By any name of a country's cities the number of its line."""
    found: dict[str, int] = {}
    for number, names in enumerate(_read_lines().get(code, ())):
        for name in names.split("\t"):
            found.setdefault(name, number)
    return found


@lru_cache(maxsize=16_384)
def _read_city(code: str, number: int) -> _City:
    names = _read_lines()[code][number].split("\t")
    words = frozenset(word for name in names for word in name.split() if len(word) >= _MIN_STEM)
    return _City(names[0], words)


def _find_city(city: str, code: str) -> tuple[str, _City | None]:
    folded = fold_word(city)
    first = fold_word(city.replace("/", ",").split(",")[0])
    for name in (folded, first, _EXTRA.sub("", folded).strip(), _EXTRA.sub("", first).strip()):
        number = _index_country(code).get(name) if name else None
        if number is not None:
            known = _read_city(code, number)
            return known.key, known
    return _EXTRA.sub("", first).strip() or folded, None


@lru_cache(maxsize=16_384)
def find_city(city: str, code: str) -> str:
    """One name for all spellings of a city: ``vienna`` for ``Wien`` in Austria."""
    return _find_city(city, code)[0]


@lru_cache(maxsize=8_192)
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
