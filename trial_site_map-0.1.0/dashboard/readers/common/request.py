"""What to read: one file, what is known about it, and the builder its sites go to."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from dashboard.readers.common.builder import ReadingBuilder

ReportProgress = Callable[[float], None]
"""Called with the share of a file that has been read, 0-1."""


class ReadRequest(NamedTuple):
    """One file to read.

    Args:
        name: the file's name, for messages.
        builder: takes the trials, sites and warnings.
        columns: which column is which, where the person chose; None to guess.
        progress: called while a large file is read.
        wrappings: how many archives the file was unpacked from.
        texts: searched for the trial of a list that names none; None for the file's name, with a
            warning where that names none either.
    """

    name: str
    builder: ReadingBuilder
    columns: Mapping[str, str] | None = None
    progress: ReportProgress | None = None
    wrappings: int = 0
    texts: tuple[str, ...] | None = None
