"""A plain table before its sites are read: first rows, header, and the meaning of its columns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.column_names import TARGETS, match_header
from dashboard.readers.common.country_text import names_country
from dashboard.readers.common.degrees import are_off_the_globe, are_swapped
from dashboard.readers.common.messages import Warn
from dashboard.readers.tables.column_guess import guess_with_notes, guess_without_header
from dashboard.readers.tables.header_row import find_header, find_unknown_header
from dashboard.readers.tables.projected_points import Projection, find_projection, has_easting
from dashboard.sites.reading import CONSTANT
from geocache.tables.degrees import BOUNDS, parse_degrees

SAMPLE_ROWS = 400
_MAX_COLUMNS = 1_000
_MAX_HEADER_CELLS = 1_000
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
_POINT_AND_COUNTRY = {"latitude": 0, "longitude": 1, "country": 2}
_WHERE = frozenset(
    {"city", "state", "postcode", "country", "place", "point", "latitude", "longitude"}
)


class RawTable(NamedTuple):
    """The sampled first rows of a table, the rest still unread, and where its header is.

    ``header_at`` is the row of ``sample`` that names the columns, None if none does; ``delimiter``
    separates the columns of text; ``known`` is False if no column's name is known; ``crs`` is the
    reference system that the file states for its points, and ``projection`` how to convert them.
    """

    sample: list[list[str]]
    rest: Iterator[list[str]]
    header_at: int | None
    delimiter: str = ""
    known: bool = True
    crs: str = ""
    projection: Projection | None = None

    @property
    def rows_above(self) -> int:
        """The number of rows above the first site."""
        return 0 if self.header_at is None else self.header_at + 1

    @property
    def header(self) -> list[str]:
        """The names of the columns, all different."""
        if self.header_at is None:
            width = max((len(row) for row in self.sample), default=0)
            return [f"Column {number}" for number in range(1, min(width, _MAX_COLUMNS) + 1)]
        names: list[str] = []
        for number, cell in enumerate(self.sample[self.header_at][:_MAX_COLUMNS], 1):
            name = " ".join(cell.split()) or f"Column {number}"
            names.append(name if name not in names else f"{name} (column {number})")
        return names

    @property
    def first_rows(self) -> list[list[str]]:
        """The sampled rows under the header."""
        return self.sample if self.header_at is None else self.sample[self.header_at + 1 :]


def sample_table(
    rows: Iterator[list[str]], columns: Iterable[str] = (), delimiter: str = ""
) -> RawTable:
    """Read the first rows of a table and find its header.

    That is the row with all ``columns``, else one or two rows of known names, else a first row of
    words unlike the values below. ``delimiter`` separates the columns of text.
    """
    sample = list(islice(rows, SAMPLE_ROWS))
    wanted = {column for column in columns if column}
    for at, row in enumerate(sample[:_HEADER_ROWS] if wanted else ()):
        if wanted <= {" ".join(cell.split()) for cell in row}:
            return RawTable(sample, rows, at, delimiter)
    header_at = find_header(sample)
    if header_at is not None:
        sample, header_at = join_header_rows(sample, header_at)
        return RawTable(sample, rows, header_at, delimiter)
    return RawTable(sample, rows, find_unknown_header(sample), delimiter, known=False)


class Preview(NamedTuple):
    """The columns and first rows of a table, and which column is used for which target."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: dict[str, str]


def build_preview(rows: Iterator[list[str]], name: str, count: int = 20) -> Preview:
    """The preview of a table, for a person to choose columns."""
    table = sample_table(rows)
    try:
        columns = map_columns(table, name, None)
    except ReadError:
        columns = {}
        if table.header_at is None:  # unknown names are names all the same
            first = next((at for at, row in enumerate(table.sample) if any(row)), None)
            table = table._replace(header_at=first)
    shown = [row for row in table.first_rows if any(row)][:count]
    return Preview(tuple(table.header), tuple(map(tuple, shown)), columns)


def is_aact(header: Sequence[str]) -> bool:
    """True for the header of AACT's `facilities` file."""
    return {"nct_id", "name", "city", "country"} <= {cell.strip().casefold() for cell in header}


def map_columns(
    table: RawTable, name: str, columns: Mapping[str, str] | None, warn: Warn | None = None
) -> dict[str, str]:
    """The column for each target: as the person chose, or as guessed, with a warning how.

    Raises ReadError for a chosen column that does not exist, and for a table without places.
    """
    header = table.header
    if columns is not None:
        for target, column in columns.items():
            if target not in TARGETS:
                raise ReadError(name, f"no such column to fill: {target!r}", ", ".join(TARGETS))
            constant = target == "country" and column.startswith(CONSTANT)
            if column and column not in header and not constant:
                raise ReadError(name, f"no column {column!r} in this table", ", ".join(header))
        mapping = {target: column for target, column in columns.items() if column}
    elif not table.known:
        match_header = [row[: len(header)] for row in table.first_rows]  # a torn row may be longer
        places = guess_without_header(match_header)
        mapping = {target: header[at] for target, at in places.items()}
    elif is_aact(header):
        by_name = {column.casefold(): column for column in header}
        mapping = {target: by_name[own] for target, own in _AACT.items() if own in by_name}
    else:
        mapping, notes = guess_with_notes(header, table.first_rows)
        if warn is not None:
            for note in notes:
                warn(note)
    if not _WHERE & set(mapping) and not has_easting(header):
        if table.header_at is None and columns is None:
            raise ReadError(name, "not a site list in any known format")
        shown = ", ".join(cell for cell in header[:8] if cell.strip())[:160]
        raise ReadError(
            name, "no column looks like a city, country or coordinate", f"columns: {shown}"
        )
    return mapping


