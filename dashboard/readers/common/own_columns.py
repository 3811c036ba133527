"""Keeps the columns of a list that are none of ours, each with its name, type and order."""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from dashboard.readers.common.budget import get_budget
from dashboard.readers.common.clean import as_text, clean_texts
from dashboard.readers.common.coded_column import CodedColumn, GrowingColumn
from dashboard.readers.common.dates import parse_date
from dashboard.readers.common.messages import Warn, shorten
from dashboard.readers.common.missing import is_missing

MAX_COLUMNS = 200
MAX_NAME = 300
"""Characters of a column's name."""
MAX_CELL = 2_000
"""Characters of a cell, as in our own columns."""

_ALMOST = 0.9
"""From this share of numbers on, the cells that are none are worth a word."""

_NUMBER = re.compile(r"[+-]?(0|[1-9][0-9]{0,14})?(?<=[0-9])(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]00:00(:00(\.0+)?)?)?|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}"
)
TYPES = ("number", "date", "yes/no", "text")
"""What a person may say that an own column holds; text is what the file says, letter by letter."""
TYPE_PREFIX = "type of "
"""Before an own column's name where its type stands among the columns that a person named."""

_YES = frozenset({"yes", "y", "true", "1", "ja", "oui", "si", "sí", "x", "✓"})
_NO = frozenset({"no", "n", "false", "0", "nein", "non", "-"})
_SPACES = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")


class OwnColumns:
    """Collects own columns while a file is read; rows that lack one are blank there.

    ``types`` has one of :data:`TYPES` for each column of which a person said what it holds.
    """

    def __init__(self) -> None:
        self.types: Mapping[str, str] = {}
        self._columns: dict[str, GrowingColumn] = {}
        self._dropped: dict[str, None] = {}

    def __bool__(self) -> bool:
        return bool(self._columns)

    def add(self, columns: Mapping[str, Sequence[str] | GrowingColumn], rows_before: int) -> None:
        """Add the cells of some rows, of which ``rows_before`` stand above."""
        for name, cells in columns.items():
            if name not in self._columns and len(self._columns) >= MAX_COLUMNS:
                self._dropped[name] = None
                continue
            column = self._columns.setdefault(name, GrowingColumn())
            column.extend([""] * (rows_before - len(column)))
            column.extend(cells)

    def extend_with(self, other: "OwnColumns", rows_before: int) -> None:
        """Add what was collected from another part of the file."""
        self.add(other._columns, rows_before)  # noqa: SLF001 - of the same class
        self._dropped |= other._dropped  # noqa: SLF001

    def clear(self) -> None:
        """Forget the cells."""
        self._columns.clear()

    def build(self, rows: int, note: Warn) -> pd.DataFrame:
        """The columns with a value in any row: numbers as floats, dates as ISO 8601, else text.

        Args:
            rows: of the file.
            note: called with a sentence on what was left out, cut or read another way.
        """
        if self._dropped:
            note(
                f"more than {MAX_COLUMNS} columns of your own; left out: "
                f"{shorten(list(self._dropped))}"
            )
        found: dict[str, object] = {}
        for name, cells in self._columns.items():
            written = cells.encode(rows, as_text)
            long = written.count_rows({text for text in written.texts if len(text) > MAX_CELL})
            if long:
                note(f"{name[:80]}: {long} cells cut to {MAX_CELL:,} characters")
            column = written.with_texts(clean_texts(written.texts))
            if any(column.texts):
                get_budget().spend(text_bytes=column.count_bytes())
                short = _shorten_name(name, found, note)
                kind = self.types.get(short, "")
                convert = _CONVERTERS.get(kind)
                found[short] = (
                    _force(name, column, convert, kind, note)
                    if convert
                    else _convert(name, column, note)
                )
        return pd.DataFrame(found, index=pd.RangeIndex(rows))


def _shorten_name(name: str, taken: Mapping[str, object], note: Warn) -> str:
    plain = _SPACES.sub(" ", name).strip()
    if len(plain) <= MAX_NAME and plain not in taken:
        return plain
    short = plain[:MAX_NAME].strip()
    number = 2
    while short in taken:
        short = f"{plain[: MAX_NAME - 5].strip()} ({number})"
        number += 1
    note(f"the column {plain[:40]}… is called {short[:40]}…: a name has {MAX_NAME} characters")
    return short


