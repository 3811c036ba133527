"""Generates variants of a city's text to look up, the most literal first."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from geocache.geo.names import fold

_BRACKETS = re.compile(r"[(\[]([^)\]]*)[)\]]?")
_CEDEX = re.compile(r"\bcedex\b.*$", re.IGNORECASE)
_DIGITS = re.compile(r"\b[A-Za-z]{0,2}-?\d[\w-]*")
_TAIL = re.compile(
    r"(?<=\w)[\s,.-]+(?:[a-zøåäö]{1,2}|[ivx]{1,5}|n\.?t\.?|d\.?\s?[cf]\.?)\.?$", re.IGNORECASE
)
_PARTS = re.compile(r"[,/;|]| - | – ")
# East Asian suffixes for cities, wards and counties, without a space; Korean ones decomposed.
_TOWN_SIGN = re.compile(
    "(?<=[\u3400-\u9fff]{2})[市町村都府県縣省]$|(?<=[\u1100-\u11ff]{4})\u1109\u1175$"
)
_WARD_SIGN = re.compile(
    "(?<=[\u3400-\u9fff]{2})[区區郡]$|(?<=[\u1100-\u11ff]{4})\u1100\u116e\u11ab?$"
)
_SUFFIXES = {
    "JP": "shi ku city gun cho machi ward ken fu to prefecture",
    "KR": "si gu gun city do province",
    "TW": "city shi county district dist township hsien",
    "CN": "city shi province sheng district qu",
    "RO": "sector sectorul",
    "TR": "merkez ili il",
    "TH": "province mueang",
    "VN": "city province",
    "DE": "stadt am",
}
_COMMON_SUFFIXES = (
    "city town township municipality district county province village metropolitan area cdx"
)
_KIND_PREFIX = re.compile(
    r"^(?:the )?(?:(?:city|town|municipality|district|metropolitan borough|borough|county|village|"
    r"region|province|state) of|ciudad de|municipio de|cidade de|comune di|gemeente|stadt|"
    r"ville de|amphoe|amphur|mueang|muang|thanh pho|tp|kota|g|obec|mesto) "
)
_DIRECTION = re.compile(
    r"^(?:north|south|east|west|central|greater|metro|metropolitan|downtown|upper|lower|inner|outer|"
    r"northern|southern|eastern|western|north east|north west|south east|south west|norte|sur|este|"
    r"oeste|nord|sud|est|ouest) "
)
_SHORT = {
    "n": "north", "s": "south", "e": "east", "w": "west", "no": "north", "so": "south",
    "spgs": "springs", "spg": "springs", "hts": "heights", "hgts": "heights", "bch": "beach",
    "pt": "port", "pk": "park", "vlg": "village", "ctr": "center", "jct": "junction",
    "is": "island", "cd": "ciudad", "gral": "general", "sta": "santa", "sto": "santo",
    "nva": "nueva", "nvo": "nuevo", "tg": "targu", "tirgu": "targu", "b": "bad",
    "centre": "center", "kbh": "kobenhavn", "ffm": "frankfurt",
}  # fmt: skip
_SHORTENED = frozenset(_SHORT)
_GERMAN = frozenset(("DE", "AT", "CH"))
_GERMAN_SHORT = {"a": "am", "b": "bei", "d": "der", "i": "im", "o": "ob", "v": "vor"}
_INITIAL = 2
"""Up to this length (``N``, and the rest of ``48°N``) a text is not an abbreviated name."""
_AND = frozenset(("et", "y", "e", "i", "u"))
NOWHERE = frozenset(
    (
        "na", "none", "unknown", "nil", "null", "notprovided", "notavailable", "notapplicable",
        "various", "multiple", "many", "tbd", "tbc", "multiplelocations", "manylocations",
        "multiplecities", "other", "others", "city", "town", "anywhere", "nationwide",
        "worldwide", "online", "remote", "virtual", "confidential", "undisclosed",
        "notspecified", "pending", "variouslocations", "multiplesites", "nocity", "unspecified",
        "xxx", "test",
    )
)  # fmt: skip
"""Keys of texts in the city column that name no city."""


class Variant(NamedTuple):
    """A folded name that a city's text may mean.

    ``cost`` is subtracted from the score (0-1); ``rule`` says how the variant was made; ``part`` is
    true if the omitted text may name a part of the place; ``hint`` is omitted text that may be a
    state.
    """

    name: str
    cost: float
    rule: str
    part: bool = False
    hint: str = ""


@lru_cache(maxsize=64)  # a place that is not found at once is tried in four ways
def list_variants(city: str, country: str) -> tuple[Variant, ...]:
    """The variants of a city's text, each name once, the most literal first."""
    found: dict[str, Variant] = {}
    for variant in _generate_all(city, country):
        if len(variant.name) > 1:
            found.setdefault(variant.name, variant)
    return tuple(found.values())


