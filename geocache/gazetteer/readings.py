"""The ways a city as written can be read, most literal first."""

import re
from collections.abc import Iterator

from geocache.gazetteer.aliases import CITY_ALIASES
from geocache.names import fold

_BRACKETS = re.compile(r"\(([^)]*)\)?")
_CEDEX = re.compile(r"\bcedex\b.*$", re.IGNORECASE)
_DIGITS = re.compile(r"\b\w?-?\d[\w-]*")
_LONE_LETTER = re.compile(r"(?<=\w)\s+\w{1,2}\.?$")
_SUFFIXES = {
    "JP": "shi ku city gun cho machi ward ken",
    "KR": "si gu gun city do",
    "TW": "city shi county district dist",
    "CN": "city shi",
    "RO": "sector",
}
_COMMON_SUFFIXES = "city town township municipality district"
_PREFIXES = re.compile(r"^(?:city|town|municipality|district|metropolitan borough) of ")


def readings(city: str, country: str) -> Iterator[tuple[str, float, str]]:
    """Folded names a city text may stand for, what each costs in score (0-1), and the rule."""
    folded = fold(city)
    alias = CITY_ALIASES.get(country, {}).get(folded)
    if alias:
        yield fold(alias), 0.0, "usual short name"
    yield folded, 0.0, ""
    if "(" in city:
        outside = _BRACKETS.sub(" ", city)
        yield fold(outside), 0.02, "without brackets"
        for inside in _BRACKETS.findall(city):
            yield fold(inside), 0.1, "in brackets"
    plain = _DIGITS.sub(" ", _CEDEX.sub("", _BRACKETS.sub(" ", city)))
    bare = fold(plain)
    if bare != folded:
        yield bare, 0.03, "without digits"
    words = bare.split(" ")
    dropped = set(f"{_COMMON_SUFFIXES} {_SUFFIXES.get(country, '')}".split())
    if len(words) > 1 and words[-1] in dropped:
        yield " ".join(words[:-1]), 0.04, f"without {words[-1]}"
    shorter = _PREFIXES.sub("", bare)
    if shorter != bare:
        yield shorter, 0.04, "without what kind of place it is"
    letter = fold(_LONE_LETTER.sub("", plain))
    if letter != bare:
        yield letter, 0.06, "without its last letter"
    for part in re.split(r"[,/;|]| - ", _BRACKETS.sub(" ", city)):
        cleaned = fold(_DIGITS.sub(" ", part))
        if cleaned and cleaned != bare:
            yield cleaned, 0.1, "one of several names"
