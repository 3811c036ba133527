"""How clearly a spelling names a facility, and how two spellings of one differ."""

import re
from functools import lru_cache

from geocache.facilities.clean import strip_site_number
from geocache.facilities.parse import Parsed
from geocache.facilities.words import HEADS, resolve
from geocache.geo.names import fold_once

_JOINED = re.compile(r"['’´`.]")
_SMALL = frozenset({"the", "and", "of"})
_CUT_AT, _LONG = 58, 70


@lru_cache(maxsize=65_536)
def spelling_key(name: str) -> str:
    """An equal key for names that differ only in case, accents, punctuation, dashes or "the".

    ``Dana-Farber Cancer Institute`` and ``dana farber cancer institute`` have one key; names that
    differ in any other word do not.
    """
    words = fold_once(_JOINED.sub("", name)).split()
    return " ".join(word for word in words if word not in _SMALL)


def clean_name(name: str) -> str:
    """A spelling fit to be shown: without site number, and not in capitals alone."""
    text = strip_site_number(name).strip(" ,;-|")
    return text or name.strip()


def rank_clearness(name: str, parsed: Parsed) -> tuple[int, ...]:
    """Sorts spellings of one facility: the clearest has the least."""
    return (
        not parsed.main or not any(s.meanings & HEADS for s in parsed.main),
        parsed.department or bool(parsed.after) or bool(parsed.lead),
        len(parsed.main) > 1 or bool(parsed.parents),
        "?" in name or "�" in name or len(name) in range(_CUT_AT, 61) or len(name) > _LONG,
        name.isupper() or name.islower(),
        bool(parsed.acronyms) or "|" in name or ";" in name,
    )


def describe_difference(name: Parsed, shown: Parsed, how: str) -> str:
    """How a name that is no exact spelling was joined: ``spelling`` and so on.

    ``part of`` for a department or another part of the facility, ``acronym``, ``language`` where
    only words that say what kind of hospital it is differ.
    """
    if how in {"acronym", "person"}:
        return how
    if name.department and not shown.department:
        return "part of"
    ours, theirs = set(name.words), set(shown.words)
    other = [resolve(word) for word in ours ^ theirs]
    if len(name.main) > len(shown.main) or (name.parents and not shown.parents):
        return "part of"
    kinds_differ = any(meaning and meaning[0].isupper() for meaning in other)
    both = any(
        meaning and meaning[0] in HEADS | {"UNIVERSITY"}
        for meaning in (resolve(word) for word in ours - theirs)
    )
    return "language" if kinds_differ and both else "spelling"
