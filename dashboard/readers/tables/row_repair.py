"""Rows with more or fewer cells than the header: put right where only one way fits."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from dashboard.readers.common.degrees import as_number
from dashboard.readers.common.job import listed
from dashboard.readers.common.place_knowledge import is_city
from dashboard.sites.vocabulary import site_status_word
from geocache.geo.countries import country_code

_MOST_SPARE = 20
_MOST_COLUMNS = 100


class UnevenRows:
    """Brings rows to the header's width, and says which it changed.

    A sign between columns that stands inside a value shifts what follows. The cells around it are
    joined again where that puts countries, coordinates and statuses back into their columns.
    """

    def __init__(self, place: Mapping[str, int], width: int, sign: str) -> None:
        self._place = place
        self._width = width
        self._sign = sign or " "
        self._countries: set[str] = set()
        self._joined: list[str] = []
        self._unread: list[str] = []
        self._shifted: list[str] = []

    def learn(self, rows: Sequence[Sequence[str]]) -> None:
        """See in the first rows, those of the right width, which countries the table names."""
        at = self._place.get("country")
        if at is not None:
            self._countries = {row[at].strip() for row in rows if len(row) == self._width} - {""}

    def mended(self, row: list[str], number: int) -> list[str]:
        """The row with as many cells as the header; ``number`` is its row in the file."""
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
        if spare > _MOST_SPARE or width > _MOST_COLUMNS:
            self._unread.append(f"row {number}")
            return row[:width]
        facility = self._place.get("facility", 0)
        best, best_score, best_at = row[:width], self._score(row), -1
        for at in sorted(range(width), key=lambda at: at != facility):
            joined = self._sign.join(row[at : at + spare + 1])
            candidate = [*row[:at], joined, *row[at + spare + 1 :]]
            score = self._score(candidate)
            if score > best_score:
                best, best_score, best_at = candidate, score, at
        if best_at < 0:
            self._unread.append(f"row {number}")
        else:
            self._joined.append(f"row {number} ({best[best_at].strip()[:60]!r})")
        return best

    def report(self, warn: Callable[[str], None]) -> None:
        """Say which rows were mended, and which could not be."""
        if self._joined:
            warn(
                f"{_count(self._joined)} with the sign between columns inside a value, "
                f"joined again: {listed(self._joined)}"
            )
        if self._unread:
            warn(
                f"{_count(self._unread)} with more cells than the header, the rest of them "
                f"unread: {listed(self._unread)}"
            )
        if self._shifted:
            warn(
                f"{_count(self._shifted)} with fewer cells than the header, perhaps shifted, "
                f"kept as written: {listed(self._shifted)}"
            )

    def _fits(self, row: Sequence[str]) -> bool:
        return all(good for _, good in self._checks(row))

    def _score(self, row: Sequence[str]) -> float:
        """How well the cells suit their columns; cells that are left over count against it."""
        found = sum(1.0 if good else -1.0 for _, good in self._checks(row))
        at = self._place.get("country")
        known = at is not None and row[at].strip() in self._countries
        return found + (0.5 if known else 0.0) - (0.25 if any(row[self._width :]) else 0.0)

    def _checks(self, row: Sequence[str]) -> list[tuple[str, bool]]:
        found = []
        for target, good in _GOOD.items():
            at = self._place.get(target)
            value = row[at].strip() if at is not None else ""
            if value:
                found.append((target, good(value)))
        return found


def _is_degrees(value: str) -> bool:
    number = as_number(value)
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


def _count(items: Sequence[str]) -> str:
    return "1 row" if len(items) == 1 else f"{len(items):,} rows"


_LEAST_BLANK = 0.25
_LEAST_BLANK_ROWS = 2


class FilledOnce:
    """Fills ``trial_id`` and ``country`` down where a table writes each but once.

    That is so where the first row has one, a quarter of the rows, and at least two, have none, and
    no two rows that follow each other have the same; and not where cities speak against it.
    """

    def __init__(self, place: Mapping[str, int], rows: Sequence[Sequence[str]]) -> None:
        self._last: dict[str, str] = {}
        self.filled: dict[str, int] = {}
        for target in ("trial_id", "country"):
            at = place.get(target)
            if at is None:
                continue
            column = [row[at].strip() if at < len(row) else "" for row in rows]
            if _once_a_group(column) and (
                target != "country" or not _contradicted(column, rows, place.get("city"))
            ):
                self._last[target] = ""

    def fill(self, target: str, column: Sequence[str]) -> Sequence[str]:
        """The column with its blanks filled, as it is where the table writes every value."""
        if target not in self._last:
            return column
        last = self._last[target]
        full = []
        for text in column:
            last = text.strip() or last
            full.append(last)
        self.filled[target] = self.filled.get(target, 0) + sum(not text.strip() for text in column)
        self._last[target] = last
        return full


def _once_a_group(column: Sequence[str]) -> bool:
    given = [text for text in column if text]
    if not given or not column[0]:
        return False
    blank = len(column) - len(given)
    repeated = any(text and text == after for text, after in pairwise(column))
    return blank >= _LEAST_BLANK * len(column) and blank >= _LEAST_BLANK_ROWS and not repeated


def _contradicted(
    column: Sequence[str], rows: Sequence[Sequence[str]], city_at: int | None
) -> bool:
    """True where more cities are known elsewhere in the list than in the country carried down."""
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
