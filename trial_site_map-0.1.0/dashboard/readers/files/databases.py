"""SQLite databases and GeoPackages: each table as a sheet of text."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from dashboard.errors import ReadError
from dashboard.readers.common.budget import get_budget
from dashboard.readers.common.geometry import locate_wkb
from dashboard.readers.common.projections import parse_crs, to_wgs84
from dashboard.readers.files.sheet import format_cell

START = b"SQLite format 3\x00"
_MAX_TABLES = 200
_MAX_TEXT = 16_000_000
_STEPS = 1_000_000
_MAX_CALLS = 2_000
_ENVELOPES = (0, 32, 48, 48, 64)


def iter_tables(data: bytes, name: str) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Each table's name and rows, the first with the columns' names.

    The geometries of a GeoPackage become longitude and latitude. Views are not read: they may run
    anything.

    Raises:
        ReadError: it is damaged, or larger than a site list.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            database.deserialize(data)
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_TEXT)
            database.execute("PRAGMA trusted_schema = OFF")
            database.execute("PRAGMA cell_size_check = ON")
            calls = iter(range(_MAX_CALLS))
            database.set_progress_handler(lambda: int(next(calls, None) is None), _STEPS)
            database.text_factory = lambda text: text.decode("utf-8", errors="replace")
            geometries = _list_geometries(database)
            for (table,) in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE 'gpkg~_%' ESCAPE '~' "
                "AND name NOT LIKE 'rtree~_%' ESCAPE '~' LIMIT ?",
                (_MAX_TABLES,),
            ).fetchall():
                yield table, _iter_rows(database, table, geometries.get(table), name, len(data))
        except sqlite3.Error as error:
            raise _build_error(name, error) from error


def _build_error(name: str, error: sqlite3.Error) -> ReadError:
    return ReadError(name, f"the database cannot be read: {' '.join(str(error).split())[:80]}")


def _list_geometries(database: sqlite3.Connection) -> dict[str, tuple[str, int]]:
    """Column and reference system of each table with geometries."""
    try:
        rows = database.execute(
            "SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns"
        ).fetchall()
    except sqlite3.OperationalError:
        return {}
    return {str(table): (str(column), int(srs)) for table, column, srs in rows}


def _iter_rows(
    database: sqlite3.Connection,
    table: str,
    geometry: tuple[str, int] | None,
    name: str,
    size: int,
) -> Iterator[list[str]]:
    quoted = '"' + table.replace('"', '""') + '"'
    try:
        cursor = database.execute(f"SELECT * FROM {quoted}")  # noqa: S608 - a quoted name
        header = [str(column[0]) for column in cursor.description]
        at = header.index(geometry[0]) if geometry and geometry[0] in header else -1
        crs = parse_crs(f"EPSG:{geometry[1]}") if geometry else ""
        yield [*header, "longitude", "latitude"] if at >= 0 else header
        budget = get_budget(name, size)
        for row in cursor:
            budget.spend(cells=len(row))
            yield _format_row(row, at, crs)
    except sqlite3.Error as error:
        raise _build_error(name, error) from error


def _format_row(row: Sequence[Any], at: int, crs: str) -> list[str]:
    cells = ["" if isinstance(value, bytes) else format_cell(value) for value in row]
    if at < 0:
        return cells
    point = _locate(row[at], crs)
    return [*cells, *(map(str, point) if point else ("", ""))]


def _locate(blob: object, crs: str) -> tuple[float, float] | None:
    """Longitude and latitude of a GeoPackage's geometry."""
    if not isinstance(blob, bytes) or blob[:2] != b"GP" or len(blob) < 9:
        return None
    kind = blob[3] >> 1 & 7
    if kind >= len(_ENVELOPES):
        return None
    point, _ = locate_wkb(blob[8 + _ENVELOPES[kind] :])
    if point is None:
        return None
    latitude, longitude = to_wgs84(point[0], point[1], crs)
    return None if latitude != latitude else (longitude, latitude)  # noqa: PLR0124 - NaN
