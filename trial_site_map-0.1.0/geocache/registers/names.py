"""Makes names of facilities, towns and postcodes comparable; says how alike two names are."""

import re
from collections.abc import Collection, Sequence
from enum import IntEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from geocache.geo.names import fold, fold_once, make_key, repair

MAX_NAME_LENGTH = 300
_DOTTED = re.compile(r"(?<=\b\w)\.(?=\w\b)")
_ACRONYM = re.compile(r"\s{0,3}[(\[][A-Z][A-Z.&-]{1,9}[)\]]")
_ELISION = re.compile(r"\b[dl]['’](?=\w)", re.IGNORECASE)
_TOWN_EXTRAS = re.compile(r"\([^()]*+\)|\bcedex\b.*|\d+", re.IGNORECASE)
_COUNTRY_PREFIX = re.compile(r"^[A-Za-z]{1,3}[-\s](?=\d)")
_NOT_ALNUM = re.compile(r"[^0-9a-z]+")
_MIN_POSTCODE_LENGTH = 3
_MIN_HANDLE_LENGTH = 4
_MIN_LETTERS = 6
"""Shorter words are names of their own when one letter differs: Maria, Marta."""

_SMALL_WORDS = frozenset(
    re.findall(
        r"\w+",
        """and of the for at de del della dell dello degli delle di do da dos das du des d l la le
        les el los las der die dem den am im in an et we van het te zu zum zur und
        gmbh ggmbh mbh ag srl spa ltd limited inc llc plc kft bv nv sro sarl""",
    )
)
"""Words that tell no facilities apart: articles, prepositions, legal forms."""

_CONJUNCTIONS = frozenset("eyw")
"""Small words too, except at the end, where they are a letter: Clinic E."""

_SPELLINGS = {
    "hosp": "hospital", "univ": "university",
    "med": "medical", "ctr": "center", "cntr": "center", "centre": "center", "inst": "institute",
    "natl": "national", "dr": "doctor", "univers": "university", "krkh": "krankenhaus",
    "mem": "memorial", "reg": "regional",
    "clin": "clinic", "hopital": "hospital", "hospitalier": "hospital",
}  # fmt: skip

_GENERIC = frozenset(
    re.findall(
        r"\w+",
        """hospital clinic clinics clinica clinique klinik klinikum medical medico center centro
        university universitario universitaria universitat universitatsklinikum general regional
        district county city municipal central national state public private institute institut
        instituto health healthcare care research krankenhaus ospedale azienda ospedaliera
        provincial community memorial hospitalar santa casa misericordia szpital wojewodzki
        nemocnice korhaz hopital ziekenhuis sykehus sygehus sairaala dispensary unit branch new
        internacional international kliniken poliambulatorio ambulatorio policlinico polyclinic
        fondazione casa cura krajska oblastni mestska praxis zentrum""",
    )
)
"""Words of a kind of house: a name of nothing else may be that of several houses of a town."""


class Likeness(IntEnum):
    """How alike two names are, closest first."""

    EQUAL = 0
    EQUAL_WITHOUT_TOWN = 1
    REORDERED = 2
    MISSPELT = 3
    OTHERWISE_CALLED = 4
    DIFFERENT = 5


def split_name(name: str) -> list[str]:
    """The words of a facility's name, folded, with usual abbreviations written out.

    >>> split_name("Univ.-Klinikum der Stadt Graz (UKG)")
    ['university', 'klinikum', 'stadt', 'graz']
    """
    text = repair(name, MAX_NAME_LENGTH)
    if "." in text:
        text = _DOTTED.sub("", text)
    if "(" in text or "[" in text:
        text = _ACRONYM.sub(" ", text) if _ACRONYM.sub("", text).strip() else text
    if "'" in text or "’" in text:
        text = _ELISION.sub("", text)
    words = fold_once(text).split()
    kept = [_SPELLINGS.get(word, word) for word in words if word not in _SMALL_WORDS]
    if not _CONJUNCTIONS.isdisjoint(kept[:-1]):
        kept = [*(word for word in kept[:-1] if word not in _CONJUNCTIONS), kept[-1]]
    return kept or words


