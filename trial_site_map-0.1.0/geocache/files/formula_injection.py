"""Protection against formula injection: an apostrophe before text that a spreadsheet would run.

Excel and LibreOffice run a CSV cell that starts with ``=``, ``+``, ``-`` or ``@``, also behind
blanks or control characters. Numbers (``-12.5``), phone numbers (``+49 89 1234-567``) and dashes
alone (``-``, ``--``) cannot run and stay as they are.
"""

import re

_BLANK = (
    " \\x00-\\x1f\\x7f\u0080-\u00a0\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_RISKY = f"(?:'*[{_BLANK}]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|'*[\\t\\r\\n\\x00])"
RISKY = f"^{_RISKY}"
"""Start of a text that could run, or that looks like what :func:`escape_formula` writes.

Means the same to Python and to RE2, which Arrow uses.
"""

HARMLESS = (
    r"^(?:[+-]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?[\t\n\f\r ]?%?"
    r"|\+[0-9][0-9 ()./-]*"
    r"|-+)$"
)

_risky = re.compile(_RISKY)
_harmless = re.compile(HARMLESS[1:-1])


def escape_formula(text: str) -> str:
    """The text, with an apostrophe before it if a spreadsheet could run it."""
    if not _risky.match(text) or _harmless.fullmatch(text):
        return text
    return "'" + text


def unescape_formula(text: str) -> str:
    """The text before :func:`escape_formula`."""
    return text[1:] if text.startswith("'") and _risky.match(text, 1) else text
