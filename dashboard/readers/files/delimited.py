"""Delimited text: which sign separates the columns, and the rows."""

import csv
import re
from collections.abc import Callable, Iterator
from itertools import islice

from dashboard.errors import ReadError
from dashboard.readers.common.column_names import named
from dashboard.readers.common.job import listed
from geocache.files import csv_limit  # noqa: F401 # sets it

DELIMITERS = (",", ";", "\t", "|")

_NCT = re.compile(r"\bNCT[ -]?\d{8}\b", re.IGNORECASE)
_MOST_LINES_A_ROW = 1_000
_MOST_ASTRAY = 100
_LINE_END = "\n"
_SAMPLE_ROWS = 40
_SAMPLE_CHARACTERS = 200_000


def divided(text: str, name: str) -> tuple[str, str]:
    """The text, with tabs where blanks set its columns apart, and the sign between its columns.

    Raises ReadError for what has no columns.
    """
    delimiter = delimiter_of(text)
    if not delimiter and is_aligned(text):
        text, delimiter = with_tabs(text), "\t"
    start = text[:1_000_000]
    numbers = len(set(map(str.upper, _NCT.findall(start))))
    if numbers and not (delimiter and re.search(r"[^\W\d_]", _NCT.sub("", start))):
        raise ReadError(name, f"names {numbers} trials but no sites; fetch them from the registry")
    if not delimiter:
        raise ReadError(name, "not a site list in any known format")
    return text, delimiter


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


def is_aligned(text: str) -> bool:
    """True for columns set apart by blanks alone, under a line that names two or more of them."""
    line = next((line for line in text[:2_000].splitlines() if line.strip()), "")
    cells = with_tabs(line).split("\t")
    return len(cells) > 1 and sum(bool(named(cell)[0]) for cell in cells) > 1


def with_tabs(text: str) -> str:
    """The text with a tab in place of two blanks or more between words."""
    return re.sub(r"(?<=\S) {2,}(?=\S)", "\t", text)


def _sample(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(islice(rows_of(text[:_SAMPLE_CHARACTERS], delimiter, ""), _SAMPLE_ROWS))
    except ReadError:
        return []


def rows_of(
    text: str, delimiter: str, name: str, warn: Callable[[str], None] | None = None
) -> Iterator[list[str]]:
    """Every row as a list of cells; ``warn`` is told of lines with a quotation mark astray.

    Such a mark would make one cell of the lines up to the next: its own line is read as it stands
    instead. Raises ReadError where a cell never ends.
    """
    lines = _Lines(text)
    reader = csv.reader(lines.from_here(), delimiter=delimiter, strict=True)
    astray: list[str] = []
    width = 0
    while True:
        try:
            for row in reader:
                lines.row_at, lines.of_row = lines.at, 0
                width = len(row) or width
                yield row
            break
        except (csv.Error, _TooManyLinesError) as error:
            if len(astray) == _MOST_ASTRAY:
                yield from _without_quoting(lines, delimiter, name)
                break
            row, as_text = _as_it_stands(lines, delimiter, width, name, error)
            if as_text:
                astray.append(f"line {lines.number}")
            lines.row_at, lines.of_row = lines.at, 0
            width = len(row) or width
            yield row
            reader = csv.reader(lines.from_here(), delimiter=delimiter, strict=True)
    if astray and warn is not None:
        warn(f"a quotation mark that is not one of a pair, read as text: {listed(astray)}")


def _without_quoting(lines: "_Lines", delimiter: str, name: str) -> Iterator[list[str]]:
    source = lines.again()
    reader = csv.reader(source, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    try:
        for row in reader:
            lines.of_row = 0
            yield list(map(_without_marks, row))
    except csv.Error as error:
        raise ReadError(name, f"not a table: {error}") from error


class _TooManyLinesError(Exception):
    """A cell that goes on over more lines than any text in a list."""


class _Lines:
    """Lines one by one (a list of all would double the memory), kept until their row is whole.

    ``at`` is where the next line begins, ``row_at`` where the row that is read did, ``of_row`` how
    many of its lines were read.
    """

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r", "\n") if "\r" in text and "\n" not in text else text
        self.at = self.row_at = self.of_row = 0

    @property
    def number(self) -> int:
        """The number of the line at which the row begins."""
        return self._text.count(_LINE_END, 0, self.row_at) + 1

    def from_here(self) -> Iterator[str]:
        """The lines that were not read yet."""
        text, find = self._text, self._text.find
        start, length = self.at, len(self._text)
        while start < length:
            if self.of_row == _MOST_LINES_A_ROW:
                raise _TooManyLinesError
            end = find(_LINE_END, start) + 1 or length
            self.at = end
            self.of_row += 1
            yield text[start:end]
            start = end

    def again(self) -> Iterator[str]:
        """The lines from the beginning of the row on."""
        self.at, self.of_row = self.row_at, 0
        return self.from_here()


def _as_it_stands(
    lines: _Lines, delimiter: str, width: int, name: str, error: Exception
) -> tuple[list[str], bool]:
    """What a row is whose quotation marks are no pairs, and whether one was taken for text.

    Its first line alone, where a mark is only misplaced in it or where it has the table's width
    without one; else all its lines, if that makes a row of that width.
    """
    line = next(lines.again())
    try:
        row, whole = _first_row(iter([line, "\n"]), delimiter)
        if whole:
            return row, False
        closed = next(csv.reader([line.rstrip("\r\n") + '"'], delimiter=delimiter))
        text = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
        alone = closed if len(closed) == width != len(text) else list(map(_without_marks, text))
        if len(alone) != width:
            together = next(csv.reader(lines.again(), delimiter=delimiter), [])
            if len(together) == width:
                return together, False
            next(lines.again())
    except _TooManyLinesError:
        next(lines.again())
    except csv.Error as problem:
        raise ReadError(name, f"not a table: {problem}", f"line {lines.number}") from error
    return alone, True


def _first_row(lines: Iterator[str], delimiter: str) -> tuple[list[str], bool]:
    """The first row, and whether it ends with the first of the lines."""
    row = next(csv.reader(lines, delimiter=delimiter), [])
    return row, next(lines, None) is not None


def _without_marks(cell: str) -> str:
    """A cell without the mark it opens with, and with doubled ones single."""
    text = cell.strip()
    if text.startswith('"'):
        text = text[1:]
        if text.endswith('"') and text.count('"') % 2:
            text = text[:-1]
    return text.replace('""', '"')
