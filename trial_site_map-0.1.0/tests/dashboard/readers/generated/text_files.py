"""Writes drafts as delimited text in any encoding."""

import codecs

from tests.dashboard.readers.generated.quirks import Draft

DELIMITERS = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "pipe": "|",
    "tilde": "~",
    "not_sign": "¬",
    "caret": "^",
    "broken_bar": "¦",
    "unit_separator": "\x1f",
    "control_a": "\x01",
}


def write_text(change: Draft, delimiter: str) -> str:
    """The draft as delimited text."""
    tail = change.line_tail.format(delimiter)
    lines = [
        delimiter.join(_quote(cell, delimiter, change.quote_all) for cell in row) + tail
        for row in change.rows()
    ]
    if change.first_line:
        lines.insert(0, change.first_line.format(delimiter))
    return "".join(line + change.line_end for line in lines)


def _quote(cell: str, delimiter: str, always: bool) -> str:
    if always or any(sign in cell for sign in (delimiter, '"', "\n", "\r")):
        doubled = cell.replace('"', '""')
        return f'"{doubled}"'
    return cell


def encode(text: str, encoding: str) -> bytes | None:
    """The text's bytes; None if the encoding lacks one of its letters."""
    if encoding == "utf-16-be-bom":
        return codecs.BOM_UTF16_BE + text.encode("utf-16-be")
    if encoding == "utf-32-be-bom":
        return codecs.BOM_UTF32_BE + text.encode("utf-32-be")
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        return None
    return data if data.decode(encoding) == text else None
