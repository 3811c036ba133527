"""Repairs rows: of another width than the header, or with values only on a group's first row."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from dashboard.readers.common.coded_column import CodedColumn
from dashboard.readers.common.messages import Warn, shorten
from dashboard.readers.common.place_knowledge import is_city
from dashboard.sites.vocabulary import site_status_word
from geocache.geo.countries import country_code
from geocache.tables.degrees import parse_degrees

_MAX_SPARE = 20
_MAX_COLUMNS = 100
_MIN_BLANK = 0.25
_MIN_BLANK_ROWS = 2


class RowRepair:
    """Brings rows to the header's width, and warns which were changed.

    A delimiter inside a value shifts the cells after it. Cells are joined again if that moves
    countries, coordinates and statuses back to their columns.
    """

    def __init__(self, place: Mapping[str, int], width: int, delimiter: str) -> None:
        self._place = place
        self._width = width
        self._delimiter = delimiter or " "
        self._countries: set[str] = set()
        self._joined: list[str] = []
        self._cut_rows: list[str] = []
        self._shifted: list[str] = []

    def learn(self, rows: Sequence[Sequence[str]]) -> None:
        """Learn the table's countries from the first rows of the right width."""
        at = self._place.get("country")
        if at is not None:
            self._countries = {row[at].strip() for row in rows if len(row) == self._width} - {""}

    def repair(self, row: list[str], number: int) -> list[str]:
        """The row with as many cells as the header; ``number`` is its number in the file."""
        width = self._width
        if len(row) < width:
            padded = [*row, *[""] * (width - len(row))]
            if not self._fits(padded):
                self._shifted.append(f"row {number}")
            return padded
        extra = row[width:]
        if not any(extra):
            return row[:width]
        spare = len(extra)
        if spare > _MAX_SPARE or width > _MAX_COLUMNS:
            self._cut_rows.append(f"row {number}")
            return row[:width]
        facility = self._place.get("facility", 0)
        best, best_score, best_at = row[:width], self._score(row), -1
        for at in sorted(range(width), key=lambda at: at != facility):
            joined = self._delimiter.join(row[at : at + spare + 1])
            candidate = [*row[:at], joined, *row[at + spare + 1 :]]
            score = self._score(candidate)
            if score > best_score:
                best, best_score, best_at = candidate, score, at
        if best_at < 0:
            self._cut_rows.append(f"row {number}")
        else:
            self._joined.append(f"row {number} ({best[best_at].strip()[:60]!r})")
        return best

    def report(self, warn: Warn) -> None:
        """Warn which rows were repaired, and which could not be."""
        if self._joined:
            warn(
                f"{_count_rows(self._joined)} with a delimiter inside a value, "
                f"joined again: {shorten(self._joined)}"
            )
        if self._cut_rows:
            warn(
                f"{_count_rows(self._cut_rows)} with more cells than the header, the rest "
                f"ignored: {shorten(self._cut_rows)}"
            )
        if self._shifted:
            warn(
                f"{_count_rows(self._shifted)} with fewer cells than the header, perhaps shifted, "
                f"kept as written: {shorten(self._shifted)}"
            )

    def _fits(self, row: Sequence[str]) -> bool:
        return all(good for _, good in self._check_cells(row))

    def _score(self, row: Sequence[str]) -> float:
        """How well the cells fit their columns; surplus cells lower the score."""
        found = sum(1.0 if good else -1.0 for _, good in self._check_cells(row))
        at = self._place.get("country")
        known = at is not None and row[at].strip() in self._countries
        return found + (0.5 if known else 0.0) - (0.25 if any(row[self._width :]) else 0.0)

    def _check_cells(self, row: Sequence[str]) -> list[tuple[str, bool]]:
        found = []
        for target, good in _GOOD.items():
            at = self._place.get(target)
            value = row[at].strip() if at is not None else ""
            if value:
                found.append((target, good(value)))
        return found


def _is_degrees(value: str) -> bool:
    number = parse_degrees(value)
    return abs(number) <= 180


def _has_digit(value: str) -> bool:
    return any(letter.isdigit() for letter in value) and len(value) < 20


_GOOD: dict[str, Callable[[str], bool]] = {
    "country": lambda value: bool(country_code(value)),
    "latitude": _is_degrees,
    "longitude": _is_degrees,
    "status": lambda value: bool(site_status_word(value)),
    "postcode": _has_digit,
}


def _count_rows(items: Sequence[str]) -> str:
    return "1 row" if len(items) == 1 else f"{len(items):,} rows"


class FillDown:
    """Fills ``trial_id`` and ``country`` down in tables that give them once per group of rows.

    That is so if the first row has one, a quarter of the rows and at least two have none, and no
    two consecutive rows have the same; for countries, unless the cities contradict it.
    """

    def __init__(self, place: Mapping[str, int], rows: Sequence[Sequence[str]]) -> None:
        self._last: dict[str, str] = {}
        self.counts: dict[str, int] = {}
        for target in ("trial_id", "country"):
            at = place.get(target)
            if at is None:
                continue
            column = [row[at].strip() if at < len(row) else "" for row in rows]
            if _is_grouped(column) and (
                target != "country" or not _contradicted(column, rows, place.get("city"))
            ):
                self._last[target] = ""

    def fill(self, target: str, column: CodedColumn) -> CodedColumn:
        """The column with blanks filled; unchanged if the table has a value in every row."""
        if target not in self._last:
            return column
        last = self._last[target]
        filled = []
        for text in column:
            last = text.strip() or last
            filled.append(last)
        self.counts[target] = self.counts.get(target, 0) + sum(not text.strip() for text in column)
        self._last[target] = last
        return CodedColumn.encode(filled)


def _is_grouped(column: Sequence[str]) -> bool:
    given = [text for text in column if text]
    if not given or not column[0]:
        return False
    blank = len(column) - len(given)
    repeated = any(text and text == after for text, after in pairwise(column))
    return blank >= _MIN_BLANK * len(column) and blank >= _MIN_BLANK_ROWS and not repeated


def _contradicted(
    column: Sequence[str], rows: Sequence[Sequence[str]], city_at: int | None
) -> bool:
    """True if more cities lie in other countries of the list than in the one filled down."""
    if city_at is None:
        return False
    codes = {country_code(text) for text in column if text} - {""}
    here = elsewhere = 0
    code = ""
    for text, row in zip(column, rows, strict=True):
        code = country_code(text) if text else code
        city = row[city_at].strip() if city_at < len(row) else ""
        if text or not city:
            continue
        known = {other for other in codes if is_city(city, other)}
        here += code in known
        elsewhere += bool(known) and code not in known
    return elsewhere > here
