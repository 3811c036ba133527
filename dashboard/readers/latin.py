"""Which of the Latin one-byte encodings a text is in, by how its words come out."""

import re

ENCODINGS = ("cp1252", "cp1250", "iso8859_2", "mac_roman", "cp1254")

# What may stand beside a letter without being one.
_BESIDE_LETTERS = frozenset("’‘“”„‚«»–—…´`°®™ºª·\xa0")
_CENTRAL = re.compile(
    r"Poland|Polska|Czech|Slova|Sloven|Croat|Hungar|Magyar|Romania|Serbia|Bosnia", re.IGNORECASE
)
_WESTERN = re.compile(
    r"France|German|Deutsch|Spain|Espa|Italy|Italia|Portugal|Brazil|Brasil|Austria|Belgi|Swi|"
    r"Netherlands|Denmark|Sweden|Norway|Finland|Mexico|Argentin|Canada|Chile|Colombia|Peru",
    re.IGNORECASE,
)
_TURKISH = re.compile(r"T(?:u|\xfc)rk", re.IGNORECASE)
_TURKISH_LETTERS = re.compile("[\u00f0\u00fd\u00fe\u00d0\u00dd\u00de]")


def latin_encoding(data: bytes) -> str:
    """One of :data:`ENCODINGS`: that which leaves the fewest odd signs inside words.

    Many texts come out well in several; then Windows-1252, unless the countries in the text are
    those of central Europe, or Turkey.
    """
    western = data.decode("cp1252", errors="replace")
    if _TURKISH.search(western) and _TURKISH_LETTERS.search(western):
        return "cp1254"
    odd = {encoding: odd_signs(data.decode(encoding, errors="replace")) for encoding in ENCODINGS}
    best = min(ENCODINGS, key=lambda encoding: odd[encoding])
    central = len(_CENTRAL.findall(western)) > len(_WESTERN.findall(western))
    if best == "cp1252" and central and odd["cp1250"] == odd["cp1252"]:
        return "cp1250"
    return best


def odd_signs(text: str) -> int:
    """Signs inside words that no language writes there: `Bia\u00b3ystok`, `Cr\u017dteil`."""
    odd = 0
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if sign.isascii() or sign in _BESIDE_LETTERS:
            continue
        if sign == "\ufffd" or (not sign.isalpha() and (before.isalpha() or after.isalpha())):
            odd += 2
        elif sign.isupper() and before.islower():
            odd += 1
    return odd
