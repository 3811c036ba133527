"""Headers that stand in two rows, as under merged cells: made one row of names."""

from collections.abc import Sequence

from dashboard.readers.column_names import named
from dashboard.readers.degrees import as_number
from geocache.countries import country_code

_MOST_CELLS = 1_000


def one_header(rows: list[list[str]], at: int) -> tuple[list[list[str]], int]:
    """The first rows of a table with its header in one row, and which that is.

    ``at`` is the row that reads like a header. The row above it, or below it, is the other half
    where both together name more columns than one: ``Site`` over ``No.`` and ``Name`` are
    ``Site No.`` and ``Site Name``. Rows keep their places.
    """
    best, best_at, most = rows, at, _known(rows, at)
    for upper in (at - 1, at):
        if upper < 0 or upper + 1 >= len(rows) or not _may_be_header(rows[upper + 1], rows[upper]):
            continue
        both = [*rows[: upper + 1], _joined(rows[upper], rows[upper + 1]), *rows[upper + 2 :]]
        known = _known(both, upper + 1)
        if known > most:
            best, best_at, most = both, upper + 1, known
    return best, best_at


def _known(rows: Sequence[Sequence[str]], at: int) -> int:
    return len({named(cell)[0] for cell in rows[at][:_MOST_CELLS]} - {""})


def _may_be_header(lower: Sequence[str], upper: Sequence[str]) -> bool:
    """True for two rows of words, the lower one short ones that fill the gaps of the upper."""
    cells = [cell.strip() for row in (upper, lower) for cell in row if cell.strip()]
    if len(cells) < 3 or len(lower) > _MOST_CELLS or not any(cell.strip() for cell in lower):
        return False
    if sum(bool(cell.strip()) for cell in upper) < 2:
        return False
    blank_above = any(
        below.strip() and not (at < len(upper) and upper[at].strip())
        for at, below in enumerate(lower)
    )
    words = all(
        len(cell) <= 40
        and as_number(cell) != as_number(cell)
        and not (len(cell) > 3 and country_code(cell))
        for cell in cells
    )
    return blank_above and words


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """The two as one: a name above holds for the blank cells to its right that have one below."""
    names = []
    group = ""
    for at in range(max(len(upper), len(lower))):
        above = upper[at].strip() if at < len(upper) else ""
        below = lower[at].strip() if at < len(lower) else ""
        group = above or (group if below else "")
        names.append(below if group == below else f"{group} {below}".strip())
    return names
