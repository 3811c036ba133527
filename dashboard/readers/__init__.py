"""Reads files: bytes to trials and sites; the format is recognized by content, not by name."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from dashboard.errors import ReadError
from dashboard.readers.common.budget import open_budget
from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.column_names import TARGETS
from dashboard.readers.common.own_columns import TYPE_PREFIX, TYPES, split_types
from dashboard.readers.common.request import ReadRequest, ReportProgress
from dashboard.readers.formats import FORMATS, read_file
from dashboard.readers.places import TakePlaces, collect_places
from dashboard.readers.preview import preview
from dashboard.readers.recognition import is_parquet
from dashboard.readers.tables.column_guess import guess_columns
from dashboard.readers.tables.raw_table import Preview
from dashboard.sites.reading import READ_COLUMNS, Reading

_log = logging.getLogger(__name__)


def read(
    data: bytes,
    name: str,
    *,
    columns: Mapping[str, str] | None = None,
    progress: ReportProgress | None = None,
    signing_key: str = "",
) -> Reading:
    """Read one file of any format in :data:`FORMATS`, also inside gzip and zip.

    Args:
        data: the file's bytes, in any usual encoding.
        name: the file's name, for messages and for the trial of a list that names none.
        columns: for a plain table, the column of each of :data:`TARGETS` (``{"city": "Ort"}``)
            instead of the guess, which is in :attr:`Reading.columns`; for own columns what they
            hold, one of :data:`TYPES` (``{"type of Weeks": "number"}``).
        progress: called with the share that has been read, 0-1, while a large file is read.
        signing_key: positions saved in a Parquet file are read if it was signed with this key.

    Raises ReadError, naming the file and the place in it, if it is empty, damaged, refused or no
    site list. Nothing else is raised.
    """
    builder = ReadingBuilder()
    columns, builder.own.types = split_types(columns)
    with open_budget(name, len(data)), _only_read_errors(name):
        if is_parquet(data):
            from dashboard.readers.files.parquet import read_parquet  # noqa: PLC0415 - heavy

            return read_parquet(data, name, signing_key, builder.own.types)
        format_name = read_file(data, ReadRequest(name, builder, columns, progress))
        return builder.build(name, format_name)


def read_places(data: bytes, name: str, take: TakePlaces) -> int:
    """Call ``take`` with the places of a file of any format; returns the number of sites.

    It is called with the distinct places of each part of the file, so that memory does not grow
    with the sites of a table or a Parquet file.

    Raises ReadError as :func:`read`; the places before the damage have been taken.
    """
    with open_budget(name, len(data)), _only_read_errors(name):
        return collect_places(data, name, take)


@contextmanager
def _only_read_errors(name: str) -> Iterator[None]:
    try:
        yield
    except ReadError:
        raise
    except Exception as error:
        # A reader's own mistake must not take the other files down with it.
        _log.exception("%s could not be read", name)
        reason = f"could not be read ({type(error).__name__}); the log says why"
        raise ReadError(name, reason) from error


__all__ = [
    "FORMATS",
    "READ_COLUMNS",
    "TARGETS",
    "TYPES",
    "TYPE_PREFIX",
    "Preview",
    "Reading",
    "guess_columns",
    "preview",
    "read",
    "read_places",
]
