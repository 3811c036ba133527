"""Delimited text: which sign separates the columns, and the rows."""

import csv
from collections.abc import Iterator
from itertools import islice

from dashboard.errors import ReadError
from dashboard.readers.column_names import named

DELIMITERS = (",", ";", "\t", "|")
MOST_CELL_CHARACTERS = 4_000_000
"""Longest cell accepted; the longest list of locations in a download has about 200,000."""

_SAMPLE_ROWS = 40
_SAMPLE_CHARACTERS = 200_000


def delimiter_of(text: str) -> str:
    """The separator under which the first rows look most like a table; empty where none does."""
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        rows = _sample(text, delimiter)
        widths = [len(row) for row in rows if any(row)]
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        if usual < 2:
            continue
        even = widths.count(usual) / len(widths)
        known = max((sum(bool(named(cell)[0]) for cell in row) for row in rows[:10]), default=0)
        score = known + even + min(usual, 10) / 100
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _sample(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(rows_of(text[:_SAMPLE_CHARACTERS], delimiter, ""), _SAMPLE_ROWS))
    except ReadError:
        return []


def rows_of(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    """Every row as a list of cells. Raises ReadError where a cell never ends."""
    csv.field_size_limit(MOST_CELL_CHARACTERS)
    if _quotes_are_text(text, delimiter):
        reader = csv.reader(_lines(text), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    else:
        reader = csv.reader(_lines(text), delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise ReadError(name, f"not a table: {error}", f"line {reader.line_num}") from error


def _lines(text: str) -> Iterator[str]:
    """Lines one by one; a list of all of them would double the memory."""
    if "\r" in text and "\n" not in text:
        text = text.replace("\r", "\n")
    start = 0
    while True:
        end = text.find("\n", start)
        if end == -1:
            if start < len(text):
                yield text[start:]
            return
        yield text[start : end + 1]
        start = end + 1


def _quotes_are_text(text: str, delimiter: str) -> bool:
    """True where a quote opens a cell that is never closed: quotes must be plain signs then."""
    if text.count('"') % 2 == 0:
        return False
    reader = csv.reader(_lines(text), delimiter=delimiter)
    lines_before = lines = 0
    try:
        for _ in reader:
            lines_before, lines = lines, reader.line_num
    except csv.Error:
        return True
    if lines - lines_before < 2:
        return False
    last_row = text.rstrip("\r\n").split("\n")[lines_before:]
    return "\n".join(last_row).count('"') % 2 == 1
