"""Bytes to text: detects the encoding and repairs mojibake."""

import codecs
import re

from dashboard.readers.common.column_names import match_header
from dashboard.readers.common.country_text import names_country
from dashboard.readers.common.messages import shorten

_BEYOND_ASCII = re.compile("[\u0080-\ufffc]")
_ASCII = bytes(range(128))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 100_000
_OTHER_ALPHABETS = [
    *("cp1251", "koi8_r", "cp866", "cp1253", "cp1255", "cp1256", "cp932", "euc_jp", "cp949"),
    *("gb18030", "big5"),
]
_LATIN_ENCODINGS = ("cp1252", "cp1250", "iso8859_2", "mac_roman", "cp1254", "cp850", "cp852")
_LEGACY_ENCODINGS = (*_LATIN_ENCODINGS, "cp857", *_OTHER_ALPHABETS)
_LATIN_1 = frozenset({"iso-8859-1", "iso8859-1", "latin1", "latin-1"})
"""What browsers read as Windows-1252."""
_USUAL_NAMES = {"cp932": "shift_jis", "cp949": "euc_kr"}
_JAPANESE_ESCAPES = (b"\x1b$B", b"\x1b$@")
_BETWEEN_COLUMNS = re.compile("[<>,;\t|~^\xac\xa6\x1f\x01\r\n]")
_VOTING_BYTES = 20_000
_MAX_WORDS = 300

# Signs that belong beside letters in ordinary text.
_BESIDE_LETTERS = frozenset("’‘“”„‚«»–—…´`°®™ºª·\xa0¬¦")
_NEVER_ALONE = frozenset("ÐÒÕ")  # the dash and quotes of Mac Roman
_NEVER_BETWEEN_LETTERS = frozenset("“”„‚«»…¬¦")
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
# UTF-8 read as Windows-1252 or Latin-1: a lead byte's letter, then what a trailing byte became.
_MOJIBAKE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)


def decode(data: bytes, declared: str = "") -> tuple[str, list[str]]:
    """The text, and a warning for every guess or repair.

    ``declared`` is the encoding that the file says it has; it is used if its bytes fit.
    UTF-8 and UTF-16 are recognized by a byte order mark or by being valid; for other bytes the
    encoding is guessed, Windows-1252 by default. Mojibake (`MÃ¼nchen`) is repaired line by line.
    Never raises.
    """
    text, notes = _decode_declared(data, declared) or _decode(data)
    repaired = repair_mojibake(text)
    if repaired is not None:
        text, count = repaired
        notes.append(f"{count} garbled lines repaired (UTF-8 read as Windows-1252)")
    return text.replace("\x00", ""), notes


def _decode_declared(data: bytes, encoding: str) -> tuple[str, list[str]] | None:
    """The text in the encoding that a file declares; None if it is unknown or does not fit."""
    if not encoding or encoding.lower().replace("_", "-").startswith(("utf", "us-ascii")):
        return None
    try:
        return data.decode("cp1252" if encoding.lower() in _LATIN_1 else encoding), []
    except (LookupError, UnicodeDecodeError):
        return None


