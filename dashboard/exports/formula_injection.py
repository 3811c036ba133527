"""Protection against formula injection: an apostrophe before text that a spreadsheet would run.

Excel and LibreOffice run a CSV cell that starts with ``=``, ``+``, ``-`` or ``@``, also behind
blanks or control characters. Numbers (``-12.5``), phone numbers (``+49 89 1234-567``) and dashes
alone (``-``, ``--``) cannot run and stay as they are.
"""

import re

import pyarrow as pa
import pyarrow.compute as pc

RISKY = r"^'*[\s\x00-\x1f\x{FEFF}\x{A0}]*[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]|^'*[\t\r\n\x00]"
"""Text that could run, or that looks like what :func:`escape_formulas` writes (RE2)."""

HARMLESS = (
    r"^(?:[+-]?(?:[0-9]+(?:[.,][0-9]+)*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?\s?%?"
    r"|\+[0-9][0-9 ()./-]*"
    r"|-+)$"
)

_APOSTROPHE = re.compile(
    r"^'(?='*(?:[\s\x00-\x1f\ufeff\xa0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n\x00]))"
)


def escape_formulas(texts: pa.Array) -> pa.Array:
    """The texts, with an apostrophe before each that a spreadsheet could run."""
    risky = pc.match_substring_regex(texts, RISKY)
    if not pc.any(risky).as_py():
        return texts
    risky = pc.and_(risky, pc.invert(pc.match_substring_regex(texts, HARMLESS)))
    return pc.if_else(risky, pc.binary_join_element_wise("'", texts, ""), texts)


def unescape_formula(text: str) -> str:
    """The text before :func:`escape_formulas`."""
    return _APOSTROPHE.sub("", text)
