"""What one server process holds once for all sessions: the geocache and the opened lists.

Opening happens on a thread of its own, so that the server answers at once; whoever needs the
library asks :meth:`Service.library` (waits) or :attr:`Service.progress` (never waits).
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from dashboard.library import Library, merge, open_sources
from dashboard.settings import Settings
from geocache.lookup import GeoCache
from geocache.place import Place, Position

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far opening is: a few words and a fraction 0-1."""

    stage: str = "Starting"
    fraction: float = 0.0


class Service:
    """The geocache and the library of one process.

    Args:
        settings: as read from the environment.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.progress = Progress()
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._library: Library | None = None
        self._cache: GeoCache | None = None
        self._revision: object = None
        self.failure: str = ""

    def start(self) -> None:
        """Begin opening, once; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._open, name="open-lists", daemon=True)
                self._thread.start()

    @property
    def ready(self) -> bool:
        """True once the opened lists are located (or opening failed)."""
        return self._ready.is_set()

    def wait(self, timeout_seconds: float) -> bool:
        """Wait for :attr:`ready`; false when the time is over first."""
        return self._ready.wait(timeout_seconds)

    @property
    def cache(self) -> GeoCache:
        """The geocache; only once :attr:`ready`."""
        if self._cache is None:
            raise RuntimeError(self.failure or "the geocache is not open yet")
        return self._cache

    def locate_many(self, places: Sequence[Place]) -> Iterator[Position]:
        """Positions that are known or can be told offline; never waits for a network."""
        return self.cache.locate_many(places, online=False)

    def locate(self, place: Place) -> Position:
        """As :meth:`locate_many`, for one place."""
        return self.cache.locate(place, online=False)

    def library(self) -> Library:
        """The opened lists with today's positions: located again after a pin or a new answer.

        Raises:
            RuntimeError: opening failed; the message says why.
        """
        self.start()
        self._ready.wait()
        if self._library is None:
            raise RuntimeError(self.failure)
        revision = self.cache.revision
        if revision != self._revision:
            with self._lock:
                if revision != self._revision:
                    self._library = merge(self._library.lists, self.locate_many)
                    self._revision = self.cache.revision
        return self._library

    def close(self) -> None:
        """Give the geocache back; the service is of no use afterwards."""
        if self._thread is not None:
            self._thread.join()
        if self._cache is not None:
            self._cache.close()

    def _open(self) -> None:
        try:
            self._tell("Opening the place index", 0.0)
            self._cache = GeoCache(settings=self.settings, progress=self._tell)
            self._tell("Reading site lists", 0.9)
            lists = open_sources(self.settings.sources)
            self._tell("Locating sites", 0.95)
            self._library = merge(lists, self.locate_many)
            self._revision = self._cache.revision
            self._tell("Ready", 1.0)
        except Exception as error:
            log.exception("The lists could not be opened")
            self.failure = f"The lists could not be opened: {error}"
        finally:
            self._ready.set()

    def _tell(self, stage: str, fraction: float) -> None:
        self.progress = Progress(stage, fraction)


@cache
def service() -> Service:
    """This process's service, with the settings of the environment."""
    return Service(Settings())
