"""Recognizes placeholders: facility names that do not name a hospital."""

import re
from functools import lru_cache

from geocache.geo.names import fold, repair
from geocache.paths import DATA
from geocache.place import Flag, Place, Position

_WORDS = DATA / "placeholder-words.txt"
_GENERIC, _SPONSORS, _NAMING, _GIVEAWAY = (
    frozenset(part.split()) for part in _WORDS.read_text(encoding="utf-8").split("\n\n")
)
_CODE = re.compile(r"[a-z]{0,5}\d[\da-z]*|[ivx]+|[a-z]")
_SENTENCES = re.compile(
    r"for (?:additional|more|further|any|study|trial|recruitment|site)? ?"
    r"(?:information|info|details|location)"
    r"|call (?:the )?(?:lilly|study|toll|1 ?8)|please (?:contact|call|see|email)"
    r"|contact (?:the )?(?:sponsor|study|lilly|us\b)|clinical ?trials? ?(?:info|support|disclosure)"
    r"|there (?:may be|are) (?:other|multiple|additional)|see central contact|local institution"
    r"|research facility id|many locations|multiple (?:sites|locations|centers|centres)|use link"
    r"|investigati(?:ve|onal) (?:trial |study )?sites?\b"
    r"|\b(?:investigator|research|study|trial|clinical)s?(?: trials?| study| research)? site "
    r"(?:number |no |nr |id |code )?[a-z]{0,5} ?\d"
)
_ADDRESS = re.compile(r"@|https?://")
_SHORT = 3


@lru_cache(maxsize=100_000)
def is_placeholder(facility: str) -> bool:
    """Whether a facility name is a placeholder.

    True for empty names, bare numbers and codes, generic words (``Research Site``), a sponsor's
    name with generic words (``Novartis Investigative Site``), and sentences about whom to contact.
    False if any other word remains that could name a place: ``Duke Clinical Research Site``.
    """
    text = repair(facility, 400).strip()
    folded = fold(text)
    if not folded or _SENTENCES.search(folded):
        return True
    words = folded.split(" ")
    if _ADDRESS.search(text) and len(words) < 12 and not _NAMING.intersection(words):
        return True
    rest = [word for word in words if not _CODE.fullmatch(word)]
    if not rest:
        return True
    if any(word not in _GENERIC and word not in _SPONSORS for word in rest):
        return False
    if _GIVEAWAY.intersection(rest):
        return True
    generic = all(word in _GENERIC for word in rest)
    return generic and len(rest) <= _SHORT and not _NAMING.intersection(rest)


def flag_placeholder(place: Place, found: Position) -> Position:
    """The position, flagged ``placeholder_facility`` if the place's facility is a placeholder.

    Unchanged without a facility or a position, and for a pin, which a person set deliberately.
    """
    if not found.resolved or not place.facility or found.source == "pin":
        return found
    if not is_placeholder(place.facility) or Flag.PLACEHOLDER_FACILITY in found.flags:
        return found
    return found._replace(flags=(*found.flags, Flag.PLACEHOLDER_FACILITY))
