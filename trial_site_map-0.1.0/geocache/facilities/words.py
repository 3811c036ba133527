"""What the words of facility names mean: hospitals, departments, legal forms in many languages.

A meaning is an upper-case word (``HOSPITAL``, ``CANCER``); names stay in lower case. The words
stand in ``geocache/data/facility-words.txt``.
"""

import re
from collections import defaultdict
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from geocache.geo.names import fold_once
from geocache.paths import DATA

_FILE = DATA / "facility-words.txt"
_MIN_MISSPELT = 6
_LONG = 10

Phrase = tuple[tuple[str, ...], tuple[str, ...]]
"""The further words of a phrase, and what the whole means."""


@lru_cache(maxsize=65_536)
def fold_word(text: str) -> str:
    """One or more words as they are compared: folded, and umlauts written either way are equal.

    ``Universitätsklinikum`` and ``Universitaetsklinikum`` give one text.
    """
    folded = " ".join(_UNSHORTENED.get(word, word) for word in fold_once(text).split())
    return folded.replace("ae", "a").replace("oe", "o").replace("ue", "u")


_UNSHORTENED = {"st": "st", "ste": "st", "mt": "mount", "ft": "fort"}


def _read_words() -> tuple[dict[str, dict[str, list[str]]], dict[str, list[str]]]:
    sections: dict[str, dict[str, list[str]]] = {}
    section: dict[str, list[str]] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            section = sections.setdefault(line[1:-1], {})
        elif line and not line.startswith("#"):
            meaning, _, words = line.partition(": ")
            section.setdefault(meaning, []).extend(word.strip() for word in words.split(","))
    parts = sections.pop("part")
    return sections, parts


_SECTIONS, _PARTS = _read_words()


def _list_meanings(*names: str) -> frozenset[str]:
    return frozenset(meaning for name in names for meaning in _SECTIONS[name])


HEADS = frozenset(
    {
        "HOSPITAL",
        "CLINIC",
        "CENTER",
        "INSTITUTE",
        "FOUNDATION",
        "FACULTY",
        "ACADEMY",
        "GROUP",
        "TRUST",
    }
    | {"COMPANY"}
)
"""What kind of institution it is."""
SPECIALITIES = _list_meanings("speciality")
ATTRIBUTES = _list_meanings("attribute")
COMPASS = _list_meanings("compass")
ORDINALS = {meaning: f"#{number}" for number, meaning in enumerate(_SECTIONS["number"], 1)}
DROPPED = frozenset({"STOP", "TITLE", "LEGAL", "INVESTIGATOR"})


def _build_tables() -> tuple[dict[str, tuple[str, ...]], dict[str, list[Phrase]]]:
    single: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, list[Phrase]] = defaultdict(list)
    for name, section in _SECTIONS.items():
        if name in {"misspelt", "weak", "stems", "countries"}:
            continue
        for meaning, words in section.items():
            if name == "number":
                means: tuple[str, ...] = (ORDINALS[meaning],)
            else:
                means = tuple(meaning.split(" "))
            for word in words:
                key = fold_word(word)
                first, *rest = key.split(" ")
                if not rest:
                    single.setdefault(first, means)
                else:
                    phrases[first].append((tuple(rest), means))
    for found in phrases.values():
        found.sort(key=lambda phrase: (-len(phrase[0]), phrase))
    return single, dict(phrases)


WORDS, PHRASES = _build_tables()

_SUFFIXES = sorted(
    (
        (fold_word(suffix), part.rsplit(" ", 1)[1])
        for part, suffixes in _PARTS.items()
        if part.startswith("splitting suffixes")
        for suffix in suffixes
    ),
    key=lambda pair: -len(pair[0]),
)
WEAK_NAMES = frozenset(
    word for phrase in _SECTIONS["weak"]["WEAK"] if " " not in (word := fold_word(phrase))
)
"""Words that name many hospitals: `royal`, `maria`."""

_PREFIXES = {
    fold_word(prefix): part.rsplit(" ", 1)[1]
    for part, prefixes in _PARTS.items()
    if part.startswith("splitting prefixes")
    for prefix in prefixes
}
_TARGETS: dict[str, list[str]] = defaultdict(list)
for _word in sorted({fold_word(word) for word in _SECTIONS["misspelt"]["WORDS"]}):
    _TARGETS[_word[0]].append(_word)
_STEMS = {
    fold_word(stem): meaning for meaning, stems in _SECTIONS["stems"].items() for stem in stems
}
_STEM_LENGTHS = sorted({len(stem) for stem in _STEMS}, reverse=True)
_MAX_ENDING = 5
COUNTRY_WORDS = {
    code: frozenset(map(fold_word, words)) for code, words in _SECTIONS["countries"].items()
}
"""Words for a country and its people in their own languages, by ISO 3166-1 alpha-2 code."""

_MIN_NAME = 3
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_DIGITS = re.compile(r"\d{1,4}")


@lru_cache(maxsize=262_144)
def resolve(word: str) -> tuple[str, ...]:  # noqa: PLR0911 - one rule a line
    """The meanings of a folded word, or its names; ``inselspital`` -> ``insel``, ``HOSPITAL``."""
    known = WORDS.get(word)
    if known is not None:
        return _add_head(word, known)
    if word in _ROMAN:
        return (f"#{_ROMAN[word]}",)
    if word[0].isdigit():
        return (f"#{int(word)}",) if _DIGITS.fullmatch(word) and word.isascii() else ()
    if len(word) < _MIN_MISSPELT:
        return (word,)
    for suffix, meaning in _SUFFIXES:
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= _MIN_NAME:
            return (*_resolve_stem(rest), meaning)
    for length in _STEM_LENGTHS:
        if length < len(word) <= length + _MAX_ENDING and word[:length] in _STEMS:
            return (_STEMS[word[:length]],)
    allowed = 1 if len(word) < _LONG else 2
    found = process.extractOne(
        word, _TARGETS.get(word[0], ()), scorer=OSA.distance, score_cutoff=allowed
    )
    return WORDS.get(found[0], (word,)) if found else (word,)


def _add_head(word: str, meanings: tuple[str, ...]) -> tuple[str, ...]:
    """``keskussairaala`` is a hospital too, though listed as central alone."""
    if len(meanings) == 1 and (meanings[0] in ATTRIBUTES or meanings[0] in SPECIALITIES):
        for suffix, meaning in _SUFFIXES:
            if word.endswith(suffix) and word != suffix:
                return (*meanings, meaning)
    return meanings


def _resolve_stem(stem: str) -> tuple[str, ...]:
    for form in (stem, stem.removesuffix("s"), stem.removesuffix("n"), stem.removesuffix("en")):
        if form in _PREFIXES:
            return (_PREFIXES[form],)
        if form in WORDS:
            return WORDS[form]
    for prefix, meaning in _PREFIXES.items():
        if stem.startswith(prefix) and len(stem) - len(prefix) >= _MIN_NAME:
            return (meaning, *_resolve_stem(stem.removeprefix(prefix)))
    return (stem,)