def check_rows(table: RawTable, name: str) -> None:
    """Raise ReadError for a table of a header alone."""
    if table.header_at is not None and not any(any(row) for row in table.first_rows):
        shown = ", ".join(cell for cell in table.header[:8])[:160]
        raise ReadError(name, "a header and no rows", f"columns: {shown}")


def warn_if_guessed(table: RawTable, mapping: Mapping[str, str], warn: Warn) -> None:
    """Warn that no column's name is known, and what was guessed."""
    if table.known:
        return
    guess = ", ".join(f"{target} from {column!r}" for target, column in mapping.items())
    if table.header_at is None:
        warn(f"no row names the columns; guessed from their content, uncertain: {guess}")
    else:
        names = ", ".join(table.header[:8])[:160]
        warn(
            f"no column has a known name ({names}); guessed from their content, uncertain: {guess}"
        )


def fix_points(
    table: RawTable, mapping: dict[str, str], warn: Warn
) -> tuple[RawTable, dict[str, str]]:
    """The table with a projection if its points are metres; the mapping with swapped halves.

    Latitude and longitude are swapped if the sites' countries show that, or if a latitude is none:
    beyond 90 degrees, while every longitude could be one.
    """
    header = table.header
    rows = table.first_rows
    if found := find_projection(header, rows, mapping, table.crs, warn):
        columns = {"latitude": header[found.y_at], "longitude": header[found.x_at]}
        return table._replace(projection=found), mapping | columns
    if not {"latitude", "longitude"} <= set(mapping):
        return table, mapping
    place = {target: header.index(column) for target, column in mapping.items()}
    if are_swapped(_list_points(rows, place), _POINT_AND_COUNTRY):
        why = "as the sites' countries show"
    elif are_off_the_globe(rows, place):
        why = "as latitudes beyond 90 degrees show"
    else:
        return table, mapping
    warn(f"latitude and longitude are swapped, {why}; read the other way round")
    return table, mapping | {"latitude": mapping["longitude"], "longitude": mapping["latitude"]}


def _list_points(rows: Sequence[Sequence[str]], place: Mapping[str, int]) -> list[list[str]]:
    """Latitude, longitude and country of rows; the country may stand above them, or in a place."""
    found = []
    country = ""
    for row in rows:
        filled = [cell.strip() for cell in row if cell.strip()]
        own = _get_cell(row, place.get("country"))
        if not own and "place" in place:
            own = _get_cell(row, place["place"]).rpartition(",")[2].strip()
        if not own and len(filled) == 1 and names_country(filled[0]):
            own = filled[0]
        country = own or country
        found.append([_get_cell(row, place[target]) for target in BOUNDS] + [country])
    return found


def _get_cell(row: Sequence[str], at: int | None) -> str:
    return row[at].strip() if at is not None and at < len(row) else ""


def join_header_rows(rows: list[list[str]], at: int) -> tuple[list[list[str]], int]:
    """The first rows of a table with its header in one row, and which that is.

    ``at`` is the row found as header. The row above or below is its other half if both together
    name more columns: ``Site`` over ``No.`` and ``Name`` give ``Site No.`` and ``Site Name``. Rows
    keep their positions.
    """
    best, best_at, most = rows, at, _count_known(rows, at)
    for upper in (at - 1, at):
        if upper < 0 or upper + 1 >= len(rows) or not _may_be_header(rows[upper + 1], rows[upper]):
            continue
        both = [*rows[: upper + 1], _join_rows(rows[upper], rows[upper + 1]), *rows[upper + 2 :]]
        known = _count_known(both, upper + 1)
        if known > most:
            best, best_at, most = both, upper + 1, known
    return best, best_at


def _count_known(rows: Sequence[Sequence[str]], at: int) -> int:
    return len({match_header(cell)[0] for cell in rows[at][:_MAX_HEADER_CELLS]} - {""})


def _may_be_header(lower: Sequence[str], upper: Sequence[str]) -> bool:
    """True for two rows of short words of which the lower fills gaps of the upper."""
    cells = [cell.strip() for row in (upper, lower) for cell in row if cell.strip()]
    if len(cells) < 3 or len(lower) > _MAX_HEADER_CELLS or not any(cell.strip() for cell in lower):
        return False
    if sum(bool(cell.strip()) for cell in upper) < 2:
        return False
    blank_above = any(
        below.strip() and not (at < len(upper) and upper[at].strip())
        for at, below in enumerate(lower)
    )
    return blank_above and all(
        len(cell) <= 40
        and parse_degrees(cell) != parse_degrees(cell)
        and (match_header(cell)[0] or not names_country(cell))
        for cell in cells
    )


def _join_rows(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """Join two header rows; a name above applies to the blank cells to its right."""
    names = []
    group = ""
    for at in range(max(len(upper), len(lower))):
        above = upper[at].strip() if at < len(upper) else ""
        below = lower[at].strip() if at < len(lower) else ""
        group = above or (group if below else "")
        names.append(below if group == below else f"{group} {below}".strip())
    return names
