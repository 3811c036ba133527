"""One file to read, and what the person asked for."""

from collections.abc import Mapping
from typing import NamedTuple

from dashboard.readers.gather import Gathered
from dashboard.readers.json_text import Progress


class Job(NamedTuple):
    """One file to read: its name, where its sites go, and what the person asked for.

    ``texts`` may name the trial of a list that does not; None for the file's name alone, and for a
    warning where that does not name it either.
    """

    name: str
    gathered: Gathered
    columns: Mapping[str, str] | None = None
    progress: Progress | None = None
    wrappings: int = 0
    texts: tuple[str, ...] | None = None
