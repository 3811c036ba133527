"""Delimited text: finds the delimiter and parses rows, also those with unbalanced quotes."""

import csv
import re
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pyarrow as pa

from dashboard.errors import ReadError
from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.common.column_names import match_header
from dashboard.readers.common.messages import Warn, shorten
from geocache.tables import csv_limit  # sets the longest cell, once for the process

DELIMITERS = (",", ";", "\t", "|", "~", "\xac", "^", "\xa6", "\x1f", "\x01")

_NCT = re.compile(r"\bNCT[ -]?\d{8}\b", re.IGNORECASE)
_MAX_LINES_A_ROW = 1_000
_MAX_LINES_A_TEXT = 200_000
_MAX_UNBALANCED = 100
_LINE_END = "\n"
_BYTE_ORDER_MARK = "\ufeff"
_SAMPLE_ROWS = 40
_MIN_SAMPLE_ROWS = 5
_SAMPLE_CHARACTERS = 200_000
_LONGEST_SAMPLED = 200


def split_columns(text: str, name: str) -> tuple[str, str]:
    """The text and its delimiter; columns separated by blanks get tabs.

    Raises ReadError for text without columns.
    """
    delimiter = guess_delimiter(text)
    if not delimiter and is_aligned(text):
        text, delimiter = insert_tabs(text), "\t"
    start = text[:1_000_000]
    numbers = len(set(map(str.upper, _NCT.findall(start))))
    if numbers and not (delimiter and re.search(r"[^\W\d_]", _NCT.sub("", start))):
        raise ReadError(name, f"names {numbers} trials but no sites; fetch them from the registry")
    if not delimiter:
        raise ReadError(name, "not a site list in any known format")
    return text, delimiter


def guess_delimiter(text: str) -> str:
    """The delimiter with which the first rows look most like a table; empty if none does."""
    best, best_score = "", 0.0
    for delimiter in DELIMITERS:
        rows = _read_sample(text, delimiter)
        widths = [len(row) for row in rows if any(row)]
        if not widths or max(widths) < 2:
            continue
        usual = max(set(widths), key=widths.count)
        if usual < 2:
            continue
        even = widths.count(usual) / len(widths)
        known = max(
            (sum(bool(match_header(cell)[0]) for cell in row) for row in rows[:10]), default=0
        )
        score = known + even + min(usual, 10) / 100
        if score > best_score:
            best, best_score = delimiter, score
    return best


def is_aligned(text: str) -> bool:
    """True for columns separated by blanks only, whose first line names two or more columns."""
    line = next((line for line in text[:2_000].splitlines() if line.strip()), "")
    cells = insert_tabs(line).split("\t")
    return len(cells) > 1 and sum(bool(match_header(cell)[0]) for cell in cells) > 1


def insert_tabs(text: str) -> str:
    """Replace two or more blanks between words by a tab."""
    return re.sub(r"(?<=\S) {2,}(?=\S)", "\t", text)


def _read_sample(text: str, delimiter: str) -> list[list[str]]:
    """The first rows, whole: a cut cell of millions of characters would hide all columns."""
    sample: list[list[str]] = []
    characters = 0
    try:
        for row in islice(iter_rows(text, delimiter, ""), _SAMPLE_ROWS):
            sample.append([cell[:_LONGEST_SAMPLED] for cell in row])
            characters += sum(map(len, row))
            if characters > _SAMPLE_CHARACTERS and len(sample) >= _MIN_SAMPLE_ROWS:
                break
    except ReadError:
        pass
    return sample


def iter_rows(
    text: str, delimiter: str, name: str, warn: Warn | None = None
) -> Iterator[list[str]]:
    """Each row as a list of cells, with a warning that names lines with an unbalanced quote.

    Such a quote would join all lines up to the next quote into one cell; its line is read without
    quoting instead. Raises ReadError for cells beyond bounds.
    """
    if '"' not in text and "\r" not in text:
        return _PlainRows(text, delimiter, name)
    lines = _Lines(text, delimiter)
    rows = _iter_cells(lines, delimiter, name, warn)
    return _QuotedRows(lines, map(_strip_formulas, rows) if '="' in text else rows, delimiter)