@lru_cache(maxsize=8_192)
def split_town(city: str) -> frozenset[str]:
    """The words of a town, as they stand in names of its facilities."""
    return frozenset((*split_name(city), *fold(city).split()))


def drop_town(words: Sequence[str], town: Collection[str]) -> list[str]:
    """The words without those of the town, unless none is left."""
    return [word for word in words if word not in town] or list(words)


def make_town_key(city: str) -> str:
    """The key of a town: without brackets, numbers, ``CEDEX``, spaces, accents and case."""
    text = repair(city)
    key = make_key(fold(text))
    if key.isalpha() and "cedex" not in key and "(" not in text:
        return key
    return make_key(fold(_TOWN_EXTRAS.sub(" ", text))) or key


def make_postcode_key(country: str, postcode: str) -> str:
    """The key of a postcode; empty if it is too short. Zeros that spreadsheets drop do not count.

    >>> make_postcode_key("US", "02114-2696"), make_postcode_key("AT", "A-8036")
    ('2114', '8036')
    """
    if not postcode:
        return ""
    text = postcode.strip()[:20]
    if text.isdecimal() and text.isascii():
        key = (text[:5] if country == "US" else text).lstrip("0")
        return key if len(key) >= _MIN_POSTCODE_LENGTH else ""
    text = _COUNTRY_PREFIX.sub("", text)
    if country == "US":
        text = text.partition("-")[0][:5]
    key = _NOT_ALNUM.sub("", text.casefold()).lstrip("0")
    return key if len(key) >= _MIN_POSTCODE_LENGTH else ""


def pick_handles(words: Sequence[str], count: int = 2) -> list[str]:
    """The longest words of a name, under which it is found if another word is misspelt."""
    long = [word for word in words if len(word) >= _MIN_HANDLE_LENGTH]
    if len(long) > 1:
        long = sorted(set(long), key=lambda word: (word in _GENERIC, -len(word), word))
    return long[:count]


def is_generic(words: Collection[str]) -> bool:
    """Whether a name has no word but those of a kind of house."""
    return all(word in _GENERIC for word in words)


def compare_names(asked: Sequence[str], known: Sequence[str], town: Collection[str]) -> Likeness:
    """How alike two names are, given as words; ``town`` holds the words of their town.

    Misspelt is a name with one letter wrong in one or two long words, all others being equal.
    """
    if "".join(asked) == "".join(known):
        return Likeness.EQUAL
    first, second = drop_town(asked, town), drop_town(known, town)
    if "".join(first) == "".join(second):
        return Likeness.EQUAL_WITHOUT_TOWN
    mine, theirs = sorted(first), sorted(second)
    if mine == theirs:
        return Likeness.REORDERED
    if len(mine) != len(theirs) or len(mine) < 2:
        return Likeness.DIFFERENT
    for word in list(mine):
        if word in theirs:
            mine.remove(word)
            theirs.remove(word)
    if len(mine) > 2 or len(mine) == len(first):
        return Likeness.DIFFERENT
    pairs = zip(mine, theirs, strict=True)
    return Likeness.MISSPELT if all(_is_misspelt(*pair) for pair in pairs) else Likeness.DIFFERENT


def _is_misspelt(one: str, other: str) -> bool:
    """Whether two long Latin words differ in one letter, or two neighbours are swapped.

    A plural is another word: "Hospitals" are a group of them.
    """
    if one == f"{other}s" or other == f"{one}s":
        return False
    if min(len(one), len(other)) < _MIN_LETTERS or one[0] != other[0]:
        return False
    latin = one.isascii() and one.isalpha() and other.isascii() and other.isalpha()
    return latin and OSA.distance(one, other, score_cutoff=1) <= 1
