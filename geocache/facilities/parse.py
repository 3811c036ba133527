"""Takes a facility's name apart: what the hospital is called, and what kind of hospital it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from geocache.facilities.clean import split_name
from geocache.facilities.words import (
    ATTRIBUTES,
    COMPASS,
    DROPPED,
    HEADS,
    PHRASES,
    SPECIALITIES,
    resolve,
)

HOSPITAL_LIKE = frozenset({"HOSPITAL", "CLINIC", "CENTER", "INSTITUTE"})
_PARENT = frozenset({"UNIVERSITY", "FACULTY", "GROUP", "TRUST", "ACADEMY"})
_DEPARTMENT_WORDS = SPECIALITIES | {
    *("MEDICAL", "CLINICAL", "RESEARCH", "SPECIAL", "INTERNATIONAL", "DEPARTMENT", "STOP"),
    *("TEACHING", "GENERAL", "CLINIC"),
}
_MENTIONED = SPECIALITIES | {"FACULTY"}
_MIN_INITIALS, _MAX_INITIALS = 3, 8


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a name: its own names, what kind of institution it says, numbers, and its words.

    ``Guy's Hospital`` has the name ``guys`` and the meaning ``HOSPITAL``.
    """

    names: tuple[str, ...]
    meanings: frozenset[str]
    numbers: frozenset[str]
    words: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A facility's name, taken apart; equal for names that say the same.

    Attributes:
        main: the parts that name the hospital.
        parents: the university or group it belongs to, and what else stands there.
        lead: names before the first of ``main``; ``after``: those behind it.
        campus: names after "campus" or "location".
        acronyms: words in capitals.
        mentions: specialities anywhere in the name, departments included.
        department: whether the name says a department.
        words: all its words, folded.
    """

    main: tuple[Segment, ...]
    parents: tuple[Segment, ...]
    lead: tuple[Segment, ...]
    after: tuple[Segment, ...]
    campus: frozenset[str]
    acronyms: frozenset[str]
    mentions: frozenset[str]
    department: bool
    parts: int = field(compare=False)
    words: tuple[str, ...] = field(compare=False)

    def list_initials(self) -> frozenset[str]:
        """The initials that an acronym may be of."""
        found: set[str] = set()
        for segment in self.main:
            found |= make_initials(segment.words)
        if self.parts <= 2:
            found |= make_initials(self.words)
        return frozenset(found)


def make_initials(words: Iterable[str]) -> set[str]:
    """The first letters of three to eight words from the first on, with and without small words.

    >>> sorted(make_initials(["university", "of", "oslo", "hospital"]))
    ['uoh', 'uoo', 'uooh']
    """
    letters = [(word[0], resolve(word)[:1] not in {("STOP",), ()}) for word in words]
    texts = {
        "".join(letter for letter, content in letters if content and letter.isalpha()),
        "".join(letter for letter, _ in letters if letter.isalpha()),
    }
    return {
        text[:length]
        for text in texts
        for length in range(_MIN_INITIALS, min(len(text), _MAX_INITIALS) + 1)
    }


@lru_cache(maxsize=65_536)
def parse(name: str) -> Parsed:
    """Take a name apart; see :class:`Parsed`. Never changed: a name recurs in many places."""
    arranging = _Arranging()
    acronyms: list[str] = []
    words: list[str] = []
    mentions: set[str] = set()
    count = 0
    for part in split_name(name):
        acronyms += part.acronyms
        words += part.words
        for items, raw in _split_items(_translate(part.words), part.starts, part.words):
            mentions.update(items)
            arranging.add(items, raw, part.of_owner)
            count += 1
    arranging.finish()
    return Parsed(
        tuple(arranging.main),
        tuple(arranging.parents),
        tuple(arranging.lead),
        tuple(arranging.after),
        frozenset(arranging.campus),
        frozenset(acronyms),
        frozenset(mentions & _MENTIONED),
        arranging.department,
        count,
        tuple(words),
    )


def _translate(words: Sequence[str]) -> list[tuple[str, int]]:
    """The meanings and names of words, each with the index of the word it is from."""
    items: list[tuple[str, int]] = []
    at = 0
    while at < len(words):
        word = words[at]
        for rest, meanings in PHRASES.get(word, ()):
            if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                items += [(meaning, at) for meaning in meanings]
                at += 1 + len(rest)
                break
        else:
            items += [(meaning, at) for meaning in resolve(word)]
            at += 1
    return items


def _split_items(
    items: list[tuple[str, int]], starts: frozenset[int], words: list[str]
) -> list[tuple[list[str], list[str]]]:
    """Cut a part where a dash without spaces comes between two things: ``Hospital-Oncology``."""
    if len(starts) == 1:
        return [([item for item, _ in items], words)] if items else []
    parts: list[tuple[list[str], list[str]]] = []
    current: list[str] = []
    raw_start = 0
    for item, at in items:
        if (
            current
            and at
            and at in starts
            and item.isupper()
            and item not in DROPPED
            and item not in COMPASS
            and (current[-1] in HEADS or not current[-1].isupper())
            and not HEADS.isdisjoint(current)
        ):
            parts.append((current, words[raw_start:at]))
            current, raw_start = [], at
        current.append(item)
    if current:
        parts.append((current, words[raw_start:]))
    return parts


class _Arranging:
    """Says of each part of a name what it is to the hospital."""

    def __init__(self) -> None:
        self.main: list[Segment] = []
        self.parents: list[Segment] = []
        self.lead: list[Segment] = []
        self.after: list[Segment] = []
        self.campus: set[str] = set()
        self.department = False
        self._leftover: list[Segment] = []

    def add(self, items: list[str], raw: list[str], of_owner: bool) -> None:
        """Add the next part."""
        items = [item for item in items if item not in DROPPED]
        items, had_department = _drop_department(items)
        self.department |= had_department
        if "CAMPUS" in items:
            at = items.index("CAMPUS")
            before, behind = items[:at], items[at + 1 :]
            if not _has_name(before) and HEADS.isdisjoint(before):
                self.campus.update(i for i in items if i != "CAMPUS" and i not in HEADS)
                return
            self.campus.update(i for i in behind if i not in HEADS)
            items = before
        if items:
            for piece in _cut_parent(items):
                self._place(_make_segment(piece, raw), of_owner, had_department)

    def _place(self, segment: Segment, of_owner: bool, had_department: bool) -> None:
        heads = segment.meanings & HEADS
        if of_owner:
            self.parents.append(segment)
        elif not self.main and not heads and segment.names and segment.meanings - _PLAIN:
            self.main.append(segment)
        elif had_department and not heads:
            self._leftover.append(segment)
        elif heads & HOSPITAL_LIKE and ("HOSPITAL" in heads or not had_department):
            self.main.append(segment)
        elif not segment.meanings.isdisjoint(_PARENT):
            self.parents.append(segment)
        elif heads:
            self.main.append(segment)
        else:
            if segment.names and not segment.meanings and not had_department:
                (self.after if self.main else self.lead).append(segment)
            self._leftover.append(segment)

    def finish(self) -> None:
        """Settle what is the hospital where no part says so."""
        if not self.main:
            if self.parents:
                self.main, self.parents = self.parents, []
            else:
                self.main, self._leftover = self._leftover[:1], self._leftover[1:]
        self.parents += [one for one in self._leftover if one.names and not one.meanings]
        if len(self.main) > 1:
            self.main = _drop_units(self.main)


_PLAIN = frozenset({"UNIVERSITY", "SAINT"})


def _drop_department(items: list[str]) -> tuple[list[str], bool]:
    """The items without a department: ``Department of Pediatrics``, ``Allergy Unit``."""
    if "DEPARTMENT" not in items:
        return items, False
    drop: set[int] = set()
    for at, item in enumerate(items):
        if item != "DEPARTMENT":
            continue
        drop.add(at)
        for step in (1, -1):
            here = at + step
            while 0 <= here < len(items) and (
                items[here] in _DEPARTMENT_WORDS or items[here][0] == "#" or len(items[here]) == 1
            ):
                drop.add(here)
                here += step
    return [item for at, item in enumerate(items) if at not in drop], True


def _is_name(item: str) -> bool:
    return (not item.isupper() and item[0] != "#") or item in COMPASS


def _has_name(items: Iterable[str]) -> bool:
    return any(map(_is_name, items))


def _make_segment(items: list[str], raw: list[str]) -> Segment:
    names, meanings, numbers = [], [], []
    for item in items:
        if item[0] == "#":
            numbers.append(item)
        elif item in COMPASS or not item.isupper():
            names.append(item)
        else:
            meanings.append(item)
    if meanings and any(_MIN_INITIALS <= len(name) <= _MAX_INITIALS for name in names):
        initials = make_initials(raw)
        names = [name for name in names if name not in initials]
    names.sort(key=COMPASS.__contains__)  # compass points last
    return Segment(tuple(names), frozenset(meanings), frozenset(numbers), tuple(raw))


def _cut_parent(items: list[str]) -> list[list[str]]:
    """``tongji HOSPITAL`` apart from ``huazhong UNIVERSITY`` in one part of a name."""
    if "HOSPITAL" not in items:
        return [items]
    if "UNIVERSITY" in items:
        at = items.index("UNIVERSITY")
        before, behind = items[:at], items[at + 1 :]
        if (
            "HOSPITAL" in behind
            and _has_name(before)
            and HEADS.isdisjoint(before)
            and _has_name(behind[: behind.index("HOSPITAL")])
        ):
            start = next(n for n, item in enumerate(behind) if _is_name(item))
            return [[*before, "UNIVERSITY", *behind[:start]], behind[start:]]
    at = items.index("HOSPITAL")
    before, behind = items[: at + 1], items[at + 1 :]
    named = any(not item.isupper() and item[0] != "#" for item in before)
    if named and not _PARENT.isdisjoint(behind) and _has_name(behind):
        return [before, behind]
    return [items]


def _drop_units(main: list[Segment]) -> list[Segment]:
    """Without parts that say what a part of the hospital does: ``Pediatric Clinic``."""
    if not any(segment.names or "HOSPITAL" in segment.meanings for segment in main):
        return main
    return [
        segment
        for segment in main
        if segment.names
        or ("HOSPITAL" in segment.meanings and not segment.meanings.isdisjoint(ATTRIBUTES))
    ] or main[:1]
