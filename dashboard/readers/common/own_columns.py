"""Keeps the columns of a list that are none of ours, each with its name, type and order."""

import re
from collections.abc import Mapping, Sequence

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
_SPACES = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]+")


class OwnColumns:
    """Collects own columns while a file is read; rows that lack one are blank there."""

    def __init__(self) -> None:
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
                found[_shorten_name(name, found, note)] = _convert(name, column, note)
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
