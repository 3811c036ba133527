"""Large files are read in a process of their own, so that everybody else is answered meanwhile."""

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
"""Up to so many bytes are read where they are wanted: a process takes longer to start."""

READING = "reading"
LOCATING = "locating the sites of"
_TOGETHER = 1_000
_LOOK_SECONDS = 0.2
_LESS_URGENT = 5
"""How much a reading process lets others go first, as ``nice`` counts."""


class ReaderProgress(NamedTuple):
    """How far a file is: what is being done (:data:`READING`, :data:`LOCATING`), and 0-1."""

    doing: str
    part: float


Report = Callable[[ReaderProgress], None]


class ReaderProcess(Closing):
    """One process that reads files one after the other, and has their places found.

    It starts with the first file. To be used as a context: leaving it ends the process, whatever
    it is doing.

    Args:
        settings: as read from the environment; the process opens the geocache with them.
    """

    def __init__(self, settings: Settings) -> None:
        context = get_context("spawn")
        self._ours, self._theirs = context.Pipe()
        self._process = context.Process(
            target=_serve, args=(self._theirs, settings), name="read-lists", daemon=True
        )

    def open(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        report: Report = lambda _: None,
    ) -> OpenedList:
        """As :func:`dashboard.library.lists.open_bytes`; its places are remembered afterwards.

        ``report`` is called at least every fifth of a second, and may raise to give up.

        Raises:
            ReadError: the process was ended by somebody else.
        """
        try:
            if self._process.pid is None:
                self._process.start()
                self._theirs.close()
            self._ours.send((data, name, columns))
            step = ReaderProgress(READING, 0.0)
            while True:
                report(step)
                if self._ours.poll(_LOOK_SECONDS):
                    said = self._ours.recv()
                    if isinstance(said, OpenedList):
                        return said
                    step = said
        except (EOFError, ConnectionError) as error:
            raise ReadError(
                name,
                "the process that read it was ended; is it too large for this server's memory?",
            ) from error

    def close(self) -> None:
        """End the process."""
        if self._process.pid is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._ours.close()


def read_in_child(
    settings: Settings, data: bytes, name: str, columns: Mapping[str, str] | None = None
) -> OpenedList:
    """As :func:`dashboard.library.lists.open_bytes`, a large file in a process of its own."""
    if len(data) <= MAX_INLINE_BYTES:
        return open_bytes(data, name, columns)
    try:
        with ReaderProcess(settings) as process:
            return process.open(data, name, columns)
    except ReadError as error:
        return OpenedList(name, error=error.reason)


# In the process


def _serve(connection: Connection, settings: Settings) -> None:
    exit_with_parent()
    os.nice(_LESS_URGENT)
    with contextlib.suppress(OSError):  # where memory is short, this process goes, not the server
        Path("/proc/self/oom_score_adj").write_text("500")
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    cache: GeoCache | None = None
    while True:
        try:
            data, name, columns = connection.recv()
        except (EOFError, OSError):  # the server ended; it may have been killed amid a message
            return
        opened = open_bytes(
            data, name, columns, lambda part: _tell(connection, ReaderProgress(READING, part))
        )
        del data
        if opened.reading is not None:
            cache = cache or GeoCache(settings=settings)
            places = list_distinct_places(opened.reading.sites)[1]
            for part in _located(places, cache):
                _tell(connection, ReaderProgress(LOCATING, part))
            cache.flush()
        _tell(connection, opened)


def _tell(connection: Connection, said: ReaderProgress | OpenedList) -> None:
    """Send it; where the server is gone, this process goes too, and quietly."""
    try:
        connection.send(said)
    except ConnectionError:
        sys.exit(1)


def _located(places: Sequence[Place], cache: GeoCache) -> Iterator[float]:
    """Have places found and remembered, some at a time; the share that is done."""
    remaining = iter(places)
    done = 0
    while some := list(islice(remaining, _TOGETHER)):
        yield done / len(places)
        found: Iterable[Position] = cache.locate_many(some, online=False)
        done += sum(1 for _ in found)
    yield 1.0
