"""Whether two names of a place are of one facility: what must agree, and what opposes."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import OSA

from geocache.facilities.in_place import LIGHT, LocalName, LocalSegment, Place
from geocache.facilities.parse import HOSPITAL_LIKE
from geocache.facilities.words import SPECIALITIES, resolve

EXCLUSIVE = frozenset(
    {"CHILD", "WOMEN", "EYE", "DENTAL", "MENTAL", "MILITARY", "PRIVATE", "VETERINARY", "TCM"}
)
"""A hospital of this kind is not the one without it: Westmead and its Children's Hospital."""

MIN_CONTAINMENT, MIN_DICE = 0.7, 0.5
_MIN_SHARED, _MAX_ALONE = 0.5, 0.2
_ACRONYM_WEIGHT = 0.3
_MIN_STEM, _STEM_SHARE, _MAX_ENDING = 6, 0.7, 3
_MIN_CUT, _MIN_TYPO, _MIN_TYPOS = 4, 5, 8
_MIN_MISSPELT, _MAX_WRONG = 6, 2
_MIN_JOINED = 7


class Verdict(NamedTuple):
    """How two names are related.

    ``relation`` is ``same``, ``related``, ``opposed`` or empty, ``score`` goes from 0 to 1, ``how``
    is ``spelling``, ``acronym`` or ``part of``.
    """

    relation: str
    score: float
    how: str


NOTHING = Verdict("", 0.0, "")


def compare(a: LocalName, b: LocalName) -> Verdict:
    """How two names of one place are related."""
    verdict = _compare_main(a, b)
    if (
        verdict.relation not in {"same", "opposed"}
        and share_acronym(a, b)
        and not are_opposed(a, b)
    ):
        return Verdict("same", 0.75, "acronym")
    return verdict


def are_opposed(a: LocalName, b: LocalName) -> bool:
    """Whether something says that two names are of two facilities.

    Their numbers, compass points or campuses differ, or one is a hospital of a kind of its own.
    """
    if not EXCLUSIVE.isdisjoint(a.meanings ^ b.meanings):
        if not EXCLUSIVE.isdisjoint(a.meanings - b.meanings - (b.mentions - {"CHILD"})):
            return True
        if not EXCLUSIVE.isdisjoint(b.meanings - a.meanings - (a.mentions - {"CHILD"})):
            return True
    if a.numbers and b.numbers and a.numbers.isdisjoint(b.numbers):
        return True
    if a.campus and b.campus and not _share_word(a.campus, b.campus):
        return True
    return bool(a.compass and b.compass and a.compass.isdisjoint(b.compass))


def share_nothing(a: LocalName, b: LocalName) -> bool:
    """Whether two names that both name something have no word in common."""
    if not a.names or not b.names or share_acronym(a, b):
        return False
    if _are_alike("".join(a.names), "".join(b.names)):
        return False
    ours = [name for name in a.names if len(name) > 1]
    theirs = [name for name in b.names if len(name) > 1]
    if _share_word(ours, theirs):
        return False
    parents = [[n for s in one.parents for n in s.names if len(n) > 1] for one in (a, b)]
    return not (_share_word(ours, parents[1]) or _share_word(parents[0], theirs))


def share_acronym(a: LocalName, b: LocalName) -> bool:
    """Whether one is called by an acronym of the other: ``AIIMS``."""
    if not a.acronyms and not b.acronyms:
        return False
    if a.own_names and b.own_names:
        return False
    for one, other in ((a, b), (b, a)):
        if not one.own_names and one.kinds and other.own_names:
            return False
    return not (
        a.acronyms.isdisjoint(b.acronyms)
        and a.acronyms.isdisjoint(b.initials)
        and b.acronyms.isdisjoint(a.initials)
    )


@lru_cache(maxsize=262_144)
def same_word(a: str, b: str) -> bool:  # noqa: PLR0911 - one rule a line
    """True for equal names, those a letter or two apart, with other endings, and one cut off."""
    if a == b:
        return True
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) == 1:
        return long[0] == short
    if len(short) < _MIN_CUT or not (a.isalpha() and b.isalpha()):
        return False
    if long.startswith(short):
        return True
    if a[:_MIN_STEM] == b[:_MIN_STEM] and len(long) - len(short) <= _MAX_ENDING:
        same = next(n for n, (x, y) in enumerate(zip(short, long, strict=False)) if x != y)
        if same >= _STEM_SHARE * len(long):
            return True
    if short[0] != long[0] and not (long[0] in "dl" and long[1:] == short):
        return False
    allowed = 0 if len(long) < _MIN_TYPO else 1 if len(long) < _MIN_TYPOS else 2
    return len(long) - len(short) <= allowed and OSA.distance(a, b, score_cutoff=allowed) <= allowed


