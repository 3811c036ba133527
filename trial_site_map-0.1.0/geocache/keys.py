"""Keys of places and queries: equal for spellings that mean the same for sure.

Spellings have one key if they differ only in case, width (``ＧＲＡＺ``), whitespace, Unicode form
(composed or decomposed) or invisible format characters. Another word, accent or comma makes another
key: if two places shared a key, one would get the other's position. For comparing names, see
:func:`geocache.geo.names.fold`.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import unpack

from geocache.place import Place

SEPARATOR = "\x1f"
"""Separates the parts of a key; as whitespace, it is in no normalized part."""

_FORM_END = "\x1e"
_INVISIBLE = dict.fromkeys(map(ord, "\x00\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


def normalize(text: str) -> str:
    """The text in lower case and one Unicode form, without superfluous whitespace.

    >>> normalize("  lkh\\tGRAZ ")
    'lkh graz'
    """
    if text.isascii() and "\x00" not in text:
        return " ".join(text.lower().split())
    return _normalize_unicode(text)


@lru_cache(maxsize=65_536)  # towns and countries are repeated often
def _normalize_unicode(text: str) -> str:
    # Case folding can undo the normal form and vice versa, so both are repeated until nothing
    # changes. The first step decomposes letters whose case folding depends on their marks.
    folded = unicodedata.normalize(
        "NFD", text.encode(errors="replace").decode()
    )  # lone surrogates become ?
    while True:
        again = unicodedata.normalize(
            "NFKC", unicodedata.normalize("NFKD", folded.translate(_INVISIBLE)).casefold()
        )
        if again == folded:
            return " ".join(folded.split())
        folded = again


def place_key(place: Place) -> str:
    """The key of a place, from its five parts."""
    facility, city, state, postcode, country = place
    joined = facility + city + state + postcode + country
    if joined.isascii() and "\x00" not in joined:  # five calls of normalize take twice as long
        return SEPARATOR.join(
            (
                " ".join(facility.lower().split()),
                " ".join(city.lower().split()),
                " ".join(state.lower().split()),
                " ".join(postcode.lower().split()),
                " ".join(country.lower().split()),
            )
        )
    return SEPARATOR.join([normalize(part) for part in place])


def without_facility(key: str) -> str:
    """The :func:`place_key` of the same place without its facility."""
    return key[key.index(SEPARATOR) :]


def query_key(form: str, *parts: str) -> str:
    """The key of a query: its form (``city words``, ``city parts``), then its parts.

    Never equal to a :func:`place_key`.
    """
    return form + _FORM_END + SEPARATOR.join([normalize(part) for part in parts])


def key_number(key: str) -> int:
    """A signed 64-bit hash of a key, equal in every process: the store's row number.

    The store compares the key's text as well, so a collision never gives a wrong answer.
    """
    return key_numbers((key,))[0]


def key_numbers(keys: Sequence[str]) -> tuple[int, ...]:
    """As :func:`key_number`, for many keys at once."""
    digests = [blake2b(key.encode(), digest_size=8).digest() for key in keys]
    return unpack(f"<{len(digests)}q", b"".join(digests))
