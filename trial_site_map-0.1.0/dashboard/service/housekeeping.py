"""Deletes what has expired, at the start and every hour while the server runs."""

import logging
import threading
from collections.abc import Callable

from geocache.closing import Closing

log = logging.getLogger(__name__)

PAUSE_SECONDS = 3_600.0


class Housekeeping(Closing):
    """Calls some tasks now and then on a thread; one that fails stops no other.

    Args:
        tasks: what to do.
        pause_seconds: how long to wait from the end of one round to the next.
    """

    def __init__(self, *tasks: Callable[[], object], pause_seconds: float = PAUSE_SECONDS) -> None:
        self._tasks = tasks
        self._pause_seconds = pause_seconds
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Do everything once, then go on in the background; only the first call does anything."""
        if self._thread is None:
            self._work()
            self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._closing.wait(self._pause_seconds):
            self._work()

    def _work(self) -> None:
        for task in self._tasks:
            try:
                task()
            except OSError as error:
                log.warning("What has expired could not be deleted: %s", error)