class _PlainRows:
    """The rows of text in which every line is a row: one by one, or many at once as columns."""

    def __init__(self, text: str, delimiter: str, name: str) -> None:
        self._text = text
        self._delimiter = delimiter
        self._name = name
        self._at = 0
        self._rows = csv.reader(self._iter_lines(), delimiter=delimiter)

    def __iter__(self) -> "_PlainRows":
        return self

    def __next__(self) -> list[str]:
        try:
            return next(self._rows)
        except csv.Error as error:
            raise ReadError(self._name, f"not a table: {error}") from error

    def read_columns(self, rows: int, width: int) -> list[CodedColumn] | None:
        """The next rows as columns, by Arrow's reader; ``None`` if they may not be what it thinks.

        Without quotes both readers only cut at line ends and delimiters; an empty line is a blank
        row. Rows of another width are left to the other one.
        """
        end = _find_end(self._text, self._at, rows)
        columns = _parse_block(self._text[self._at : end], self._delimiter, width)
        self._at = self._at if columns is None else end
        return columns

    def _iter_lines(self) -> Iterator[str]:
        length, find = len(self._text), self._text.find
        while self._at < length:
            start = self._at
            self._at = find(_LINE_END, start) + 1 or length
            yield self._text[start : self._at]


class _QuotedRows:
    """The rows of text with quotes: one by one, or where they are regular as columns."""

    def __init__(self, lines: "_Lines", rows: Iterator[list[str]], delimiter: str) -> None:
        self._lines = lines
        self._rows = rows
        self._delimiter = delimiter

    def __iter__(self) -> "_QuotedRows":
        return self

    def __next__(self) -> list[str]:
        return next(self._rows)

    def read_columns(self, rows: int, width: int) -> list[CodedColumn] | None:
        """As :meth:`_PlainRows.read_columns`, of lines each of which is a row."""
        block, end = self._lines.look_ahead(rows)
        if block.isspace() or '="' in block:  # `="007"`; and blank lines have no width
            return None
        columns = _parse_block(block, self._delimiter, width)
        if columns is not None:
            self._lines.skip_to(end, width)
        return columns


def _find_end(text: str, start: int, lines: int) -> int:
    """Where so many lines end, or the text."""
    end, length, find = start, len(text), text.find
    for _ in range(lines):
        end = find(_LINE_END, end) + 1 or length
        if end == length:
            break
    return end


def _is_regular(data: bytes, delimiter: str) -> bool:
    """True for lines whose quotes all stand around whole cells, or doubled within quotes.

    All readers agree on what such lines mean.
    """
    signs = np.frombuffer(b"\n" + data + b"\n", np.uint8)
    quotes = np.flatnonzero(signs == ord('"'))
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    between = np.isin(np.arange(256), list(b'\r\n"' + delimiter.encode()))
    alone = between[signs[opening - 1]].all() and between[signs[closing + 1]].all()
    ends, returns = np.flatnonzero(signs == ord("\n")), np.flatnonzero(signs == ord("\r"))
    outside = not (np.searchsorted(quotes, ends) % 2).any()
    return bool(alone and outside and (signs[returns + 1] == ord("\n")).all())


