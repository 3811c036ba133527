"""Web pages: their text and tables; also the HTML that some tools save as `.xls`.

lxml parses the page and reports tags one by one, so that no tree is built: a tree takes time that
grows with the square of the attributes of one tag (25 s and more for a tag of 3 MB), and drops what
is nested more than 256 levels deep.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree

MAX_PAGE_BYTES = 50_000_000
"""Largest page read; one of 10,000 sites has about 5 MB."""

MAX_SPAN = 1_000
"""Rows or columns that one cell may span."""

_MAX_SPANNED = 1_000_000
_CHUNK_BYTES = 1 << 16
_HIDDEN = frozenset({"script", "style", "template", "noscript"})
_BREAKS = frozenset(
    (
        *("br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "section", "option"),
        *("article", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6"),
    )
)


class Page(NamedTuple):
    """A web page: its text, line by line, and each of its tables with two rows or more.

    A table within a cell is a table of its own; the outer one goes on as another behind it.
    """

    text: str
    tables: list[list[list[str]]]


def parse_page(text: str) -> Page:
    """The text and tables of a page, however damaged."""
    target = _Target()
    parser = etree.HTMLParser(target=target, encoding="utf-8")
    data = text.encode("utf-8", errors="replace")
    for start in range(0, len(data), _CHUNK_BYTES):
        parser.feed(data[start : start + _CHUNK_BYTES])
    if data:
        parser.close()
    return target.page()


class _Target:
    """Collects what the parser reports."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._tables: list[list[list[str]]] = []
        self._table = _Table()
        self._hidden = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._hidden:
            return
        if tag in _HIDDEN:
            self._hidden = tag
        elif tag == "table":
            self._end_table()
        elif tag == "tr":
            self._table.start_row()
        elif tag in ("td", "th"):
            self._parts.append(" ")
            self._table.start_cell(
                _parse_span(attributes.get("colspan")), _parse_span(attributes.get("rowspan"))
            )
        if tag in _BREAKS:
            self._break()

    def end(self, tag: str) -> None:
        if self._hidden:
            self._hidden = "" if tag == self._hidden else self._hidden
        elif tag == "table":
            self._end_table()
        elif tag in ("td", "th", "tr"):
            self._table.end_cell()
        if tag in _BREAKS and not self._hidden:
            self._break()

    def data(self, text: str) -> None:
        if not self._hidden:
            self._parts.append(text)
            self._table.add_text(text)

    def close(self) -> None:
        self._end_table()

    def page(self) -> Page:
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return Page("\n".join(line for line in lines if line), self._tables)

    def _break(self) -> None:
        self._parts.append("\n")
        self._table.add_text(" ")

    def _end_table(self) -> None:
        rows = self._table.finish()
        if len(rows) > 1:
            self._tables.append(rows)
        self._table = _Table()


def _parse_span(text: str | None) -> int:
    found = re.match(r"\s*(\d{1,5})", text or "")
    return min(max(int(found[1]), 1), MAX_SPAN) if found else 1


class _Table:
    """The rows of one table; a cell that spans rows has its text in each of them."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._below: dict[int, tuple[int, str]] = {}
        self._spanned = 0

    def add_text(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def start_row(self) -> None:
        self.end_cell()
        self._rows.append([])

    def start_cell(self, columns: int, rows: int) -> None:
        self.end_cell()
        if not self._rows:
            self._rows.append([])
        self._cell = []
        self._span = columns, rows
        self._spanned += columns + rows - 2
        if self._spanned > _MAX_SPANNED:
            self._span = (1, 1)

    def end_cell(self) -> None:
        if self._cell is None:
            return
        text = " ".join("".join(self._cell).split())
        row = self._rows[-1]
        self._copy_from_above(row)
        columns, rows = self._span
        if rows > 1:
            self._below[len(row)] = (rows - 1, text)
        if len(row) < MAX_SPAN:
            row += [text, *[""] * (columns - 1)]
        self._cell = None

    def _copy_from_above(self, row: list[str]) -> None:
        while (left := self._below.pop(len(row), None)) is not None:
            if left[0] > 1:
                self._below[len(row)] = (left[0] - 1, left[1])
            row.append(left[1])

    def finish(self) -> list[list[str]]:
        self.end_cell()
        return self._rows
