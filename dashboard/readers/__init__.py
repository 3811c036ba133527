"""Bytes in, trials and sites out; the format is chosen by content, never by the file's name."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from dashboard.errors import ReadError
from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.column_names import TARGETS
from dashboard.readers.common.job import Job, Progress
from dashboard.readers.files.parquet import read_parquet
from dashboard.readers.formats import FORMATS, gather
from dashboard.readers.only_places import Take, gather_places
from dashboard.readers.preview import preview
from dashboard.readers.recognition import is_parquet
from dashboard.readers.tables.column_guess import guess_columns
from dashboard.readers.tables.tables import Preview
from dashboard.sites.reading import READ_COLUMNS, Reading

_log = logging.getLogger(__name__)


def read(
    data: bytes,
    name: str,
    *,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read one file of any format in :data:`FORMATS`, also inside gzip and zip.

    Args:
        data: the file's bytes, in any usual encoding.
        name: what the person calls it; used in messages, and for the trial of a plain list that
            names none.
        columns: for a plain table, which column is which of :data:`TARGETS`
            (``{"city": "Ort"}``) in place of the guess, which is in :attr:`Reading.columns`.
        progress: called with the part that is done, 0-1, while a large file is read.

    Raises ReadError, naming the file and the place in it, for what is empty, damaged, refused or no
    site list. Nothing else is raised.
    """
    gathered = Gathered()
    with _only_read_errors(name):
        if is_parquet(data):
            return read_parquet(data, name)
        format_name = gather(data, Job(name, gathered, columns, progress))
        return gathered.reading(name, format_name)


def read_places(data: bytes, name: str, take: Take) -> int:
    """Give the places of a file of any format to ``take``; how many sites it has.

    They come part by part while the file is read, the distinct ones of each part; no site table is
    made, so that memory does not grow with the sites of a table or a Parquet file.

    Raises ReadError as :func:`read`; what came before it has been taken.
    """
    with _only_read_errors(name):
        return gather_places(data, name, take)


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
    "Preview",
    "Reading",
    "guess_columns",
    "preview",
    "read",
    "read_places",
]
