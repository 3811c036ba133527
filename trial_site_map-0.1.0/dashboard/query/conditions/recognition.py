"""Finds the conditions that a text of a registry names."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from dashboard.query.conditions.phrases import Phrase, list_variants, to_key
from dashboard.query.conditions.vocabulary import load_vocabulary

MAX_GAP = 4
"""Words that may stand between the words of a name, if all say how or when it is."""

_MODIFIER_WORDS = """
1 2 3 4 active acute adenocarcinoma adult advanced alk anaplastic associated braf cancer
castration cell childhood children chronic clear diagnosed differentiated ductal early egfr
epithelial er essential estrogen female germline grade her2 high hormone ia ib ic idiopathic
iia iib iic iiia iiib induced inflammatory inoperable invasive iva ivb kras late lobular
localized locally low luminal male malignant medullary metastatic mild moderate mucinous muscle
mutant mutation negative newly non nonmuscle nonobstructive nonsquamous obstructive
oligometastatic onset operable papillary pediatric persistent poorly positive pr primary
progesterone receptor recurrent refractory relapsed related resectable resistant risk secondary
sensitive serous severe small solid spontaneous squamous stable stage symptomatic systemic
transitional triple uncontrolled unresectable urothelial well
"""
_MODIFIERS = frozenset(_MODIFIER_WORDS.split())
_JOINING = frozenset({"and", "or", "&", "/"})
_DENIALS = frozenset({"no", "non", "not", "without"})


class _Match(NamedTuple):
    """A name, and the places of its words in a text."""

    heading: str
    places: frozenset[int]


@lru_cache(maxsize=200_000)
def find_headings(text: str) -> frozenset[str]:
    """The headings of the conditions that a text names, without the broader ones.

    A name inside a longer one is not meant (*fibrosis* in *cystic fibrosis*), one that is denied
    neither (*non-cystic fibrosis bronchiectasis*).
    """
    vocabulary = load_vocabulary()
    whole = vocabulary.by_key.get(to_key(text))
    if whole:
        return frozenset({whole})
    found: set[str] = set()
    for number, words in enumerate(list_variants(text)):
        for match in _list_longest(words):
            first = min(match.places)
            if first and words[first - 1] in _DENIALS:
                continue
            if not number and len(match.places) == len(words):
                return frozenset({match.heading})
            found.add(match.heading)
    return _drop_broader(found)


def find_named(text: str) -> frozenset[str]:
    """As :func:`find_headings` for what a person typed: only if every word counts.

    *metastatic breast cancer* is breast cancer; *lung metastases* are no lung cancer, and *pain
    after knee surgery* is more than pain.
    """
    whole = load_vocabulary().by_key.get(to_key(text))
    if whole:
        return frozenset({whole})
    found: set[str] = set()
    for words in list_variants(text):
        left = {place for place, word in enumerate(words) if word not in _MODIFIERS | _JOINING}
        headings = set()
        for match in _list_longest(words):
            left -= match.places
            headings.add(match.heading)
        if headings and not left:
            found |= headings
    return frozenset(found)


def _drop_broader(found: set[str]) -> frozenset[str]:
    """Without what another one found is narrower than."""
    vocabulary = load_vocabulary()
    broader = {above for one in found for above in vocabulary.with_broader(one) if above != one}
    return frozenset(one for one in found if one not in broader)


def _list_longest(words: Phrase) -> Iterator[_Match]:
    """The names in the words, none inside another."""
    taken: list[frozenset[int]] = []
    for match in sorted(_list_matches(words), key=lambda one: -len(one.places)):
        if not any(match.places <= other for other in taken):
            taken.append(match.places)
            yield match


def _list_matches(words: Phrase) -> Iterator[_Match]:
    by_first = _phrases_by_first_word()
    for start, word in enumerate(words):
        for phrase, heading in by_first.get(word, ()):
            places = _match(words, start, phrase)
            if places:
                yield _Match(heading, frozenset(places))


def _match(words: Phrase, start: int, phrase: Phrase) -> list[int]:
    """The places of a phrase's words; empty if they do not stand there."""
    places, place = [start], start + 1
    for wanted in phrase[1:]:
        gap = 0
        while place < len(words) and words[place] != wanted:
            if words[place] not in _MODIFIERS or gap == MAX_GAP:
                return []
            gap += 1
            place += 1
        if place == len(words):
            return []
        places.append(place)
        place += 1
    return places


@cache
def _phrases_by_first_word() -> dict[str, list[tuple[Phrase, str]]]:
    found: dict[str, list[tuple[Phrase, str]]] = {}
    for phrase, heading in load_vocabulary().phrases.items():
        found.setdefault(phrase[0], []).append((phrase, heading))
    return found
