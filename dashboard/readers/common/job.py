"""One file to read, and what the person asked for."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from dashboard.readers.common.builder import Gathered

Progress = Callable[[float], None]
"""Called with the part that is done, 0-1."""


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


_MOST_NAMED = 5


def listed(items: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
