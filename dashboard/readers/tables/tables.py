"""A plain table before it is read: its header, first rows, and which column is which of ours."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.column_names import TARGETS, named
from dashboard.readers.common.degrees import are_swapped, as_number
from dashboard.readers.tables.column_guess import guess_columns, header_row
from dashboard.readers.tables.content_guess import guess_without_header, names_row
from geocache.geo.countries import country_code

SAMPLE_ROWS = 400
_MOST_COLUMNS = 1_000
_HEADER_ROWS = 25
_AACT = {
    "trial_id": "nct_id",
    "facility": "name",
    "city": "city",
    "state": "state",
    "postcode": "zip",
    "country": "country",
    "status": "status",
    "latitude": "latitude",
    "longitude": "longitude",
}
_WHERE = frozenset(
    {"city", "state", "postcode", "country", "place", "point", "latitude", "longitude"}
)


class Table(NamedTuple):
    """The rows of a table: those looked at to understand it, the rest still unread, and the header.

    ``header_at`` is the row of ``sample`` that names the columns, None where none does; ``sign``
    is what separates the columns of a text; ``known`` is False where no name is one we know.
    """

    sample: list[list[str]]
    rest: Iterator[list[str]]
    header_at: int | None
    sign: str = ""
    known: bool = True

    @property
    def rows_above(self) -> int:
        """How many rows stand above the first of the sites."""
        return 0 if self.header_at is None else self.header_at + 1

    @property
    def header(self) -> list[str]:
        """The columns' names, every one unlike the others."""
        if self.header_at is None:
            width = max((len(row) for row in self.sample), default=0)
            return [f"Column {number}" for number in range(1, min(width, _MOST_COLUMNS) + 1)]
        names: list[str] = []
        for number, cell in enumerate(self.sample[self.header_at][:_MOST_COLUMNS], 1):
            name = " ".join(cell.split()) or f"Column {number}"
            names.append(name if name not in names else f"{name} (column {number})")
        return names

    @property
    def first_rows(self) -> list[list[str]]:
        """The sampled rows under the header."""
        return self.sample if self.header_at is None else self.sample[self.header_at + 1 :]


def look_at(rows: Iterator[list[str]], columns: Iterable[str] = (), sign: str = "") -> Table:
    """Read the first rows of a table and find its header.

    That is the row that holds all ``columns``, else the one that reads like one, or two that do
    together, else a first row of words unlike what stands below. ``sign`` is what separates the
    columns of a text.
    """
    sample = list(islice(rows, SAMPLE_ROWS))
    wanted = {column for column in columns if column}
    for at, row in enumerate(sample[:_HEADER_ROWS] if wanted else ()):
        if wanted <= {" ".join(cell.split()) for cell in row}:
            return Table(sample, rows, at, sign)
    header_at = header_row(sample)
    if header_at is not None:
        sample, header_at = one_header(sample, header_at)
        return Table(sample, rows, header_at, sign)
    return Table(sample, rows, names_row(sample), sign, known=False)


class Preview(NamedTuple):
    """A table before it is read: its columns, first rows, and which column is taken for which."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, str]


def preview_of(rows: Iterator[list[str]], name: str, count: int = 20) -> Preview:
    """What to show a person who is to say which column is which."""
    table = look_at(rows)
    try:
        columns = mapping_of(table, name, None)
    except ReadError:
        columns = {}
        if table.header_at is None:  # names no one knows are names all the same
            first = next((at for at, row in enumerate(table.sample) if any(row)), None)
            table = table._replace(header_at=first)
    shown = [row for row in table.first_rows if any(row)][:count]
    return Preview(tuple(table.header), tuple(map(tuple, shown)), columns)


def is_aact(header: Sequence[str]) -> bool:
    """True for the header of AACT's `facilities` file."""
    return {"nct_id", "name", "city", "country"} <= {cell.strip().casefold() for cell in header}


def mapping_of(table: Table, name: str, columns: Mapping[str, str] | None) -> dict[str, str]:
    """Which column is which of ours: what the person says, then what is guessed.

    Raises ReadError for a column the table has not, and for a table with no place in it.
    """
    header = table.header
    if columns is not None:
        for target, column in columns.items():
            if target not in TARGETS:
                raise ReadError(name, f"no such column to fill: {target!r}", ", ".join(TARGETS))
            if column and column not in header:
                raise ReadError(name, f"no column {column!r} in this table", ", ".join(header))
        mapping = {target: column for target, column in columns.items() if column}
    elif not table.known:
        named = [row[: len(header)] for row in table.first_rows]  # a torn row may be longer
        places = guess_without_header(named)
        mapping = {target: header[at] for target, at in places.items()}
    elif is_aact(header):
        by_name = {column.casefold(): column for column in header}
        mapping = {target: by_name[own] for target, own in _AACT.items() if own in by_name}
    else:
        mapping = guess_columns(header, table.first_rows)
    if not _WHERE & set(mapping):
        if table.header_at is None and columns is None:
            raise ReadError(name, "not a site list in any known format")
        shown = ", ".join(cell for cell in header[:8] if cell.strip())[:160]
        raise ReadError(
            name, "no column looks like a city, country or coordinate", f"columns: {shown}"
        )
    return mapping


def say_if_guessed(table: Table, mapping: Mapping[str, str], warn: Callable[[str], None]) -> None:
    """Say that no name of a column is known, and what was made of them."""
    if table.known:
        return
    guess = ", ".join(f"{target} from {column!r}" for target, column in mapping.items())
    if table.header_at is None:
        warn(f"no row names the columns; guessed from what they hold, and unsure: {guess}")
    else:
        names = ", ".join(table.header[:8])[:160]
        warn(
            f"no column has a name that is known ({names}); guessed from what they hold, and "
            f"unsure: {guess}"
        )


def upright(table: Table, mapping: dict[str, str], warn: Callable[[str], None]) -> dict[str, str]:
    """The mapping with latitude and longitude exchanged where the sites' countries say so."""
    if not {"latitude", "longitude", "country"} <= set(mapping):
        return mapping
    header = table.header
    place = {target: header.index(column) for target, column in mapping.items()}
    if not are_swapped(table.first_rows, place):
        return mapping
    warn("latitude and longitude stand in each other's columns, by the countries of the sites")
    return mapping | {"latitude": mapping["longitude"], "longitude": mapping["latitude"]}


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
