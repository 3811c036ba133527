"""Many spellings, one key.

Two spellings are the same when they differ only in case, in width (``ＧＲＡＺ``), in whitespace, in
Unicode form (composed or decomposed) or in invisible format characters. Nothing else is folded:
another word, another accent or another comma makes another key, because a key that joins two
places would answer one with the other's position.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b
from struct import unpack

from geocache.place import Place

SEPARATOR = "\x1f"
"""Between the parts of a key; being whitespace, no folded part can hold it."""

_FORM_END = "\x1e"
_INVISIBLE = dict.fromkeys(map(ord, "\x00\xad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))


def normalize(text: str) -> str:
    """The text without case, width, Unicode form and superfluous whitespace.

    >>> normalize("  lkh\\tGRAZ ")
    'lkh graz'
    """
    if text.isascii() and "\x00" not in text:
        return " ".join(text.lower().split())
    return _fold_unicode(text)


@lru_cache(maxsize=65_536)  # towns and countries come again and again
def _fold_unicode(text: str) -> str:
    # Folding case can undo the normal form and the other way round, so both are done until
    # nothing changes; the first step takes the string apart for letters that fold by their marks.
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
    """The key of a place as a whole, from its five parts."""
    facility, city, state, postcode, country = place
    joined = facility + city + state + postcode + country
    if joined.isascii() and "\x00" not in joined:  # five calls of normalize cost twice as much
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
    """The :func:`place_key` of the same place with no facility named."""
    return key[key.index(SEPARATOR) :]


def query_key(form: str, *parts: str) -> str:
    """The key of one query: what is asked and how (``city``, ``city words``), then its parts.

    Never equal to a :func:`place_key`.
    """
    return form + _FORM_END + SEPARATOR.join([normalize(part) for part in parts])


def key_number(key: str) -> int:
    """A signed 64-bit number of a key, the same in every process: the store's row number.

    The store compares the key's text as well, so two keys of one number cost a second query and
    never give a wrong answer.
    """
    return key_numbers((key,))[0]


def key_numbers(keys: Sequence[str]) -> tuple[int, ...]:
    """As :func:`key_number` for many keys at once."""
    digests = [blake2b(key.encode(), digest_size=8).digest() for key in keys]
    return unpack(f"<{len(digests)}q", b"".join(digests))
