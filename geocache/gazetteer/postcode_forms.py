"""Postcodes as people write them, brought to the form of the postal table.

The table has the outward codes of British and Irish postcodes, so the rest is cut, and of Canadian
ones those of the country whole, those of towns up to the fifth sign. ``D-``, ``LV-`` and the like
are dropped, and a leading zero that a spreadsheet took is restored.
"""

import re

ZIP_COUNTRIES = frozenset(("US", "PR", "GU", "VI", "AS", "MP"))
"""Where a postcode is a US ZIP code."""

DIGITS = {
    "AR": 4, "AT": 4, "AU": 4, "BE": 4, "BG": 4, "BR": 8, "CH": 4, "CL": 7, "CN": 6, "CO": 6,
    "CZ": 5, "DE": 5, "DK": 4, "EE": 5, "ES": 5, "FI": 5, "FR": 5, "GR": 5, "HR": 5, "HU": 4,
    "ID": 5, "IN": 6, "IT": 5, "JP": 7, "KR": 5, "LT": 5, "LV": 4, "MX": 5, "MY": 5,
    "NL": 4, "NO": 4, "NZ": 4, "PH": 4, "PL": 5, "PT": 7, "RO": 6, "RS": 5, "RU": 6, "SE": 5,
    "SI": 4, "SK": 5, "TH": 5, "TR": 5, "UA": 5, "VN": 6, "ZA": 4, "PE": 5, "IR": 10, "DZ": 5,
    "US": 5, "PR": 5, "PK": 5, "EG": 5, "SA": 5, "TW": 3, "IL": 5, "BY": 6, "CR": 5, "CY": 4,
    "DO": 5, "EC": 6, "GP": 5, "GF": 5, "GT": 5, "GU": 5, "LK": 5, "LU": 4, "MA": 5, "MQ": 5,
    "MK": 4, "MD": 4, "NC": 5, "PF": 5, "RE": 5, "SG": 6, "SM": 5, "UY": 5, "VI": 5, "YT": 5,
    "AZ": 4, "BD": 4, "KE": 5, "MC": 5, "LI": 4, "IS": 3, "AL": 4, "HN": 5, "MW": 6, "FO": 3,
}  # fmt: skip
"""Number of digits of a postcode, in countries where it has only digits."""

_LOOSE_LENGTH = frozenset(
    ("CL", "JP", "PT", "BR", "IR", "IL", "TW", "RS", "SA", "VN", "LU", "AZ", "MW", "EC")
)
"""Where other lengths are written too: five-digit parts of a code, old or new forms."""

_OUTWARD = {"CA": 6, "IE": 3}
"""How much of a lettered code of six or seven signs counts."""

_LETTERED = frozenset(("GB", "JE", "GG", "IM", "GI", "BM", "MT", "HT", "AD", "AI", "FK"))
_NOT_ALNUM = re.compile(r"[^A-Z0-9]+")
_NOT_DIGIT = re.compile(r"\D+")
_INWARD = re.compile(r"(?<=[A-Z0-9]{2})\d[A-Z]{2}$")
_MAX_LENGTH = 24


def normalize_postcode(country: str, postcode: str) -> str:
    """A country's postcode in the form of the postal table, empty if it cannot be one.

    >>> normalize_postcode("GB", "sw1a 1aa"), normalize_postcode("DE", "D-1067")
    ('SW1A', '01067')
    """
    written = postcode[:_MAX_LENGTH].upper().partition("CEDEX")[0]
    if country in ZIP_COUNTRIES:
        digits = _NOT_DIGIT.sub("", written.split("-", maxsplit=1)[0][:12])
        return digits.zfill(5)[:5] if len(digits) >= 3 and digits.strip("0") else ""
    wanted = DIGITS.get(country, 0)
    if wanted:
        return _take_digits(country, written, wanted)
    code = _NOT_ALNUM.sub("", written)
    if country in _OUTWARD:
        return code[: _OUTWARD[country]]
    if country in _LETTERED:
        return _INWARD.sub("", code) if len(code) >= 5 else code
    return code


