"""Bytes to text in whatever encoding people's tools wrote, and the usual damage repaired."""

import codecs
import re

import charset_normalizer
import ftfy

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DETECTED_FROM_BYTES = 100_000
_OTHER_ALPHABETS = ["cp1251", "cp1253", "shift_jis", "euc_kr", "gb18030", "big5"]
# UTF-8 read as Windows-1252 or Latin-1: a lead byte's letter, then what a trailing byte became.
MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)


def decode(data: bytes) -> tuple[str, list[str]]:
    """The text, and a note for every guess or repair that was made.

    UTF-8 and UTF-16 are told by their marks or by being valid; everything else is detected, and
    read as Windows-1252 where nothing better is found. Mojibake (`MÃ¼nchen`) is repaired line by
    line. Never raises.
    """
    text, notes = _decode(data)
    repaired = repair(text)
    if repaired is not None:
        text, count = repaired
        notes.append(f"{count} garbled lines repaired (UTF-8 that was read as Windows-1252)")
    return text.replace("\x00", ""), notes


def _decode(data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data.decode(encoding, errors="replace")
            return text, _replaced(text, encoding)
    wide = _utf16_without_mark(data)
    if wide:
        text = data.decode(wide, errors="replace")
        return text, [f"read as {wide}, which nothing in the file states", *_replaced(text, wide)]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        damaged = len(re.findall(rb"[\x80-\xff]", data)) > 20 and _mostly_utf8(data, error.start)
    if damaged:
        text = data.decode("utf-8", errors="replace")
        return text, _replaced(text, "utf-8")
    encoding = _detected(data)
    text = data.decode(encoding, errors="replace")
    return text, [f"read as {encoding}, which nothing in the file states"]


def _replaced(text: str, encoding: str) -> list[str]:
    count = text.count("\ufffd")
    return [f"{count} characters are not valid {encoding} and were replaced"] if count else []


def _utf16_without_mark(data: bytes) -> str:
    sample = data[:4_000]
    if len(sample) < 4:
        return ""
    if sample[1::2].count(0) > 0.7 * len(sample[1::2]) and not sample[::2].count(0):
        return "utf-16-le"
    if sample[::2].count(0) > 0.7 * len(sample[::2]) and not sample[1::2].count(0):
        return "utf-16-be"
    return ""


def _mostly_utf8(data: bytes, first_bad: int) -> bool:
    """True where the file is UTF-8 but for a few bytes, such as one cut at its end."""
    around = data[: first_bad + _DETECTED_FROM_BYTES]
    text = around.decode("utf-8", errors="replace")
    valid = len(re.findall(r"[\u0080-\ufffc]", text))
    return valid > 10 * text.count("\ufffd")


def _detected(data: bytes) -> str:
    """The encoding of bytes that are no Unicode, from the lines that are not plain ASCII.

    Other alphabets come in long runs of bytes above 127, and are told apart by their letters'
    frequencies; Latin ones come singly, and there are too few of them for that.
    """
    lines = [line for line in data.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_DETECTED_FROM_BYTES]
    runs = re.findall(rb"[\x80-\xff]+", sample)
    if sum(map(len, runs)) < 2 * len(runs):
        return latin_encoding(sample)
    best = charset_normalizer.from_bytes(sample, cp_isolation=_OTHER_ALPHABETS).best()
    return best.encoding if best is not None else latin_encoding(sample)


def repair(text: str) -> tuple[str, int] | None:
    """The text with its mojibake lines repaired and their count; None where there are none."""
    if MOJIBAKE.search(text) is None:
        return None
    lines = text.split("\n")
    count = 0
    for at, line in enumerate(lines):
        if MOJIBAKE.search(line):
            fixed = ftfy.fix_encoding(line)
            count += fixed != line
            lines[at] = fixed
    return ("\n".join(lines), count) if count else None


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
