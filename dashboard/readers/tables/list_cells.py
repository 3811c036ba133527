"""Cells that hold lists as programs write them: `['Graz', 'Linz']`, `c("Graz", "Linz")`."""

import ast
import re
from collections.abc import Iterable, Sequence

import orjson

from dashboard.readers.common.clean import as_text
from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.common.messages import Warn, shorten

_LONGEST = 200_000
_MOST = 2_000
_OPENING = ("[", "(", "c(", "{")
_PLAIN_ITEM = re.compile(r"[^\[\](){}'\"]*+")


def parse_list(text: str) -> list[str] | None:
    """The items of a list as Python, JSON, R or PostgreSQL writes it; None for other text."""
    plain = text.strip()
    if not plain.startswith(_OPENING) or len(plain) > _LONGEST or plain[-1:] not in "])}":
        return None
    if plain.startswith("c("):
        plain = f"[{plain[2:-1]}]"
    if plain[0] == "{":
        return _parse_array(plain)
    if plain[0] == "(" and "'" not in plain and '"' not in plain:
        return None  # words, or a point, in brackets
    found = _parse_literal(plain)
    if not isinstance(found, list | tuple) or len(found) > _MOST:
        return None
    if any(isinstance(item, list | tuple | dict | set) for item in found):
        return None
    return [as_text(item).strip() for item in found]


def _parse_literal(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass
    if text.count("[") + text.count("(") > 20 or text.count("{"):
        return None
    try:
        return ast.literal_eval(text.replace("NA,", "None,").replace("nan", "None"))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _parse_array(text: str) -> list[str] | None:
    inner = text[1:-1]
    if '"' in inner or not _PLAIN_ITEM.fullmatch(inner) or ":" in inner or "," not in inner:
        return None
    return [item.strip() for item in inner.split(",")]


class ListCells:
    """Gives each item of a row's lists a row of its own, where all its lists are equally long."""

    def __init__(self, place: Iterable[int]) -> None:
        self._at = sorted(set(place))
        self._split: list[str] = []
        self._uneven: list[str] = []

    def expand(
        self, columns: list[CodedColumn], numbers: Sequence[int]
    ) -> tuple[list[CodedColumn], Sequence[int]]:
        """The columns and row numbers with a row per item; unchanged if no cell is a list."""
        lists: dict[int, dict[str, list[str]]] = {}
        for at in self._at:
            texts = [text for text in columns[at].texts if text.lstrip()[:2].startswith(_OPENING)]
            found = {text: items for text in texts if (items := parse_list(text)) is not None}
            if found:
                lists[at] = found
        if not lists:
            return columns, numbers
        cells = {at: list(columns[at]) for at in lists}
        rows: list[int] = []
        items_at: list[int] = []
        for row, number in enumerate(numbers):
            lengths = {
                len(found[cells[at][row]]) for at, found in lists.items() if cells[at][row] in found
            }
            several = {length for length in lengths if length > 1}
            count = several.pop() if len(several) == 1 else 1
            if several or (count > 1 and 0 in lengths):
                self._uneven.append(f"row {number}")
                count = 1
            elif count > 1:
                self._split.append(f"row {number} ({count} sites)")
            rows.extend([row] * count)
            items_at.extend(range(count) if not several else [-1])
        expanded = [
            CodedColumn.encode(_pick(list(column), rows, items_at, lists.get(at, {})))
            for at, column in enumerate(columns)
        ]
        return expanded, [numbers[row] for row in rows]

    def report(self, warn: Warn) -> None:
        """Warn which rows were split, and which hold lists of different lengths."""
        if self._split:
            warn(f"rows with lists in their cells, split into sites: {shorten(self._split)}")
        if self._uneven:
            warn(
                "rows with lists of different lengths in their cells, kept as one site: "
                f"{shorten(self._uneven)}"
            )


def _pick(
    column: Sequence[str], rows: Sequence[int], items_at: Sequence[int], lists: dict[str, list[str]]
) -> list[str]:
    picked = []
    for row, item in zip(rows, items_at, strict=True):
        text = column[row]
        items = lists.get(text)
        if items is None:
            picked.append(text)
        elif item < 0:
            picked.append("; ".join(filter(None, items)))
        else:
            picked.append(items[item] if item < len(items) else items[0] if items else "")
    return picked