def split_types(
    columns: Mapping[str, str] | None,
) -> tuple[dict[str, str] | None, dict[str, str]]:
    """The columns that a person named, and the types of own columns among them.

    The former are None if there are none, so that they are guessed.
    """
    types = {
        key.removeprefix(TYPE_PREFIX): kind
        for key, kind in (columns or {}).items()
        if key.startswith(TYPE_PREFIX)
    }
    named = {key: name for key, name in (columns or {}).items() if not key.startswith(TYPE_PREFIX)}
    return (named if named or (columns is not None and not types) else None), types


def _to_number(text: str) -> str:
    """A number as Python writes it, also from one with a decimal comma; empty for none.

    ``1,234`` is none: it may be a thousand or one and a bit.
    """
    plain = text.replace("\u00a0", "").replace(" ", "")
    plain = plain.replace(",", ".") if _DECIMAL_COMMA.fullmatch(plain) else plain
    try:
        number = float(plain) if _ANY_NUMBER.fullmatch(plain) else np.nan
    except ValueError:
        return ""
    return repr(number) if np.isfinite(number) else ""


def _to_date(text: str) -> str:
    date = parse_date(text)
    return date if len(date) == len("2026-11-30") else ""


def _to_yes_or_no(text: str) -> str:
    plain = text.strip().casefold()
    return "yes" if plain in _YES else "no" if plain in _NO else ""


_ANY_NUMBER = re.compile(
    r"[+-]?([0-9]{1,300}(\.[0-9]{0,300})?|\.[0-9]{1,300})([eE][+-]?[0-9]{1,3})?"
)
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{0,300},(?![0-9]{3}$)[0-9]{1,300}")
_CONVERTERS: dict[str, Callable[[str], str]] = {
    "number": _to_number,
    "date": _to_date,
    "yes/no": _to_yes_or_no,
    "text": str,
}


def _force(
    name: str, column: CodedColumn, convert: Callable[[str], str], kind: str, note: Warn
) -> object:
    """The column as a person said; a cell that is none of these is empty, and said to be so."""
    values = list(map(convert, column.texts))
    lost = {text for text, value in zip(column.texts, values, strict=True) if text and not value}
    if lost:
        note(
            f"{name[:80]}: read as {kind}, as you chose; {column.count_rows(lost):,} cells are "
            f"none and empty here: {shorten([repr(text[:40]) for text in sorted(lost)])}"
        )
    if kind == "number":
        return column.spread([float(value or "nan") for value in values])
    return _make_categorical(column.with_texts(values))


def _convert(name: str, column: CodedColumn, note: Warn) -> object:
    """The column as numbers or ISO dates if all its cells are, else as text."""
    distinct = set(column.texts) - {""}
    stated = {text for text in distinct if not is_missing(text)}
    if not stated:
        return _make_categorical(column)
    numbers = {text for text in stated if _NUMBER.fullmatch(text)}
    if numbers == stated:
        missing = sorted(distinct - stated)
        if missing:
            note(f"{name[:80]}: {shorten(missing)} is read as no number")
        values = {text: float(text) for text in stated}
        return column.spread([values.get(text, np.nan) for text in column.texts])
    dates = {text: parse_date(text) for text in stated if _DATE.fullmatch(text)}
    if len(dates) == len(stated) and all(len(date) == 10 for date in dates.values()):
        return _make_categorical(column.change(dates))
    filled, count = column.count_rows(stated), column.count_rows(numbers)
    if _ALMOST * filled <= count < filled and filled > 10:
        others = sorted(stated - numbers)
        note(
            f"{name[:80]}: a number in {count:,} of {filled:,} rows; kept as text because of "
            f"{shorten([repr(text[:40]) for text in others])}"
        )
    return _make_categorical(column)


def _make_categorical(column: CodedColumn) -> object:
    distinct = pd.Categorical(column.texts)
    return pd.Categorical.from_codes(distinct.codes[column.codes], distinct.categories)
