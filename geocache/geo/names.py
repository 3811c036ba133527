"""Place names made comparable: repair, fold, and the key names are looked up by."""

import re
import unicodedata
from functools import lru_cache

MAX_NAME_LENGTH = 120
"""Characters of a name that are read; the longest real place name known has 85."""

_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
        "ı": "i", "ħ": "h", "ŋ": "ng", "ə": "a", "ŀ": "l", "ƒ": "f", "ɡ": "g", "ʊ": "u",
        "'": None, "’": None, "‘": None, "ʼ": None, "`": None, "´": None, "ʻ": None, "ʿ": None,
        "ʾ": None, "ʹ": None, "ʺ": None, "′": None, '"': None, "“": None, "”": None, "ʽ": None,
        "\u00ad": None, "\u200b": None, "\u200c": None, "\u200d": None, "\u200e": None,
        "\u200f": None, "\ufeff": None, "\ufffd": None,
    }
)  # fmt: skip
_MARKS = re.compile("[\u0300-\u036f]+")
_GAPS = re.compile(r"[\W_]+")
_ASCII_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()} | {
    ord(sign): None for sign in "'`\""
}
_TOGETHER = "\ufdd0"
"""No letter, so that nothing else is folded to it."""
_MOST_REMEMBERED = 0xFFFF
"""Rare letters beyond are folded anew: a text of all of them shall not fill the memory."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|&#?\w{2,8};")
_MOJIBAKE = re.compile("[ÂÃÄÅÆÐÑà-ãäåæ¿Ð][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œžŸ]|�")
_EXPANSIONS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "ae", "Ö": "oe", "Ü": "ue",
     "Ø": "oe", "Å": "aa"}
)  # fmt: skip

_WORDS = {
    "saint": "st", "sankt": "st", "sint": "st", "sainte": "ste", "santa": "santa",
    "mount": "mt", "fort": "ft", "und": "and",
}  # fmt: skip
_SHORTENED = frozenset(_WORDS)


def repair(text: str, limit: int = MAX_NAME_LENGTH) -> str:
    """The text with JSON and HTML escapes and mis-decoded bytes undone, cut to ``limit``.

    ``MÃ¼nchen`` and ``M\\u00fcnchen`` both give ``München``.
    """
    text = text[:limit]
    if "\\u" in text or "&" in text:
        text = _ESCAPE.sub(_unescape, text)
    if not text.isascii() and _MOJIBAKE.search(text):
        import ftfy  # noqa: PLC0415 - 60 ms, and most sessions never meet mojibake

        text = str(ftfy.fix_text(text))
    return text


def _unescape(found: re.Match[str]) -> str:
    if found[1]:
        letter = chr(int(found[1], 16))
        return letter if unicodedata.category(letter) != "Cs" else ""
    import html  # noqa: PLC0415

    return html.unescape(found[0])


def fold(text: str) -> str:
    """Lower-case words without accents, apostrophes or punctuation, one space apart.

    ``Saint-Étienne`` -> ``st etienne``; scripts other than Latin keep their letters.
    """
    return _folded(text) if len(text) <= MAX_NAME_LENGTH else fold_once(text)


def fold_once(text: str) -> str:
    """As :func:`fold`, of text that is not asked for again: nothing is remembered."""
    if text.isascii():
        text = text.lower()
        if text.isalpha():
            return _WORDS.get(text, text)
        words = text.translate(_ASCII_GAPS).split()
    else:
        plain = text.translate(_each)
        if _TOGETHER in plain:
            plain = _GAPS.sub(" ", _unmarked(text))
        words = plain.split()
    if not _SHORTENED.isdisjoint(words):
        words = [_WORDS.get(word, word) for word in words]
    return " ".join(words)


# One place is folded four times on its way; only short text is held.
_folded = lru_cache(maxsize=8192)(fold_once)


def _unmarked(text: str) -> str:
    """Small letters without accents, and those that do not come apart written plainly."""
    text = text.casefold().translate(_LETTERS)
    if not text.isascii():
        text = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return text


class _Each(dict[int, str]):
    """What each letter is folded to, remembered: twice as fast as folding whole names.

    :data:`_TOGETHER` for one whose marks may change places with its neighbours'.
    """

    def __missing__(self, code: int) -> str:
        plain = _unmarked(chr(code))
        apart = not any(map(unicodedata.combining, plain))
        folded = _GAPS.sub(" ", plain) if apart else _TOGETHER
        if code <= _MOST_REMEMBERED:
            self[code] = folded
        return folded


_each = _Each()


def make_key(folded: str) -> str:
    """What a folded name is looked up by: its letters alone, so that spacing does not count."""
    return folded.replace(" ", "")


def expand_umlauts(text: str) -> str:
    """The name with its umlauts written as two letters, or empty when it has none."""
    if text.isascii():
        return ""
    wide = text.translate(_EXPANSIONS)
    return wide if wide != text else ""
