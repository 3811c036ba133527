"""Reads the rows of a register: delimited text, GeoJSON, Parquet or a dump of ROR."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from geocache.errors import InputError
from geocache.registers.columns import Columns
from geocache.registers.facility import Reading, Row, Warn
from geocache.tables.delimited import count_rows, fit_rows, open_text, read_rows

SUFFIXES = frozenset(
    (".csv", ".tsv", ".txt", ".json", ".geojson", ".parquet", ".geoparquet", ".zip")
)
"""Endings of the files of a folder that are taken for registers."""


def read_register(path: Path, warn: Warn) -> Reading:
    """Open a register; its rows are read as they are taken.

    ``warn`` is called with what is wrong inside the file: the rows before it are kept.

    Raises:
        InputError: the file cannot be read, is of no known form, or lacks names or points.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError as error:
        raise InputError(f"{path.name}: {error.strerror}") from error
    if not start.strip():
        raise InputError(f"{path.name} is empty")
    if start[:4] == b"PAR1":
        from geocache.registers.parquet_file import read_parquet  # noqa: PLC0415 - with pyarrow

        return read_parquet(path, warn)
    if start[:4] == b"PK\x03\x04":
        return _read_zip(path, warn)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"["):
        from geocache.registers.json_file import read_json  # noqa: PLC0415 - with ijson

        return read_json(lambda: path.open("rb"), path.name, warn)
    return Reading(_read_delimited(path, warn), "", _count(path))


def _read_zip(path: Path, warn: Warn) -> Reading:
    """The JSON file of an archive, as ROR publishes its dumps; the newest form of several."""
    from geocache.registers.json_file import read_json  # noqa: PLC0415

    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.namelist() if one.endswith((".json", ".geojson"))]
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{path.name}: a damaged archive: {error}") from error
    if not members:
        raise InputError(f"{path.name}: an archive without a JSON file; unpack it first")
    newest = max(members, key=lambda member: ("schema_v2" in member, member))

    @contextmanager
    def open_member() -> Iterator[IO[bytes]]:
        with zipfile.ZipFile(path) as archive, archive.open(newest) as member:
            yield member

    return read_json(open_member, path.name, warn)


def _count(path: Path) -> int:
    return count_rows(path, "latin-1")


def _read_delimited(path: Path, warn: Warn) -> Iterator[Row]:
    warnings: list[str] = []
    with open_text(path) as (text, encoding):
        if encoding == "cp1252":
            warn(f"{path.name} is not UTF-8; read as Windows-1252")
        rows = read_rows(text, path.name)
        header = next(rows, None)
        if header is None:
            raise InputError(f"{path.name} is empty")
        header = [title.strip() for title in header]
        columns = Columns(header, path.name)
        columns.number_columns()
        number = 1
        try:
            for number, row in enumerate(fit_rows(rows, len(header), path.name, warnings), 2):
                yield columns.build_row(number, row.__getitem__)
                for warning in warnings:
                    warn(warning)
                warnings.clear()
        except InputError as error:
            if number == 1:
                raise
            warn(f"{error}; the rows from there on are missing")
