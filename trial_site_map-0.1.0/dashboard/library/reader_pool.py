"""Reads untrusted files in child processes with limits set by the operating system.

A file is parsed by a process of its own, which has a budget of memory and processor time before it
sees the first byte, and ends with the server. Such processes are forked from one that has imported
the readers already, so that a small list takes milliseconds more than in the server itself.

The seam is :class:`ReaderPool`: bytes in, an :class:`OpenedList` out, progress in between.
"""

import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from multiprocessing import forkserver, get_all_start_methods, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.library.fair_queue import FairQueue
from dashboard.library.lists import OpenedList, open_bytes
from dashboard.library.processes import exit_with_parent
from dashboard.readers import Preview, preview
from dashboard.settings import Settings
from dashboard.sites.positions import list_distinct_places
from geocache.closing import Closing
from geocache.lookup import GeoCache
from geocache.place import Place, Position

MAX_FOREGROUND_BYTES = 1_000_000
"""Larger files are read as a job with progress; a page waits for smaller ones."""

PARSING = "reading"
LOCATING = "locating the sites of"
SLOTS = 2
"""Files read at the same time, over all sessions; each session has one at a time."""
_CHUNK_PLACES = 1_000
_POLL_SECONDS = 0.2
_NICENESS = 5
"""The child gives way to the server, as ``nice`` counts."""
_OOM_SCORE = "500"
"""Where memory runs out, Linux ends the child, not the server."""
_PR_SET_PDEATHSIG = 1
_PRELOAD = ["dashboard.library.reader_pool", "dashboard.library.reader_warmup"]


class ReaderLimits(NamedTuple):
    """What one file may cost: seconds until it is parsed, and bytes of memory."""

    seconds: float
    memory_bytes: int


class ReaderProgress(NamedTuple):
    """How far a file is: the stage (:data:`PARSING`, :data:`LOCATING`), and a fraction 0-1."""

    stage: str
    fraction: float


Report = Callable[[ReaderProgress], None]


class _Task(NamedTuple):
    data: bytes
    name: str
    columns: Mapping[str, str] | None
    locate: bool
    only_preview: bool


class ReaderPool(Closing):
    """Child processes that parse files for all sessions of one server.

    Args:
        settings: as read from the environment; a child that locates opens the geocache with them.
        slots: files read at the same time.
    """

    def __init__(self, settings: Settings, slots: int = SLOTS) -> None:
        method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
        self._context = get_context(method)
        self._settings = settings
        self._limits = ReaderLimits(
            settings.site_map_reader_seconds, settings.site_map_reader_memory_mb * 2**20
        )
        self._queue = FairQueue(slots)
        self._running: set[BaseProcess] = set()
        self._lock = threading.Lock()
        self._warm = threading.Event()

    def warm_up(self) -> None:
        """Start the process that children are forked from, in the background, once."""
        if not self._warm.is_set():
            self._warm.set()
            threading.Thread(target=self._start_server, name="warm-readers", daemon=True).start()

    def read(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        *,
        owner: str = "",
        report: Report | None = None,
        locate: bool = False,
    ) -> OpenedList:
        """As :func:`dashboard.library.lists.open_bytes`; what exceeds a limit becomes the error.

        Args:
            data: the file's bytes.
            name: what the person calls it.
            columns: which column is which, where a person named them.
            owner: the session it is read for; one file of a session is read at a time.
            report: called at least every fifth of a second, and may raise to give up.
            locate: also find the places, and store the answers in the geocache.
        """
        task = _Task(data, name, columns, locate, only_preview=False)
        try:
            found = self._run(task, owner, report or (lambda _: None))
        except ReadError as error:
            return OpenedList(name, error=error.reason)
        if not isinstance(found, OpenedList):
            raise TypeError(type(found))
        return found

    def preview(self, data: bytes, name: str, *, owner: str = "") -> Preview | None:
        """As :func:`dashboard.readers.preview`.

        Raises:
            ReadError: the file cannot be read, or exceeds a limit.
        """
        task = _Task(data, name, None, locate=False, only_preview=True)
        found = self._run(task, owner, lambda _: None)
        if isinstance(found, ReadError):
            raise found
        return found if isinstance(found, Preview) else None

    def close(self) -> None:
        """Kill the children that still run."""
        with self._lock:
            running = list(self._running)
        for process in running:
            with contextlib.suppress(ValueError):  # it has ended meanwhile
                process.kill()

    def _start_server(self) -> None:
        if self._context.get_start_method() == "forkserver":
            forkserver.set_forkserver_preload(_PRELOAD)
            forkserver.ensure_running()

    def _run(self, task: _Task, owner: str, report: Report) -> object:
        step = ReaderProgress(PARSING, 0.0)
        with (
            self._queue.turn(owner, lambda: report(step)),
            self._process(task.name) as (process, ours),
        ):
            began = time.monotonic()
            try:
                ours.send(task)
                while True:
                    report(step)
                    if ours.poll(_POLL_SECONDS):
                        message = ours.recv()
                        if not isinstance(message, ReaderProgress):
                            return message
                        step = message
                    over = time.monotonic() - began > self._limits.seconds
                    if over and step.stage == PARSING:
                        raise ReadError(task.name, _too_slow(self._limits))
            except (EOFError, ConnectionError) as error:
                raise ReadError(task.name, self._explain_end(process)) from error

    @contextlib.contextmanager
    def _process(self, name: str) -> Iterator[tuple[BaseProcess, Connection]]:
        """A child that waits for its task; killed on exit, whatever it is doing."""
        self._start_server()
        ours, theirs = self._context.Pipe()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._limits, self._settings), name=f"read {name[:40]}"
        )
        process.daemon = True
        process.start()
        theirs.close()
        with self._lock:
            self._running.add(process)
        try:
            yield process, ours
        finally:
            with self._lock:
                self._running.discard(process)
            process.kill()
            process.join()
            process.close()
            ours.close()

    def _explain_end(self, process: BaseProcess) -> str:
        process.join(5)
        if process.exitcode == -getattr(signal, "SIGXCPU", 0):
            return _too_slow(self._limits)
        return (
            "the process that read it was ended; it may need more memory than the "
            f"{self._limits.memory_bytes // 2**20:,} MB allowed for one file"
        )