def _generate_all(city: str, country: str) -> Iterator[Variant]:
    folded = fold(city)
    yield Variant(folded, 0.0, "")
    if city.replace(" ", "").isalpha() and "cedex" not in folded:  # nothing below applies
        yield from _shorten(folded, city, country)
        yield from _generate_parts(folded, city)
        return
    outside = _BRACKETS.sub(" ", city)
    inside = [text for text in _BRACKETS.findall(city) if text.strip()]
    if inside:
        yield Variant(fold(outside), 0.02, "without brackets", hint=inside[0])
    parts = [part.strip() for part in _PARTS.split(outside) if part.strip()]
    if len(parts) > 1:
        yield Variant(fold(parts[0]), 0.03, "first of several names", hint=parts[-1])
    plain = _DIGITS.sub(" ", _CEDEX.sub("", outside))
    bare = fold(plain)
    yield Variant(bare, 0.03, "without digits")
    yield from _shorten(bare, plain, country)
    if len(parts) > 1:
        for part in parts:
            name = fold(_DIGITS.sub(" ", part))
            yield Variant(name, 0.08, "one of several names")
            yield from _shorten(name, part, country, 0.05)
    for text in inside:
        yield Variant(fold(text), 0.1, "in brackets")
    yield from _generate_parts(bare, plain)


@lru_cache(maxsize=300)
def _list_suffixes(country: str) -> frozenset[str]:
    """Words at the end of a name that say what kind of place it is."""
    return frozenset(f"{_COMMON_SUFFIXES} {_SUFFIXES.get(country, '')}".split())


def _shorten(bare: str, plain: str, country: str, cost: float = 0.0) -> Iterator[Variant]:
    """Without words for the kind of place, or with abbreviations written out."""
    if not bare.isascii():
        yield Variant(_TOWN_SIGN.sub("", bare), cost + 0.04, "without what kind of place it is")
        yield Variant(_WARD_SIGN.sub("", bare), cost + 0.1, "without what kind of place it is")
    if " " not in bare and plain.strip().isalpha():  # one word: nothing can be omitted
        if bare in _SHORTENED and len(bare) > _INITIAL:
            yield Variant(_SHORT[bare], cost + 0.04, "short words written out")
        yield Variant(f"{bare} city", cost + 0.05, "with “City”")
        return
    words = bare.split(" ")
    dropped = _list_suffixes(country)
    kept = list(words)
    while len(kept) > 1 and kept[-1] in dropped:
        kept.pop()
        yield Variant(" ".join(kept), cost + 0.04, f"without “{words[len(kept)]}”")
    if kept == words:
        yield Variant(f"{bare} city", cost + 0.05, "with “City”")
    if len(words) > 1:
        yield Variant(_KIND_PREFIX.sub("", bare), cost + 0.04, "without what kind of place it is")
    if not _SHORTENED.isdisjoint(words) and len(bare) > _INITIAL:
        written = " ".join([_SHORT.get(word, word) for word in words])
        yield Variant(written, cost + 0.04, "short words written out")
    if len(kept) > 1 and not _AND.isdisjoint(words):
        joined = " ".join(["and" if word in _AND else word for word in words])
        yield Variant(joined, cost + 0.04, "“and” in English")
    if country in _GERMAN and not _GERMAN_SHORT.keys().isdisjoint(words[1:]):
        rest = [_GERMAN_SHORT.get(word, word) for word in words[1:]]
        yield Variant(" ".join((words[0], *rest)), cost + 0.04, "short words written out")
    shorter = fold(_TAIL.sub("", plain.strip()))
    if len(shorter) > 3:
        yield Variant(shorter, cost + 0.05, "without its last letters")


def _generate_parts(bare: str, plain: str) -> Iterator[Variant]:
    """The larger place when a part of it is named: Ostrava-Poruba, South Delhi, Salem Oregon."""
    if " " not in bare and "-" not in plain:
        return
    yield Variant(_DIRECTION.sub("", bare), 0.12, "without its quarter", part=True)
    if "-" in plain:
        first = fold(plain.split("-", maxsplit=1)[0])
        if len(first) > 3:
            yield Variant(first, 0.14, "before the hyphen", part=True)
    words = bare.split(" ")
    for count in range(min(len(words) - 1, 4), 0, -1):
        name = " ".join(words[:count])
        if len(name) > 3:
            yield Variant(name, 0.16, "first words", part=True, hint=" ".join(words[count:]))
    for count in range(1, min(len(words), 3)):
        name = " ".join(words[count:])
        if len(name) > 4:
            yield Variant(name, 0.2, "last words", part=True)
