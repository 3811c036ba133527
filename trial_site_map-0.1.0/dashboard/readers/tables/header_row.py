"""Finds the row of a table that names its columns."""

from collections.abc import Sequence

from dashboard.readers.common.column_names import fold_header, is_site_list_header, match_header
from dashboard.readers.common.country_text import names_country
from dashboard.readers.common.place_knowledge import is_city_anywhere
from dashboard.readers.tables.column_guess import guess_by_content
from dashboard.readers.tables.column_values import has_digit, share
from dashboard.sites.vocabulary import SITE_STATUSES, status_word
from geocache.tables.degrees import parse_degrees

_SAMPLE_ROWS = 300
_HEADER_SEARCH_ROWS = 25
_LONGEST_NAME = 40
_LONGEST_CELL = 200
_PLACE_TARGETS = ("facility", "city", "country", "state", "postcode", "place")
_MEANT_FOR_PLACE = frozenset((*_PLACE_TARGETS, "latitude", "longitude", "point"))
_EXACT = 0.6


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row that names columns, None if none does.

    Sheets often begin with a title and blank rows. One known name among unknown ones is enough in
    a first row of names above rows of its width.
    """
    best, best_score = None, 0.0
    first = next((at for at, row in enumerate(rows) if any(row)), None)
    for at, row in enumerate(rows[:_HEADER_SEARCH_ROWS]):
        cells = [cell[:_LONGEST_CELL] for cell in row if cell[:_LONGEST_CELL].strip()]
        found = {target for cell in cells if (target := match_header(cell)[0])}
        if any(is_site_list_header(fold_header(cell)) for cell in cells):
            found.add("place")
        if len(found & _MEANT_FOR_PLACE) < 1:
            continue
        alone = len(found) < 2
        if alone and len(cells) > 3 and not (at == first and _names_one_place(rows, at)):
            continue
        if alone and any(map(_is_value, cells)):
            continue
        if alone and at != first and not _has_exact_name(cells):
            continue  # ``x1`` among values is no longitude
        score = len(found) + len(found) / max(1, len(cells)) - at / 100
        if score > best_score + 0.5:
            best, best_score = at, score
    return best


def _has_exact_name(cells: Sequence[str]) -> bool:
    return any(
        certainty > _EXACT or is_site_list_header(fold_header(cell))
        for cell in cells
        for _, certainty in [match_header(cell)]
    )


def _names_one_place(rows: Sequence[Sequence[str]], at: int) -> bool:
    """True for a row of different names, one of them exactly that of a place, above its columns."""
    names = [cell.strip() for cell in rows[at]]
    below = [row for row in rows[at + 1 : at + 20] if any(row)]
    exact = any(
        certainty > _EXACT and target in _MEANT_FOR_PLACE and target != "facility"
        for target, certainty in map(match_header, names)
    )
    return (
        exact
        and len(set(names)) == len(names)
        and all(0 < len(name) <= _LONGEST_NAME and not name[0].isdigit() for name in names)
        and bool(below)
        and sum(len(row) == len(names) for row in below) * 2 > len(below)
    )


def _is_value(cell: str) -> bool:
    """True for a country or a number, which belong below a header."""
    number = parse_degrees(cell)
    return number == number or names_country(cell.strip())  # noqa: PLR0124


def find_unknown_header(rows: Sequence[Sequence[str]]) -> int | None:
    """The first row, if it is a header of unknown names, else None.

    In a header all cells are different short words, none of them a country, and a column below
    holds countries, statuses, trials or numbers.
    """
    first = next((at for at, row in enumerate(rows) if any(row)), None)
    if first is None:
        return None
    names = [cell[:_LONGEST_CELL].strip() for cell in rows[first]]
    body = [row for row in rows[first + 1 : first + 1 + _SAMPLE_ROWS] if any(row)]
    wide = sum(len(row) == len(names) for row in body) * 2 > len(body)
    if (
        len(names) < 2
        or not wide
        or not all(map(_may_be_header_cell, names))
        or len(set(names)) < len(names)
    ):
        return None
    columns = [
        [row[at].strip() for row in body if at < len(row) and row[at].strip()]
        for at in range(len(names))
    ]
    if any(values and share(values, has_digit) > 0.8 for values in columns):
        return first
    unlike = any(guess_by_content(values) for values in columns)
    return first if unlike and not any(map(is_city_anywhere, names)) else None


def _may_be_header_cell(cell: str) -> bool:
    """True for a possible name of a column: a few words, without digits and no known value."""
    return (
        0 < len(cell) <= _LONGEST_NAME
        and not has_digit(cell)
        and "@" not in cell
        and not names_country(cell)
        and status_word(cell) not in SITE_STATUSES
    )
