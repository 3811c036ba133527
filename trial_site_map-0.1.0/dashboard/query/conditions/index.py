"""Which of the open trials have which condition."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from dashboard.query.conditions.phrases import Phrase, to_key, to_phrase
from dashboard.query.conditions.recognition import find_headings
from dashboard.query.conditions.vocabulary import load_vocabulary
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.records import TrialRecords
from dashboard.sites.trial import Trial

MIN_RECORDS = 2
MIN_SHARE = 0.8
"""A text goes with a heading if this share of the records that have the text have the heading, in
at least :data:`MIN_RECORDS` records."""


class ConditionIndex:
    """The conditions of trials, as headings of the vocabulary.

    A trial has those that its registry gave (MeSH) and those that its conditions and keywords name.
    Texts that name none by themselves are learned from the records that have both.
    """

    def __init__(self, trials: Mapping[str, Trial]) -> None:
        self._trials = trials
        self.learned = learn_texts(trials.values())

    @cached_property
    def headings(self) -> dict[str, frozenset[str]]:
        """By trial the headings of its conditions, with all broader ones."""
        return {trial_id: self._find(trial) for trial_id, trial in self._trials.items()}

    @cached_property
    def own_headings(self) -> dict[str, frozenset[str]]:
        """By trial the headings of its conditions alone."""
        return {trial_id: self._find_own(trial) for trial_id, trial in self._trials.items()}

    def find_trials(self, headings: Iterable[str]) -> set[str]:
        """The trials that have one of these conditions or a narrower one."""
        wanted = frozenset(headings)
        return {trial for trial, found in self.headings.items() if not wanted.isdisjoint(found)}

    def find_trials_by_words(self, text: str) -> set[str]:
        """The trials one of whose conditions, keywords or titles has these words in this order."""
        words = to_phrase(text)
        return {
            trial_id
            for trial_id, texts in self._texts.items()
            if words and any(_contains(one, words) for one in texts)
        }

    @cached_property
    def _texts(self) -> dict[str, tuple[Phrase, ...]]:
        return {
            trial_id: tuple(to_phrase(text) for text in (*_list_texts(trial), trial.title))
            for trial_id, trial in self._trials.items()
        }

    def _find(self, trial: Trial) -> frozenset[str]:
        vocabulary = load_vocabulary()
        own = self.own_headings[trial.trial_id]
        broader = (vocabulary.with_broader(heading) for heading in own)
        return frozenset().union(trial.mesh_ancestors, *broader)

    def _find_own(self, trial: Trial) -> frozenset[str]:
        vocabulary = load_vocabulary()
        found = {vocabulary.find_heading(term) or term for term in trial.mesh_terms}
        for text in _list_texts(trial):
            found |= find_headings(text) or self.learned.get(to_key(text), frozenset())
        if not found:
            found |= find_headings(trial.title)
        return frozenset(found)


@memoize_per_table
def build_condition_index(records: TrialRecords) -> ConditionIndex:
    """The index of these records; memoized for as long as they live."""
    return ConditionIndex(records)


def learn_texts(trials: Iterable[Trial]) -> dict[Phrase, frozenset[str]]:
    """The headings that go with texts which name none, from records that have both."""
    vocabulary = load_vocabulary()
    records: Counter[Phrase] = Counter()
    together: dict[Phrase, Counter[str]] = defaultdict(Counter)
    for trial in trials:
        terms = {vocabulary.find_heading(term) or term for term in trial.mesh_terms}
        if not terms:
            continue
        named = {text: find_headings(text) for text in trial.conditions}
        explained = {
            heading
            for headings in named.values()
            for one in headings
            for heading in vocabulary.with_broader(one)
        }
        unnamed = {to_key(text) for text, headings in named.items() if not headings}
        for key in unnamed:
            records[key] += 1
            together[key].update(terms - explained)
    return {
        key: found
        for key, counts in together.items()
        if records[key] >= MIN_RECORDS
        and (
            found := frozenset(
                term for term, count in counts.items() if count >= MIN_SHARE * records[key]
            )
        )
    }


def _list_texts(trial: Trial) -> Iterator[str]:
    yield from trial.conditions
    yield from trial.keywords


def _contains(text: Phrase, words: Phrase) -> bool:
    length = len(words)
    return any(text[n : n + length] == words for n in range(len(text) - length + 1))
