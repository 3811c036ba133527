"""Values written on the first row of a group alone: carried to its other rows."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from dashboard.readers.place_knowledge import is_city
from geocache.countries import country_code

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