def _decode(data: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data.decode(encoding, errors="replace")
            return text, _count_replaced(text, encoding)
    wide = detect_utf16(data)
    if wide:
        text = data.decode(wide, errors="replace")
        return text, [
            f"read as {wide}, a guess: the file does not state its encoding",
            *_count_replaced(text, wide),
        ]
    if any(escape in data for escape in _JAPANESE_ESCAPES):
        text = data.decode("iso2022_jp", errors="replace")
        return text, _count_replaced(text, "iso2022_jp")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        damaged = _is_damaged_utf8(data, error.start)
    if damaged:
        return _decode_damaged(data)
    encoding = _detect_legacy(data)
    text = data.decode(encoding, errors="replace")
    return text, [_guess_note(encoding)]


def _guess_note(encoding: str) -> str:
    name = _USUAL_NAMES.get(encoding, encoding)
    return f"read as {name}, a guess: the file does not state its encoding"


def _count_replaced(text: str, encoding: str) -> list[str]:
    count = text.count("\ufffd")
    return [f"{count} characters are not valid {encoding} and were replaced"] if count else []


def detect_utf16(data: bytes) -> str:
    """``utf-16-le`` or ``utf-16-be`` for such text without a mark, else empty.

    Blanks, digits, separators and line ends have a zero byte on one side, always the same; no other
    text has zeros. Of Chinese characters few end in a zero.
    """
    sample = data[:4_000]
    if len(sample) < 4:
        return ""
    zeros = (sample[::2].count(0), sample[1::2].count(0))
    for encoding, here, there in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        if zeros[here] * 50 > len(sample) and zeros[there] * 10 <= zeros[here]:
            text = sample[: len(sample) & -2].decode(encoding, errors="replace")
            odd = sum(letter < "\t" and letter != "\x01" for letter in text) + text.count("\ufffd")
            plain = sum(" " <= letter <= "~" for letter in text)
            usual = plain * 2 > zeros[here] and odd * 50 <= len(text)
            return encoding if usual else ""
    return ""


def _is_damaged_utf8(data: bytes, first_bad: int) -> bool:
    """True for UTF-8 with some invalid bytes: other encodings hardly ever make valid sequences."""
    around = data[: first_bad + _SAMPLE_BYTES]
    text = around.decode("utf-8", errors="replace")
    valid = len(_BEYOND_ASCII.findall(text))
    damaged = text.count("\ufffd")
    # Alphabets of two bytes a letter make a valid sequence now and then.
    return valid >= max(2, 2 * damaged)


def _decode_damaged(data: bytes) -> tuple[str, list[str]]:
    """The text of UTF-8 with invalid bytes, and a warning that names their lines.

    A line without a single valid sequence was written in another encoding, and is read as
    Windows-1252; in others the damaged letters are replaced.
    """
    lines = data.split(b"\n")
    found: list[str] = []
    replaced: list[str] = []
    foreign: list[str] = []
    for number, line in enumerate(lines, 1):
        try:
            found.append(line.decode("utf-8"))
            continue
        except UnicodeDecodeError:
            text = line.decode("utf-8", errors="replace")
        western = line.decode("cp1252", errors="replace")
        if _BEYOND_ASCII.search(text) or _count_odd_signs(western):
            replaced.append(str(number))
        else:
            foreign.append(str(number))
            text = western
        found.append(text)
    notes = []
    if replaced:
        where = shorten(replaced)
        notes.append(
            f"bytes that are not valid UTF-8, shown as \ufffd: {_name_lines(replaced)} {where}"
        )
    if foreign:
        where = shorten(foreign)
        notes.append(
            f"not valid UTF-8 but read as Windows-1252, a guess: {_name_lines(foreign)} {where}"
        )
    return "\n".join(found), notes


def _name_lines(numbers: list[str]) -> str:
    return "line" if len(numbers) == 1 else "lines"


def _detect_legacy(data: bytes) -> str:
    """Guess the encoding of bytes that are not Unicode, from the lines that are not ASCII.

    Other alphabets have long runs of bytes above 127 and are distinguished by the frequency of
    letters; Latin ones have single such bytes, too few for statistics.
    """
    lines = [line for line in data.splitlines() if not line.isascii()]
    sample = b"\n".join(lines)[:_SAMPLE_BYTES]
    runs = re.findall(rb"[\x80-\xff]+", sample)
    best = ""
    if sum(map(len, runs)) >= 2 * len(runs):
        import charset_normalizer  # noqa: PLC0415 - 40 ms, rarely needed

        found = charset_normalizer.from_bytes(sample, cp_isolation=_OTHER_ALPHABETS).best()
        best = found.encoding if found is not None else ""
    best = best or _guess_latin(sample)
    known = {encoding: _count_known_words(sample, encoding) for encoding in _LEGACY_ENCODINGS}
    most = max(known.values())
    if known.get(best, 0) == most:
        return best
    return min(
        (encoding for encoding in known if known[encoding] == most),
        key=lambda encoding: _count_odd_signs(sample.decode(encoding, errors="replace")),
    )


def _count_known_words(sample: bytes, encoding: str) -> int:
    """Count the names of columns and countries that bytes hold if they are in an encoding."""
    text = sample[:_VOTING_BYTES].decode(encoding, errors="replace")
    cells = dict.fromkeys(cell.strip(' "\xa0') for cell in _BETWEEN_COLUMNS.split(text))
    short = [cell for cell in cells if 1 < len(cell) <= 40][:_MAX_WORDS]
    return sum(map(_weigh_word, short)) - text.count("\ufffd")


def _weigh_word(text: str) -> int:
    """1 for a column's or a country's name, 2 in another alphabet than Latin, else 0.

    Codes of countries arise in any encoding, and so do short words of accented letters alone.
    """
    letters = text.replace(" ", "")
    latin = max(letters, default="") <= "\u036f"
    if latin and sum(map(str.isascii, letters)) * 2 < len(letters):
        return 0
    named = (letters.isascii() or letters.isalpha()) and match_header(text)[0]
    long = len(letters) > 3 or letters > "\u2e80"
    if named or (letters.isalpha() and long and names_country(text)):
        return 1 if latin else 2
    return 0


def holds_mojibake(text: str) -> bool:
    """True for text with letters such as `Ã¼`, also where they are right as they are."""
    if text.isascii():
        return False
    beyond = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    # Both letters are beyond ASCII: what stands side by side does so without ASCII between, too.
    found = _MOJIBAKE.search(beyond.decode("utf-8", "surrogatepass"))
    return found is not None and _MOJIBAKE.search(text) is not None


def repair_mojibake(text: str) -> tuple[str, int] | None:
    """The text with mojibake repaired, and the number of lines changed; None if none was."""
    if not holds_mojibake(text):
        return None
    lines = text.split("\n")
    count = 0
    for at, line in enumerate(lines):
        if _MOJIBAKE.search(line):
            import ftfy  # noqa: PLC0415 - 60 ms, rarely needed

            fixed = ftfy.fix_encoding(line)
            count += fixed != line
            lines[at] = fixed
    return ("\n".join(lines), count) if count else None


def _guess_latin(data: bytes) -> str:
    """The Latin encoding that gives the fewest odd signs inside words.

    Where several do equally well it is Windows-1252, unless the text names mostly countries of
    central Europe, or Turkey.
    """
    western = data.decode("cp1252", errors="replace")
    if _TURKISH.search(western) and _TURKISH_LETTERS.search(western):
        return "cp1254"
    odd = {
        encoding: _count_odd_signs(data.decode(encoding, errors="replace"))
        for encoding in _LATIN_ENCODINGS
    }
    best = min(_LATIN_ENCODINGS, key=lambda encoding: odd[encoding])
    central = len(_CENTRAL.findall(western)) > len(_WESTERN.findall(western))
    if best == "cp1252" and central and odd["cp1250"] == odd["cp1252"]:
        return "cp1250"
    return best


def _count_odd_signs(text: str) -> int:
    """Count signs that no language has inside words: `Bia\u00b3ystok`, `Cr\u017dteil`."""
    odd = 0
    for before, sign, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if sign.isascii():
            continue
        letters = before.isalpha() + after.isalpha()
        if sign in _BESIDE_LETTERS:
            odd += sign in _NEVER_BETWEEN_LETTERS and letters == 2
        elif (
            sign == "\ufffd"
            or (not sign.isalpha() and letters)
            or (sign in _NEVER_ALONE and not letters)
        ):
            odd += 2
        elif sign.isupper() and before.islower():
            odd += 1
    return odd