def list_forms(country: str, code: str) -> tuple[str, ...]:
    """What of a normalized code the table may have, the longest first.

    >>> list_forms("CA", "M5G2C4")
    ('M5G2C4', 'M5G2C', 'M5G')
    """
    return (code, code[:5], code[:3]) if country == "CA" else (code,)


def _take_digits(country: str, written: str, wanted: int) -> str:
    digits = _NOT_DIGIT.sub("", written)
    if len(digits) == wanted - 1 and country not in _LOOSE_LENGTH:
        digits = "0" + digits
    if len(digits) < min(wanted, 3) or not digits.strip("0"):
        return ""
    if country == "NL":
        digits = digits[:wanted]
    if len(digits) != wanted and country not in _LOOSE_LENGTH:
        return ""
    return digits


_LETTERS_BEFORE = re.compile(r"^([A-Z]{1,3})[\s-]*(?=\d)")
_LETTERS_AFTER = {"NL": re.compile(r"[\s-]{0,3}[A-Z]{2}$"), "AR": re.compile(r"[A-Z]{3}$")}


def is_written_like(country: str, postcode: str) -> bool:
    """Whether a postcode without a country is written as this country's are.

    >>> is_written_like("DE", "D-80331"), is_written_like("DE", "M5G 2C4")
    (True, False)
    """
    written = postcode.strip().upper()
    wanted = DIGITS.get(country, 5 if country in ZIP_COUNTRIES else 0)
    if not wanted:
        code = _NOT_ALNUM.sub("", written)
        return bool(code) and (country not in _OUTWARD or len(code) in (3, 6, 7))
    before = _LETTERS_BEFORE.match(written)
    if before and before[1] in (country, country[0]):
        written = written[before.end() :]
    if country in _LETTERS_AFTER:
        written = _LETTERS_AFTER[country].sub("", written)
    digits = _NOT_ALNUM.sub("", written)
    return digits.isdigit() and (len(digits) == wanted or (country == "US" and len(digits) == 9))


_MOST_CODE_WORDS = 2
_DUTCH = re.compile(r"[0-9]{4} [A-Z]{2}(?=$| )")
_SHORT_CODE = re.compile(r"[A-Z]{1,2}[0-9]", re.IGNORECASE)


def split_postcode(text: str) -> tuple[str, str]:
    """The postcode and the town in ``80331 Munich``, ``London SW1A 1AA``; empty without a code.

    A code is at most two words with digits at the beginning or the end, or the whole.
    """
    first = text.partition(",")[0].strip()
    if _DUTCH.match(first):
        return first[:7], first[7:].strip()
    words = first.split()
    coded = [any(letter.isdigit() for letter in word) for word in words]
    before = coded.index(False) if False in coded else len(words)
    after = coded[::-1].index(False) if False in coded else 0
    count = before or after
    if not 0 < count <= _MOST_CODE_WORDS or not all(len(word) <= 10 for word in words[:count]):
        return "", first
    cut = before or len(words) - after
    parts = (words[:cut], words[cut:]) if before else (words[cut:], words[:cut])
    code, town = (" ".join(part) for part in parts)
    if len(code) < 3 and not _SHORT_CODE.fullmatch(code):  # 29 Palms
        return "", first
    return code, town


_SIGNS = {sign: number for number, sign in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 1)}
CODE_LENGTH = 12
"""The longest code that :func:`encode` tells apart from longer ones."""

_POWERS = tuple(37 ** (CODE_LENGTH - 1 - place) for place in range(CODE_LENGTH))


def encode(code: str) -> int:
    """A normalized code as a 64-bit number that sorts as the text does."""
    return sum(
        [_SIGNS[sign] * power for sign, power in zip(code[:CODE_LENGTH], _POWERS, strict=False)]
    )


def encode_range(prefix: str) -> tuple[int, int]:
    """The first number of the codes with a prefix, and the first one after them."""
    start = encode(prefix)
    return start, start + _POWERS[len(prefix[:CODE_LENGTH]) - 1]
