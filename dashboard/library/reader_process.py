"""Reads large files in a child process, so that the server keeps answering.

The seam is :meth:`ReaderProcess.read` and :func:`read_in_child`: bytes in, an :class:`OpenedList`
out, progress in between. Nobody else knows where, or under which limits, a file is parsed.
"""

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.library.lists import OpenedList, open_bytes
from dashboard.library.processes import exit_with_parent
from dashboard.settings import Settings
from dashboard.sites.positions import list_distinct_places
from geocache.closing import Closing
from geocache.lookup import GeoCache
from geocache.place import Place, Position

MAX_INLINE_BYTES = 1_000_000
"""Smaller files are read by the caller: starting a process takes longer."""

PARSING = "reading"
LOCATING = "locating the sites of"
_CHUNK_PLACES = 1_000
_POLL_SECONDS = 0.2
_NICENESS = 5
"""The child gives way to the server, as ``nice`` counts."""
_OOM_SCORE = "500"
"""Where memory runs out, Linux ends the child, not the server."""


class ReaderProgress(NamedTuple):
    """How far a file is: the stage (:data:`PARSING`, :data:`LOCATING`), and a fraction 0-1."""

    stage: str
    fraction: float


Report = Callable[[ReaderProgress], None]


class ReaderProcess(Closing):
    """A child process that parses files one by one and finds their places.

    It starts with the first file. Used as a context manager, it is killed on exit, whatever it is
    doing.

    Args:
        settings: as read from the environment; the child opens the geocache with them.
    """

    def __init__(self, settings: Settings) -> None:
        context = get_context("spawn")
        self._ours, self._theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(self._theirs, settings), name="read-lists", daemon=True
        )

    def read(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        report: Report = lambda _: None,
    ) -> OpenedList:
        """As :func:`dashboard.library.lists.open_bytes`; its places are in the store afterwards.

        ``report`` is called at least every fifth of a second, and may raise to give up.

        Raises:
            ReadError: the child was ended by somebody else.
        """
        try:
            if self._process.pid is None:
                self._process.start()
                self._theirs.close()
            self._ours.send((data, name, columns))
            step = ReaderProgress(PARSING, 0.0)
            while True:
                report(step)
                if self._ours.poll(_POLL_SECONDS):
                    message = self._ours.recv()
                    if isinstance(message, OpenedList):
                        return message
                    step = message
        except (EOFError, ConnectionError) as error:
            raise ReadError(
                name,
                "the process that read it was ended; is it too large for this server's memory?",
            ) from error

    def close(self) -> None:
        """Kill the child."""
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._ours.close()


def read_in_child(
    settings: Settings, data: bytes, name: str, columns: Mapping[str, str] | None = None
) -> OpenedList:
    """As :func:`dashboard.library.lists.open_bytes`, with large files in a child process."""
    if len(data) <= MAX_INLINE_BYTES:
        return open_bytes(data, name, columns)
    try:
        with ReaderProcess(settings) as process:
            return process.read(data, name, columns)
    except ReadError as error:
        return OpenedList(name, error=error.reason)


# In the child


def _serve(connection: Connection, settings: Settings) -> None:
    exit_with_parent()
    os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    cache: GeoCache | None = None
    while True:
        try:
            data, name, columns = connection.recv()
        except (EOFError, OSError):  # the server ended, perhaps killed in the middle of a message
            return
        opened = open_bytes(
            data, name, columns, lambda part: _send(connection, ReaderProgress(PARSING, part))
        )
        del data
        if opened.reading is not None:
            cache = cache or GeoCache(settings=settings)
            places = list_distinct_places(opened.reading.sites)[1]
            for part in _locate(places, cache):
                _send(connection, ReaderProgress(LOCATING, part))
            cache.flush()
        _send(connection, opened)


def _send(connection: Connection, message: ReaderProgress | OpenedList) -> None:
    """Send a message; exit quietly where the server is gone."""
    try:
        connection.send(message)
    except ConnectionError:
        sys.exit(1)


def _locate(places: Sequence[Place], cache: GeoCache) -> Iterator[float]:
    """Find places and store the answers, chunk by chunk; yields the share that is done."""
    remaining = iter(places)
    done = 0
    while chunk := list(islice(remaining, _CHUNK_PLACES)):
        yield done / len(places)
        found: Iterable[Position] = cache.locate_many(chunk, online=False)
        done += sum(1 for _ in found)
    yield 1.0
