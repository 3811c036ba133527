"""Finds the concepts that a person's words mean."""

from functools import cache, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from dashboard.query.conditions.index import ConditionIndex
from dashboard.query.conditions.phrases import to_key
from dashboard.query.conditions.recognition import find_named
from dashboard.query.conditions.vocabulary import Concept, Vocabulary, load_vocabulary
from dashboard.sites.categoricals import normalize_text

MIN_SIMILARITY = 82
"""Per cent from which on a word is taken for a misspelt one."""

MAX_GUESSES = 5
MIN_LEAD = 2.0
"""Per cent that a misspelt word is closer to one condition than to any other."""

MIN_LENGTH = 4
"""Letters of a word that may be misspelt."""


class Meaning(NamedTuple):
    """What a person's words mean: concepts, none if nobody here knows them.

    ``guessed`` says that the words are spelt differently.
    """

    concepts: tuple[Concept, ...] = ()
    guessed: bool = False

    @property
    def label(self) -> str:
        """The concepts' names in English; empty without any."""
        return self.label_in("en")

    def label_in(self, language: str) -> str:
        """The concepts' names in a language."""
        return ", ".join(one.label_in(language) for one in self.concepts)


@lru_cache(maxsize=4_096)
def find_meaning(text: str) -> Meaning:
    """The concepts of a few words in any of the five languages, spelling mistakes allowed."""
    vocabulary = load_vocabulary()
    headings = find_named(text)
    if headings:
        return Meaning(tuple(vocabulary.concepts[one] for one in sorted(headings)))
    folded = normalize_text(text.strip())
    if len(folded) < MIN_LENGTH:
        return Meaning()
    words = _spellings(vocabulary)
    found = process.extract(
        folded, words, scorer=fuzz.ratio, score_cutoff=MIN_SIMILARITY, limit=MAX_GUESSES
    )
    scores: dict[str, float] = {}
    for close, score, _index in found:
        similar = abs(len(close) - len(folded)) <= max(2, len(folded) // 6)
        if similar and _list_kinds(close) == _list_kinds(folded):
            scores.setdefault(vocabulary.by_key[to_key(close)], score)
    best = max(scores.values(), default=0.0)
    likely = [heading for heading, score in scores.items() if score > best - MIN_LEAD]
    if len(likely) != 1:  # two conditions are as close: either would be a guess too many
        return Meaning()
    return Meaning((vocabulary.concepts[likely[0]],), guessed=True)


def _list_kinds(text: str) -> list[str]:
    """Letters and numbers that tell conditions apart: *hepatitis A* is no *hepatitis C*."""
    return sorted(word for word in text.split() if len(word) == 1 or not word.isalpha())


def find_trials(index: ConditionIndex, text: str) -> set[str]:
    """The trials of the condition that a person's words mean.

    Words that nobody here knows must stand in a trial's conditions, keywords or title.
    """
    meaning = find_meaning(text)
    if meaning.concepts and not meaning.guessed:
        return index.find_trials(one.heading for one in meaning.concepts)
    learned = index.learned.get(to_key(text))
    if learned:
        return index.find_trials(learned)
    as_written = index.find_trials_by_words(text)
    if as_written or not meaning.concepts:
        return as_written
    return index.find_trials(one.heading for one in meaning.concepts)


@cache
def _spellings(vocabulary: Vocabulary) -> list[str]:
    """Every word that may be misspelt."""
    words = (normalize_text(word.removeprefix("+")) for _, word in vocabulary.list_words())
    return list(dict.fromkeys(word for word in words if len(word) > MIN_LENGTH))
