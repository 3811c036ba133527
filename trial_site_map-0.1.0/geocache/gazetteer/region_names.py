"""Normalizes names of states, provinces and counties: removes words such as "province"."""

import re

from geocache.geo.names import fold
from geocache.paths import DATA

_WORDS = DATA / "region-words.txt"
_STRIPPED, _LINKING = (
    frozenset(part.split()) for part in _WORDS.read_text(encoding="utf-8").split("\n\n")
)
_BRACKETS = re.compile(r"[\[(]([^\])]*)[\])]?")
_ADJECTIVE = re.compile(r"s[ck](?:aya|aia|aja|iy|iyi|ij|yy|yi|y|i|a|oye|oe|oi|oj|ogo|ie|ye)$")
_EAST_ASIAN = re.compile(r"(?<=[\u3400-\u9fff]{2})(?:[都府県縣省市]|自治区)$")
_SUFFIX = re.compile(r"(?<=..)[- ]?(?:gwangyeoksi|teukbyeolsi|teukbyeoljachido)$")


def normalize_region(name: str) -> str:
    """The distinctive part of a region's name, folded and without spaces.

    ``Provincia de Cáceres`` -> ``caceres``; ``Novosibirskaya oblast'`` -> ``novosibirsk``. A name
    that consists of such words only (``Central``, ``Capital Region``) keeps them.
    """
    folded = fold(name)
    if folded.endswith(("si", "do")):
        folded = _SUFFIX.sub("", folded)
    if " " not in folded:
        if not folded.isascii() and len(folded) > 2:
            return _EAST_ASIAN.sub("", folded)
        return _ADJECTIVE.sub("sk", folded) if "sk" in folded or "sc" in folded else folded
    words = folded.split(" ")
    kept = [word for word in words if word not in _STRIPPED] or words
    while len(kept) > 1 and kept[0] in _LINKING:
        kept = kept[1:]
    while len(kept) > 1 and kept[-1] in _LINKING:
        kept = kept[:-1]
    joined = "".join([word for word in kept if word not in ("of", "the")])
    return _ADJECTIVE.sub("sk", joined) if "sk" in joined or "sc" in joined else joined


def split_spellings(name: str) -> list[str]:
    """The spellings in one listed name: outside and inside brackets, inverted at a comma.

    ``Ourense [Orense]`` -> ``Ourense``, ``Orense``; ``Murcia, Región de`` -> ``Región de Murcia``.
    """
    if name.isascii() and name.replace(" ", "").isalpha():
        return [name.strip()]
    found: list[str] = []
    outside = _BRACKETS.sub(" ", name).strip()
    if outside:
        found.append(outside)
    found += [inside.strip() for inside in _BRACKETS.findall(name) if inside.strip()]
    if "," in outside:
        last, _, first = outside.partition(",")
        found += [f"{first.strip()} {last.strip()}", last.strip()]
    if "/" in outside:
        found += [part.strip() for part in outside.split("/") if part.strip()]
    return found
