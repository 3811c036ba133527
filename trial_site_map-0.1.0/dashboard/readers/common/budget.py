"""What one file may cost, over all archives, workbooks and sheets in it.

Archives unpack, formats repeat texts, and both can be nested: each part within its own bounds, all
together beyond any memory. So every reader spends from one budget, opened where a file comes in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dashboard.errors import ReadError

MAX_UNPACKED_BYTES = 400_000_000
"""Most bytes that a file may unpack to, all archives in it together; an upload has up to 200 MB."""

MAX_RATIO = 300
"""Most times its size that a file may unpack to; site lists unpack to 5 to 20."""

MAX_ROWS = 5_000_000
MAX_TRIALS = 1_000_000
MAX_CELLS = 120_000_000
MAX_TEXT_BYTES = 800_000_000
"""All texts of the sites, each as often as it stands there."""

MAX_FILES = 100_000
"""Files in archives."""

ROWS_PER_BYTE = 4
"""Most rows for each byte of the file; a site list has one for every 5 bytes or more, packed."""

_ALWAYS_ALLOWED_BYTES = 3_000_000
_ALWAYS_ALLOWED_ROWS = 500_000


class Budget:
    """What one file may still cost.

    Args:
        name: the file's name, for the error.
        packed_bytes: its size as it came.
    """

    def __init__(self, name: str, packed_bytes: int) -> None:
        self._name = name
        spread = max(_ALWAYS_ALLOWED_BYTES, packed_bytes * MAX_RATIO)
        self._unpacked_limit = min(MAX_UNPACKED_BYTES, spread)
        self._text_limit = min(MAX_TEXT_BYTES, spread)
        self._row_limit = min(MAX_ROWS, max(_ALWAYS_ALLOWED_ROWS, packed_bytes * ROWS_PER_BYTE))
        self._unpacked = self._rows = self._trials = self._cells = self._text = self._files = 0
        self._excess: ReadError | None = None

    def spend(
        self,
        *,
        unpacked_bytes: int = 0,
        rows: int = 0,
        trials: int = 0,
        cells: int = 0,
        text_bytes: int = 0,
        files: int = 0,
    ) -> None:
        """Take from the budget.

        Raises:
            ReadError: there is not so much left.
        """
        self._unpacked += unpacked_bytes
        self._rows += rows
        self._trials += trials
        self._cells += cells
        self._text += text_bytes
        self._files += files
        reason = self._find_excess()
        if reason:
            self._excess = ReadError(self._name, f"refused: {reason}")
            raise self._excess

    def check(self) -> None:
        """Raise the ReadError of a part that was too large, where a reader went on without it."""
        if self._excess is not None:
            raise self._excess

    def _find_excess(self) -> str:
        if self._unpacked > self._unpacked_limit:
            return (
                "it unpacks to far more than a site list, "
                f"over {MAX_UNPACKED_BYTES // 1_000_000} MB or {MAX_RATIO} times its size"
            )
        if self._rows > self._row_limit:
            small = self._row_limit < MAX_ROWS
            return f"more than {self._row_limit:,} sites" + (" in so small a file" if small else "")
        if self._text > self._text_limit:
            return "longer texts than a site list has, or far more often repeated"
        for count, limit, what in (
            (self._trials, MAX_TRIALS, "trials"),
            (self._cells, MAX_CELLS, "cells"),
            (self._files, MAX_FILES, "files in archives"),
        ):
            if count > limit:
                return f"more than {limit:,} {what}"
        return ""


_current: ContextVar[Budget | None] = ContextVar("budget", default=None)


@contextmanager
def open_budget(name: str, packed_bytes: int) -> Iterator[Budget]:
    """The budget of one file, for everything that is read of it in this block.

    Raises:
        ReadError: it was exceeded, at the latest at the end of the block.
    """
    budget = Budget(name, packed_bytes)
    token = _current.set(budget)
    try:
        yield budget
    finally:
        _current.reset(token)
    budget.check()


def get_budget(name: str = "", packed_bytes: int = 0) -> Budget:
    """The budget of the file that is being read; outside of :func:`open_budget`, a new one."""
    return _current.get() or Budget(name, packed_bytes)