def _parse_block(block: str, delimiter: str, width: int) -> list[CodedColumn] | None:
    """The columns of regular lines; ``None`` if not all have ``width`` cells."""
    ascii_only = delimiter.isascii() and not block.startswith(_BYTE_ORDER_MARK)
    if not ascii_only or not 0 < len(block) <= csv_limit.MAX_CELL_CHARACTERS or width < 2:
        return None
    data = block.encode()
    quoted = '"' in block
    if (quoted or "\r" in block) and not _is_regular(data, delimiter):
        return None
    # Imported here: a small list is read without it.
    from pyarrow import csv as arrow_csv  # noqa: PLC0415

    names = [str(at) for at in range(width)]
    kind = pa.dictionary(pa.int32(), pa.string())
    try:
        table = arrow_csv.read_csv(
            pa.py_buffer(data),
            arrow_csv.ReadOptions(
                use_threads=False, block_size=4 * len(block) + 1, column_names=names
            ),
            arrow_csv.ParseOptions(
                delimiter=delimiter,
                quote_char='"' if quoted else False,
                double_quote=quoted,
                ignore_empty_lines=False,
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    return [CodedColumn.from_arrow(table.column(at).combine_chunks()) for at in range(width)]


def _strip_formulas(row: list[str]) -> list[str]:
    """The row with `="007"`, which keeps a spreadsheet from dropping zeros, as `007`."""
    return [cell[2:-1] if cell[:2] == '="' and cell[-1] == '"' else cell for cell in row]


def _iter_cells(
    lines: "_Lines", delimiter: str, name: str, warn: Warn | None
) -> Iterator[list[str]]:
    reader = csv.reader(lines.iter_next(), delimiter=delimiter, strict=True)
    unbalanced: list[str] = []
    while True:
        try:
            for row in reader:
                lines.row_at, lines.of_row = lines.at, 0
                lines.width = len(row) or lines.width
                yield row
            break
        except (csv.Error, _TooManyLinesError) as error:
            if len(unbalanced) == _MAX_UNBALANCED:
                yield from _iter_unquoted(lines, delimiter, name)
                break
            row, as_text = _read_unbalanced(lines, delimiter, lines.width, name, error)
            if as_text:
                unbalanced.append(f"line {lines.number}")
            lines.row_at, lines.of_row = lines.at, 0
            lines.width = len(row) or lines.width
            yield row
            reader = csv.reader(lines.iter_next(), delimiter=delimiter, strict=True)
    if unbalanced and warn is not None:
        warn(f"unbalanced quotation marks, read as text: {shorten(unbalanced)}")


def _iter_unquoted(lines: "_Lines", delimiter: str, name: str) -> Iterator[list[str]]:
    source = lines.iter_row()
    reader = csv.reader(source, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    try:
        for row in reader:
            lines.of_row = 0
            yield list(map(_strip_quotes, row))
    except csv.Error as error:
        raise ReadError(name, f"not a table: {error}") from error


def _end_lines(text: str) -> str:
    """The text with line feeds at the end of its lines, also if it has the ends of old Macs."""
    if "\r" not in text or "\r\n" in text or text.count("\r") < text.count("\n"):
        return text
    return text.replace("\n", " ").replace("\r", "\n")


class _TooManyLinesError(Exception):
    """Raised for a cell with more lines than any text in a site list."""


class _Lines:
    """The lines of a text, one by one: a list of all would double the memory.

    ``at`` is the offset of the next line, ``row_at`` that of the current row, ``of_row`` the number
    of its lines read so far, ``width`` the number of cells of the row before.
    """

    def __init__(self, text: str, delimiter: str) -> None:
        self._delimiter = delimiter
        self.width = 0
        self._text = _end_lines(text)
        self.at = self.row_at = self.of_row = 0

    @property
    def number(self) -> int:
        """The line number at which the current row begins."""
        return self._text.count(_LINE_END, 0, self.row_at) + 1

    def iter_next(self) -> Iterator[str]:
        """The lines not read yet."""
        text, find = self._text, self._text.find
        length = len(self._text)
        while (start := self.at) < length:
            if self.of_row == _MAX_LINES_A_TEXT or (
                self.of_row == _MAX_LINES_A_ROW and self._holds_rows()
            ):
                raise _TooManyLinesError
            end = find(_LINE_END, start) + 1 or length
            self.at = end
            self.of_row += 1
            yield text[start:end]

    def look_ahead(self, lines: int) -> tuple[str, int]:
        """The next so many lines, and where they end."""
        end = _find_end(self._text, self.at, lines)
        return self._text[self.at : end], end

    def skip_to(self, end: int, width: int) -> None:
        """Go on behind rows that were read otherwise, each a line of ``width`` cells."""
        self.at = self.row_at = end
        self.of_row, self.width = 0, width

    def _holds_rows(self) -> bool:
        """True if most lines of the current row look like rows: its quote is never closed."""
        lines = self._text[self.row_at : self.at].split(_LINE_END)
        rows = sum(line.count(self._delimiter) == self.width - 1 for line in lines)
        return self.width < 2 or rows * 2 > len(lines)

    def iter_row(self) -> Iterator[str]:
        """The lines from the start of the current row on."""
        self.at, self.of_row = self.row_at, 0
        return self.iter_next()


def _read_unbalanced(
    lines: _Lines, delimiter: str, width: int, name: str, error: Exception
) -> tuple[list[str], bool]:
    """A row with unbalanced quotes, and whether a quote was read as text.

    That is its first line, if a quote is only misplaced in it or if the line has the table's width
    without quoting; else all its lines, if they make a row of that width.
    """
    line = next(lines.iter_row())
    try:
        row, complete = _read_first_row(iter([line, "\n"]), delimiter)
        if complete:
            return row, False
        closed = next(csv.reader([line.rstrip("\r\n") + '"'], delimiter=delimiter))
        text = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
        alone = closed if len(closed) == width != len(text) else list(map(_strip_quotes, text))
        if len(alone) != width:
            together = next(csv.reader(lines.iter_row(), delimiter=delimiter), [])
            if len(together) == width:
                return together, False
            next(lines.iter_row())
    except _TooManyLinesError:
        next(lines.iter_row())
    except csv.Error as problem:
        raise ReadError(name, f"not a table: {problem}", f"line {lines.number}") from error
    return alone, True


def _read_first_row(lines: Iterator[str], delimiter: str) -> tuple[list[str], bool]:
    """The first row, and whether it ends with the first line."""
    row = next(csv.reader(lines, delimiter=delimiter), [])
    return row, next(lines, None) is not None


def _strip_quotes(cell: str) -> str:
    """A cell without its opening quote, and with doubled quotes single."""
    text = cell.strip()
    if text.startswith('"'):
        text = text[1:]
        if text.endswith('"') and text.count('"') % 2:
            text = text[:-1]
    return text.replace('""', '"')