def _are_alike(a: str, b: str) -> bool:
    """True for long texts a letter or two apart: ``gangaram`` and ``ganga ram``."""
    return a == b or OSA.distance(a, b, score_cutoff=len(a) // _MIN_JOINED) <= len(a) // _MIN_JOINED


def _share_word(ours: Collection[str], theirs: Collection[str]) -> bool:
    return any(same_word(a, b) for a in ours for b in theirs)


class _Match(NamedTuple):
    """The weights of the names that two parts share, and of those that only one has."""

    shared: float
    only_a: float
    only_b: float

    @property
    def dice(self) -> float:
        whole = 2 * self.shared + self.only_a + self.only_b
        return 2 * self.shared / whole if whole else 0.0

    @property
    def containment(self) -> float:
        whole = self.shared + min(self.only_a, self.only_b)
        return self.shared / whole if whole else 0.0


def _match_names(
    a: Sequence[str],
    b: Sequence[str],
    rest: tuple[Sequence[str], Sequence[str]],
    acronyms: frozenset[str],
    place: Place,
) -> _Match:
    joined = "".join(a), "".join(b)
    if joined[0] == joined[1] or (
        len(a) != len(b) and min(map(len, joined)) >= _MIN_JOINED and _are_alike(*joined)
    ):
        return _Match(sum(map(place.weigh, a)), 0.0, 0.0)

    def weigh_alone(name: str) -> float:
        return place.weigh(name) * (_ACRONYM_WEIGHT if name in acronyms else 1.0)

    shared, only_a, left = 0.0, 0.0, list(b)
    for name in a:
        twin = next((other for other in left if same_word(name, other)), None)
        if twin is not None:
            left.remove(twin)
            shared += max(place.weigh(name), place.weigh(twin))
        elif not _share_word((name,), rest[1]):
            only_a += weigh_alone(name)
    only_b = sum(weigh_alone(name) for name in left if not _share_word((name,), rest[0]))
    return _Match(shared, only_a, only_b)


def _compare_main(a: LocalName, b: LocalName) -> Verdict:
    best = NOTHING
    for i in range(len(a.main)):
        for j in range(len(b.main)):
            verdict = _compare_segments(a, b, i, j)
            if verdict.relation == "same":
                verdict = _check_parts(a, b, i, j, verdict)
            if (verdict.relation == "same", verdict.score) > (best.relation == "same", best.score):
                best = verdict
    if best.relation != "same":
        return best
    if are_opposed(a, b):
        return best._replace(relation="opposed")
    one_sided = (
        bool(a.campus) != bool(b.campus)
        or bool(a.compass) != bool(b.compass)
        or bool(a.numbers) != bool(b.numbers)
    )
    if one_sided or _is_university_and_part(a, b):
        return Verdict("related", best.score, "part of")
    return best


def _is_university_and_part(a: LocalName, b: LocalName) -> bool:
    """A university and its faculty or a department of it, where neither is a hospital.

    Departments of a medical university are the hospital.
    """
    both, either = a.meanings & b.meanings, a.meanings | b.meanings
    if "UNIVERSITY" not in both or not either.isdisjoint(HOSPITAL_LIKE):
        return False
    if "FACULTY" in a.mentions ^ b.mentions:
        return True
    other_department = a.parsed.department != b.parsed.department
    return other_department and "MEDICAL" not in both and "FACULTY" not in both


def _check_parts(a: LocalName, b: LocalName, i: int, j: int, verdict: Verdict) -> Verdict:
    """Only related where one is the whole and the other names its part, or each another part."""
    one = [name for segment in a.main[i + 1 :] for name in segment.names]
    other = [name for segment in b.main[j + 1 :] for name in segment.names]
    if one and other and not _share_word(one, other):
        return Verdict("opposed", verdict.score, "part of")
    plain = not a.main[i].names
    for whole, part, at in ((b, a, i), (a, b, j)):
        if len(whole.main) != 1 or (len(part.main) == 1 and not (plain and part.after)):
            continue
        more = part.main[at + 1 :]
        if plain:
            more = [*part.main[:at], *more, *part.after]
        acronyms = part.acronyms | whole.acronyms
        later = [
            name
            for segment in more
            if ("HOSPITAL" in segment.meanings or not segment.meanings)
            and not acronyms.issuperset(segment.names)
            for name in segment.names
        ]
        known = [n for s in (*whole.parsed.main, *whole.parents) for n in s.names]
        if later and not _share_word(later, known):
            return Verdict("related", verdict.score, "part of")
    return verdict


def _compare_segments(  # noqa: PLR0911
    a: LocalName, b: LocalName, i: int, j: int
) -> Verdict:
    s, t = _correct(a.main[i], b.main[j]), _correct(b.main[j], a.main[i])
    if not s.names and not t.names:
        return _compare_kinds(s, t)
    if not s.names and a.owner_names:
        s = s.with_names(a.owner_names, a.owner_meanings)
    if not t.names and b.owner_names:
        t = t.with_names(b.owner_names, b.owner_meanings)
    acronyms = a.parsed.acronyms | b.parsed.acronyms
    if not s.names or not t.names:
        return _compare_named_with_unnamed(s, t, acronyms)
    match = _match_names(s.names, t.names, (a.rest[i], b.rest[j]), acronyms, a.place)
    if match.containment < MIN_CONTAINMENT or match.dice < MIN_DICE:
        return NOTHING
    if match.shared < _MIN_SHARED and match.only_a + match.only_b > _MAX_ALONE:
        return NOTHING
    specialities, others = s.meanings & SPECIALITIES, t.meanings & SPECIALITIES
    if specialities and others and specialities.isdisjoint(others):
        return Verdict("opposed", match.dice, "")
    if _is_owner(s, t) or _is_owner(t, s):
        return Verdict("related", match.dice, "part of")
    return Verdict("same", (match.containment + match.dice) / 2, "spelling")


def _is_owner(one: LocalSegment, other: LocalSegment) -> bool:
    """Whether one is the university or group of the other, or both parts of a university."""
    university = "UNIVERSITY" in one.meanings
    if (university or "UNIVERSITY" in other.meanings) and not SPECIALITIES.isdisjoint(
        one.meanings - other.meanings
    ):
        return True
    if one.is_hospital:
        return False
    if "GROUP" in one.meanings and "HOSPITAL" in other.meanings and "GROUP" not in other.meanings:
        return True
    both_faculties = "FACULTY" in one.meanings & other.meanings
    return university and other.is_hospital and not both_faculties


def _compare_named_with_unnamed(
    s: LocalSegment, t: LocalSegment, acronyms: frozenset[str]
) -> Verdict:
    """Whether numbers or an acronym tell: City Hospital 52, and that with a person's name."""
    if s.numbers and s.numbers == t.numbers and s.meanings - LIGHT == t.meanings - LIGHT:
        return Verdict("same", 0.8, "spelling")
    kinds = s.meanings == t.meanings and len(s.meanings) > 1 and s.meanings - {"UNIVERSITY"}
    if kinds and acronyms.issuperset(s.names or t.names):
        return _compare_kinds(s, t)
    return NOTHING


def _correct(s: LocalSegment, t: LocalSegment) -> LocalSegment:
    """The segment with a badly misspelt word read as one that the other has: ``mecial``."""
    for name in s.names:
        if len(name) < _MIN_MISSPELT:
            continue
        for word in t.words:
            if (
                word[0] == name[0]
                and len(word) >= _MIN_MISSPELT
                and abs(len(word) - len(name)) <= _MAX_WRONG
                and word not in s.words
                and resolve(word)[:1] > ()
                and resolve(word)[0].isupper()
                and OSA.distance(word, name, score_cutoff=_MAX_WRONG) <= _MAX_WRONG
            ):
                return s.without(name, resolve(word))
    return s


_SOFT_KINDS = frozenset({"REGIONAL", "CITY", "INTERNATIONAL", "TEACHING", "STATE"})


def _compare_kinds(s: LocalSegment, t: LocalSegment) -> Verdict:  # noqa: PLR0911
    """Where neither has a name beside the city's, the kinds must be the same."""
    if s.numbers != t.numbers or not s.meanings or not t.meanings:
        return NOTHING
    one, other = s.meanings - LIGHT, t.meanings - LIGHT
    if not one and not other:
        heads = s.meanings & t.meanings & HOSPITAL_LIKE
        return Verdict("same", 0.8, "spelling") if heads else NOTHING
    if one == other:
        if "UNIVERSITY" in one and s.is_hospital != t.is_hospital:
            return Verdict("related", 0.8, "part of")
        return Verdict("same", 0.9, "spelling")
    differ = one ^ other
    if "UNIVERSITY" in one & other and differ <= {"CENTRAL", "REGIONAL"}:
        return Verdict("same", 0.7, "spelling")
    specialities = one & SPECIALITIES
    if specialities and specialities == other & SPECIALITIES and len(differ) == 1:
        return Verdict("same", 0.7, "spelling") if differ <= _SOFT_KINDS else NOTHING
    return NOTHING
