"""Makes place names comparable: repairs text, folds it, and builds lookup keys."""

import re
import unicodedata
from functools import lru_cache

MAX_NAME_LENGTH = 120
"""Longer names are cut; the longest known place name has 85 characters."""

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
_ACCENTS = re.compile("[\u0300-\u036f]+")
_GAPS = re.compile(r"[\W_]+")
_ASCII_GAPS = {code: " " for code in range(128) if not chr(code).isalnum()} | {
    ord(sign): None for sign in "'`\""
}
_NOT_ALONE = "\ufdd0"
"""Marks a letter that cannot be folded alone; no letter is folded to this non-character."""
_MAX_CACHED = 0xFFFF
"""Rarer letters are not cached, so that a text of all of them does not fill the memory."""
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
        import ftfy  # noqa: PLC0415 - 60 ms, rarely needed

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
    """As :func:`fold`, without a cache: for text that does not come again."""
    if text.isascii():
        text = text.lower()
        if text.isalpha():
            return _WORDS.get(text, text)
        words = text.translate(_ASCII_GAPS).split()
    else:
        plain = text.translate(_folded_letters)
        if _NOT_ALONE in plain:
            plain = _GAPS.sub(" ", _strip_marks(text))
        words = plain.split()
    if not _SHORTENED.isdisjoint(words):
        words = [_WORDS.get(word, word) for word in words]
    return " ".join(words)


# A place is folded four times on its way; only short text is cached.
_folded = lru_cache(maxsize=8192)(fold_once)


def _strip_marks(text: str) -> str:
    """Lower-case text without accents; letters such as ``ø`` are replaced."""
    text = text.casefold().translate(_LETTERS)
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold()).translate(_LETTERS)
    return text


class _FoldedLetters(dict[int, str]):
    """Caches what each letter is folded to: twice as fast as folding whole names.

    :data:`_NOT_ALONE` for a letter whose marks may be reordered with its neighbours'.
    """

    def __missing__(self, code: int) -> str:
        plain = _strip_marks(chr(code))
        combining = any(map(unicodedata.combining, plain))
        folded = _NOT_ALONE if combining else _GAPS.sub(" ", plain)
        if code <= _MAX_CACHED:
            self[code] = folded
        return folded


_folded_letters = _FoldedLetters()


def make_key(folded: str) -> str:
    """The lookup key of a folded name: without spaces, so that spacing does not matter."""
    return folded.replace(" ", "")


def expand_umlauts(text: str) -> str:
    """The name with umlauts written as two letters; empty if it has none."""
    if text.isascii():
        return ""
    wide = text.translate(_EXPANSIONS)
    return wide if wide != text else ""
