"""Web pages: their tables as rows, and their text; also what some tools save as `.xls`.

The parser of the standard library takes time that grows with the square of a hostile page; this
reads tags one after the other and nothing twice.
"""

import html
import re
from collections.abc import Iterator

MOST_PAGE_BYTES = 50_000_000
"""Largest page read; one of 10,000 sites has about 5 MB."""

MOST_SPAN = 1_000
"""Rows or columns one cell may reach over."""

_MOST_SPANNED = 1_000_000

_HEAD = re.compile(
    rb"[\xef\xbb\xbf\xff\xfe\s]*(?:<\?xml\b[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"<(?:!doctype\s+html|html|head|body|meta|table|div|style|title|h[1-6]|p)\b|(?s:.*)<html\b",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<[!?/][^<>]*>")
_SPAN = re.compile(r"\b(col|row)span\s*=\s*[\"']?(\d{1,5})", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|template|noscript)\b|<!--", re.IGNORECASE)
_BREAKS = frozenset(
    (
        *("br", "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "section", "option"),
        *("article", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6"),
    )
)


def looks_like_html(data: bytes) -> bool:
    """True for bytes that begin like a web page or a part of one, and not like other XML."""
    head = data[:2_000].replace(b"\x00", b"")
    return bool(_HEAD.match(head)) and b"<clinical_study" not in head


def page_text(text: str) -> str:
    """The page as lines of text."""
    parts: list[str] = []
    for kind, value, _ in _pieces(text):
        if kind == "text":
            parts.append(value)
        elif value.lstrip("/") in _BREAKS:
            parts.append("\n")
        elif value in ("td", "th"):
            parts.append(" ")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def page_tables(text: str) -> list[list[list[str]]]:
    """Every table of a page as rows of text; of a table within a cell the outer one's rows end."""
    tables: list[list[list[str]]] = []
    table = _Table()
    for kind, value, attributes in _pieces(text):
        if kind == "text":
            table.text(value)
        elif value in ("table", "/table"):
            tables.append(table.rows())
            table = _Table()
        elif value == "tr":
            table.new_row()
        elif value in ("td", "th"):
            spans = {name.lower(): int(size) for name, size in _SPAN.findall(attributes)}
            table.new_cell(spans.get("col", 1), spans.get("row", 1))
        elif value in ("/td", "/th", "/tr"):
            table.end_cell()
        elif value.lstrip("/") in _BREAKS:
            table.text(" ")
    tables.append(table.rows())
    return [rows for rows in tables if len(rows) > 1]


class _Table:
    """Rows as they come; a cell over more rows has its text in each of them."""

    def __init__(self) -> None:
        self._rows: list[list[str]] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)
        self._below: dict[int, tuple[int, str]] = {}
        self._spanned = 0

    def text(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def new_row(self) -> None:
        self.end_cell()
        self._rows.append([])

    def new_cell(self, columns: int, rows: int) -> None:
        self.end_cell()
        if not self._rows:
            self._rows.append([])
        self._cell = []
        self._span = min(max(columns, 1), MOST_SPAN), min(max(rows, 1), MOST_SPAN)
        self._spanned += self._span[0] + self._span[1] - 2
        if self._spanned > _MOST_SPANNED:
            self._span = (1, 1)

    def end_cell(self) -> None:
        if self._cell is None:
            return
        text = " ".join("".join(self._cell).split())
        row = self._rows[-1]
        self._from_above(row)
        columns, rows = self._span
        if rows > 1:
            self._below[len(row)] = (rows - 1, text)
        if len(row) < MOST_SPAN:
            row += [text, *[""] * (columns - 1)]
        self._cell = None

    def _from_above(self, row: list[str]) -> None:
        while (left := self._below.pop(len(row), None)) is not None:
            if left[0] > 1:
                self._below[len(row)] = (left[0] - 1, left[1])
            row.append(left[1])

    def rows(self) -> list[list[str]]:
        self.end_cell()
        return self._rows


def _pieces(text: str) -> Iterator[tuple[str, str, str]]:
    """Texts and tags in order: ``("text", …, "")``, ``("tag", "td", attributes)``."""
    for part in _shown(text):
        at = 0
        for tag in _TAG.finditer(part):
            if tag.start() > at:
                yield "text", html.unescape(part[at : tag.start()]), ""
            at = tag.end()
            if tag[2]:
                yield "tag", tag[1] + tag[2].lower(), tag[3]
        if at < len(part):
            yield "text", html.unescape(part[at:]), ""


def _shown(text: str) -> Iterator[str]:
    """The page without its comments, scripts and styles; one that does not end hides the rest."""
    at = 0
    while (found := _HIDDEN.search(text, at)) is not None:
        yield text[at : found.start()]
        end = "-->" if found[1] is None else f"</{found[1]}"
        stop = text.find(end, found.end())
        if stop == -1 and found[1] is not None:
            stop = text.find(end.swapcase(), found.end())
        if stop == -1:
            return
        at = stop + len(end)
    yield text[at:]
