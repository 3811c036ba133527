"""The shipped vocabulary: MeSH headings of diseases with their parents, and words that people use.

``mesh.csv.gz`` comes from MeSH of the U.S. National Library of Medicine
(``scripts/build_mesh_headings.py``). ``words.csv`` was written for this project: for each of the
most frequent conditions the words of patients and doctors in five languages, the first of a
language being its label. Headings that people do not tell apart (*Depression*, *Depressive
Disorder*) stand in one row. A word of three letters or fewer is looked for in whole texts alone,
unless ``+`` stands before it. ``broader.csv`` has what people call a kind of another condition
where MeSH sorts by tissue: *glioblastoma* is a brain tumour, *melanoma* skin cancer.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources

from dashboard.query.conditions.phrases import Phrase, list_name_variants, to_key, to_phrase

LANGUAGES = ("en", "de", "fr", "es", "it")
SHORT = 3
"""Letters of an abbreviation that may mean several things."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A condition over all its words.

    ``heading`` is its name in MeSH, and its identity; ``labels`` are by language what people call
    it; ``words`` are all its words by language.
    """

    heading: str
    labels: Mapping[str, str]
    words: Mapping[str, tuple[str, ...]]

    @property
    def label(self) -> str:
        """What people call it in English."""
        return self.label_in("en")

    def label_in(self, language: str) -> str:
        """What people call it in a language, else in English, else its heading."""
        return self.labels.get(language) or self.labels.get("en") or self.heading


class Vocabulary:
    """All concepts, with the words and narrower terms of each."""

    def __init__(
        self,
        concepts: Iterable[Concept],
        parents: Mapping[str, tuple[str, ...]],
        former: Mapping[str, str],
    ) -> None:
        self.concepts = {one.heading: one for one in concepts}
        self._parents = parents
        self._former = former

    @cached_property
    def by_key(self) -> dict[Phrase, str]:
        """The heading of every word and name, by the words in alphabetical order."""
        found: dict[Phrase, str] = {}
        for heading, word in self.list_words():
            found.setdefault(to_key(word), heading)
        return found

    @cached_property
    def phrases(self) -> dict[Phrase, str]:
        """The heading of every phrase that is looked for inside of texts."""
        found: dict[Phrase, str] = {}
        for heading, word in self.list_words():
            whole_only = _is_short(word) and not word.startswith("+")
            for phrase in () if whole_only else list_name_variants(word):
                found.setdefault(phrase, heading)
        return found

    def list_words(self) -> Iterator[tuple[str, str]]:
        """Every heading with each of its words: labels first, then MeSH's names, then others."""
        spoken = [concept for concept in self.concepts.values() if concept.words]
        for concept in spoken:
            for label in concept.labels.values():
                yield concept.heading, label
        for concept in self.concepts.values():
            yield concept.heading, concept.heading
        for former, heading in self._former.items():
            yield heading, former
        for concept in spoken:
            for words in concept.words.values():
                for word in words:
                    yield concept.heading, word

    def find_heading(self, term: str) -> str | None:
        """The heading of a MeSH term, today's or a former one."""
        if term in self.concepts:
            return term
        return self._former.get(term)

    def with_broader(self, heading: str) -> frozenset[str]:
        """A heading and all that it is narrower than."""
        return _with_broader(self, heading)

    def parents(self, heading: str) -> tuple[str, ...]:
        """The headings directly above."""
        return self._parents.get(heading, ())


@cache
def _with_broader(vocabulary: Vocabulary, heading: str) -> frozenset[str]:
    found, waiting = {heading}, [heading]
    while waiting:
        for parent in vocabulary.parents(waiting.pop()):
            if parent not in found:
                found.add(parent)
                waiting.append(parent)
    return frozenset(found)


def _is_short(word: str) -> bool:
    return len("".join(to_phrase(word))) <= SHORT


@cache
def load_vocabulary() -> Vocabulary:
    """The shipped vocabulary."""
    folder = resources.files(__package__)
    packed = (folder / "mesh.csv.gz").read_bytes()
    mesh = list(csv.DictReader(gzip.decompress(packed).decode().splitlines()))
    texts = (folder / "words.csv").read_text(encoding="utf-8").splitlines()
    former = {row["former"]: row["heading"] for row in mesh if row["former"]}
    spoken: dict[str, dict[str, str]] = {}
    parents = {row["heading"]: tuple(filter(None, row["parents"].split("|"))) for row in mesh}
    for row in csv.DictReader(texts, delimiter="|"):
        first, *others = (part.strip() for part in row["heading"].split(";"))
        spoken[first] = row
        for other in others:
            if other in parents:
                parents[first] += (other,)
                parents[other] += (first,)
            else:
                former[other] = first
    also = (folder / "broader.csv").read_text(encoding="utf-8").splitlines()
    for row in csv.DictReader(also, delimiter="|"):
        parents[row["heading"]] += (row["broader"],)
    concepts = [_build_concept(row["heading"], spoken.get(row["heading"], {})) for row in mesh]
    return Vocabulary(concepts, parents, former)


def _build_concept(heading: str, row: Mapping[str, str]) -> Concept:
    words = {
        language: tuple(word.strip() for word in row[language].split(";"))
        for language in LANGUAGES
        if row.get(language)
    }
    labels = {language: of_it[0].removeprefix("+") for language, of_it in words.items()}
    return Concept(heading, labels, words)
