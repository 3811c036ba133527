"""Cuts a facility's name into its parts, without site numbers, legal forms and initials."""

import re
from functools import lru_cache
from typing import NamedTuple

from geocache.facilities.words import WORDS, fold_word, resolve
from geocache.geo.names import repair

MAX_LENGTH = 300
_SITE_NUMBER = re.compile(
    r"(?:\(\s*+)?\b(?:investigational |study |research )?site\s*+(?:number|no\.?|nr\.?|id|code|#)?"
    r"\s*+[:#]?\s*+[a-z]{0,5}[ -]?\d[\d-]*+\s*+\)?"
    r"|(?:/\s*+)?\bID\s*+#\s*+:?\s*+\d+|\(\s*+[A-Z]{0,3}\d{3,}\s*+\)"
    r"|\baccount \d+\b|^\s*#?\d[\d-]{1,11}\s*[-–:]\s+",
    re.IGNORECASE,
)
_REGISTRY_MARKS = re.compile(r"^\s*\*[xX]?\*|-\s*(?:PPDS|PARENT|CRN)\s*$", re.IGNORECASE)
_ELIDED = re.compile(r"\b([dlDLI])[’'´`‘?](?=\w)")
_LOST = re.compile(r"(?<=\w)\?(?=\w)")
_JOINED = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{3})")
_QUOTES = re.compile(r"[\"“”«»„]|''|\B'|'\B")
_INITIALS = re.compile(r"\b(?:[A-Za-z]\.\s?){2,}")
_NAMED_AFTER = re.compile(r"\b(?:n\.\s?a\.?|im\.)\s|\bnamed (?:after|for)\b", re.IGNORECASE)
_SAINT = re.compile(r"\bS\.\s?(?=[A-Z])")
_BOUNDARY = re.compile(
    r"\s{1,3}[-–—?]++\s++|(?<![-–—])[-–—]++\s++|\s{1,3}[-–—]++|[,;|/()\[\]{}•·:]+"
)
_TIGHT = re.compile(r"[-–—]")
_WORD = re.compile(r"[^\W_]+")
_OWNER = re.compile(
    r"\b(?:affiliated|affiliate|attached)\s+(?:to|with|of)\b"
    r"|\b(?:a )?(?:unit|part|member|division) of\b",
    re.IGNORECASE,
)
_LEGAL_INSTITUTION = re.compile(
    r"\b(?:federal|state|municipal|communal|regional|public|government|governmental|private)"
    r"(?:\s+(?:state|budgetary?|autonomous|non-?\s?profit|non-?\s?commercial|scientific|educational"
    r"|healthcare|health care|health|medical|unitary|treasury|municipal|specialized)){0,6}\s+"
    r"(?:institution|enterprise|establishment|company)s?\b"
    r"(?:\s+of\s+(?:health\s?care|health|science|(?:higher |professional )*education"
    r"|public health))?"
    r"(?:\s+of\s+the\s+city\s+of\s+\w+)?",
    re.IGNORECASE,
)
_MAX_INITIALS = 2
_BRACKET = "\x01"
_MIN_ACRONYM, _MAX_ACRONYM = 3, 8
_MAX_ALONE = 6


class Part(NamedTuple):
    """The folded words between two commas, dashes or brackets.

    ``starts`` are the indices of words after a dash without spaces; ``of_owner`` is true after
    "affiliated to", ``acronyms`` are its words in capitals.
    """

    words: list[str]
    starts: frozenset[int]
    of_owner: bool
    acronyms: list[str]


@lru_cache(maxsize=65_536)
def strip_site_number(name: str) -> str:
    """The name without a sponsor's number of the site: ``( Site 0123 )``, ``/ID# 252899``."""
    text = repair(name, MAX_LENGTH)
    if any(map(str.isdigit, text)):
        text = _SITE_NUMBER.sub(" ", text)
    if "*" in text or "-" in text:
        text = _REGISTRY_MARKS.sub(" ", text)
    return " ".join(text.split())


def split_name(name: str) -> list[Part]:
    """The parts of a name, in order."""
    text = strip_site_number(name)
    if "'" in text or "?" in text or not text.isascii() or "`" in text:
        text = _LOST.sub("", _ELIDED.sub(r"\1 ", text))
    text = _QUOTES.sub(" ", _JOINED.sub(" ", text))
    if "." in text:
        text = _SAINT.sub("San ", _NAMED_AFTER.sub(" ", text))
        text = _INITIALS.sub(_join_initials, text)
    if "nstitution" in text or "nterprise" in text or "stablish" in text or "ompany" in text:
        text = _LEGAL_INSTITUTION.sub(" | ", text)
    named, *owners = _OWNER.split(text) if " of " in text or "ffiliated" in text else [text]
    parts = [part for piece in _BOUNDARY.split(named) if (part := _make_part(piece, False))]
    owned = bool(parts)
    for owner in owners:
        parts += [part for piece in _BOUNDARY.split(owner) if (part := _make_part(piece, owned))]
    return parts


def _make_part(text: str, of_owner: bool) -> Part | None:
    if not text or text.isspace():
        return None
    words: list[str] = []
    starts = set()
    for piece in _TIGHT.split(text) if not text.replace(" ", "").isalnum() else (text,):
        folded = fold_word(piece).split()
        if folded:
            starts.add(len(words))
            words += folded
    if not words:
        return None
    return Part(words, frozenset(starts), of_owner, _list_acronyms(text))


def _join_initials(found: re.Match[str]) -> str:
    """``E.P.E.`` as one word; two letters are a person's initials, or a legal form."""
    letters = found[0].replace(".", "").replace(" ", "")
    known = len(letters) > _MAX_INITIALS or fold_word(letters) in WORDS
    return f"{letters} " if known else " "


def _list_acronyms(text: str) -> list[str]:
    """The folded words in capitals that are no words of the tables: ``NKI``, ``MUHC``, ``VUmc``."""
    words = _WORD.findall(text)
    alone = len(words) == 1
    if text.isupper() and not alone:
        return []
    kept = []
    for word in words:
        if not _MIN_ACRONYM <= len(word) <= _MAX_ACRONYM:
            continue
        capitals = 0 if word.islower() else sum(map(str.isupper, word))
        if (capitals >= 2 and capitals * 2 > len(word)) or (alone and len(word) <= _MAX_ALONE):
            folded = fold_word(word)
            if folded.isalpha() and resolve(folded) == (folded,):
                kept.append(folded)
    return kept