def _too_slow(limits: ReaderLimits) -> str:
    return (
        f"reading took longer than {limits.seconds:g} seconds, which is the limit for one file; "
        "split it, or save it as CSV"
    )


# In the child


def _serve(connection: Connection, limits: ReaderLimits, settings: Settings) -> None:
    _set_limits(limits)
    exit_with_parent()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    try:
        task: _Task = connection.recv()
    except (EOFError, OSError):  # the server ended, perhaps killed in the middle of a message
        return
    if task.only_preview:
        try:
            _send(connection, preview(task.data, task.name))
        except ReadError as error:
            _send(connection, error)
        return
    opened = open_bytes(
        task.data,
        task.name,
        task.columns,
        lambda part: _send(connection, ReaderProgress(PARSING, part)),
    )
    if opened.reading is not None and task.locate:
        _send(connection, ReaderProgress(LOCATING, 0.0))
        _lift_time_limit()
        with GeoCache(settings=settings) as cache:
            places = list_distinct_places(opened.reading.sites)[1]
            for part in _locate(places, cache):
                _send(connection, ReaderProgress(LOCATING, part))
    _send(connection, opened)


def _set_limits(limits: ReaderLimits) -> None:
    """Limit this process before it sees any data; what a system lacks is left out."""
    with contextlib.suppress(OSError, AttributeError):
        os.nice(_NICENESS)
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE)
    if sys.platform == "linux":
        # The fork server, the parent, ends with the server once no child keeps its pipe open.
        with contextlib.suppress(OSError, AttributeError, TypeError):
            os.close(forkserver._forkserver._forkserver_alive_fd)  # type: ignore[attr-defined] # noqa: SLF001
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(ImportError):
        import resource  # noqa: PLC0415 - not on Windows

        cpu = max(1, int(2 * limits.seconds))  # libraries may use two cores
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, hard))
        memory = limits.memory_bytes + _count_mapped_bytes()
        with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lift_time_limit() -> None:
    """Lift the limit of processor time: what follows takes long only for very many places."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on Windows

        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _count_mapped_bytes() -> int:
    """The address space of this process: libraries take much that is never used."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _send(connection: Connection, message: object) -> None:
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
