"""Opens the place index and the site lists on a thread, with progress and failure."""

import gc
import logging
import threading
from typing import NamedTuple

from dashboard.errors import public_message
from dashboard.library.fetched import FetchedTrials
from dashboard.library.lists import open_sources
from dashboard.library.session_key import load_session_key
from dashboard.library.uploads import UploadStore
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.service.library import SharedLibrary
from dashboard.settings import Settings
from geocache.lookup import GeoCache

log = logging.getLogger(__name__)


class OpeningProgress(NamedTuple):
    """How far opening is: a few words, and a fraction 0-1."""

    stage: str = "Starting"
    fraction: float = 0.0


class Opened(NamedTuple):
    """What is there once opening has succeeded."""

    cache: GeoCache
    geocoder: OfflineGeocoder
    library: SharedLibrary


class Opener:
    """Opens everything once, in the background, so that the server answers from the start.

    Args:
        settings: as read from the environment.
        uploads: the lists that people uploaded.
        fetched: the trials fetched from the registry.
        serving: a failure goes to the log, and :attr:`failure` has a few words for visitors;
            otherwise the caller handles :attr:`error`.
    """

    def __init__(
        self, settings: Settings, uploads: UploadStore, fetched: FetchedTrials, *, serving: bool
    ) -> None:
        self._settings = settings
        self._uploads = uploads
        self._fetched = fetched
        self._serving = serving
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cache: GeoCache | None = None
        self._opened: Opened | None = None
        self.progress = OpeningProgress()
        self.failure: str = ""
        self.error: Exception | None = None

    def start(self) -> None:
        """Start opening, once; returns at once."""
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="open-lists", daemon=True)
                self._thread.start()

    @property
    def finished(self) -> bool:
        """Whether opening has succeeded or failed."""
        return self._finished.is_set()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until :attr:`finished`; false on a timeout."""
        return self._finished.wait(timeout_seconds)

    @property
    def opened(self) -> Opened:
        """What was opened; never waits.

        Raises:
            RuntimeError: it is not open yet, or opening failed; the message says why.
        """
        if self._opened is None:
            raise RuntimeError(self.failure or "the geocache is not open yet")
        return self._opened

    def close(self) -> None:
        """Wait for the thread and close the geocache."""
        if self._thread is not None:
            self._thread.join()
        if self._opened is not None:
            self._opened.library.close()
        if self._cache is not None:
            self._cache.close()

    def _run(self) -> None:
        try:
            self._opened = self._open()
            gc.collect()
            gc.freeze()  # what stays for good is exempt from every later collection
            self._report("Ready", 1.0)
        except Exception as error:
            self.error = error
            if self._serving:
                log.exception("Opening failed; the data folder is %s", self._settings.site_map_data)
            self.failure = f"The lists could not be opened: {public_message(error)}"
        finally:
            self._finished.set()

    def _open(self) -> Opened:
        self._report("Opening the place index", 0.0)
        cache = self._cache = GeoCache(settings=self._settings, progress=self._report)
        geocoder = OfflineGeocoder(cache)
        self._report("Reading site lists", 0.9)
        self._uploads.delete_expired()
        self._fetched.delete_leftovers()
        sources = open_sources(self._settings.sources, load_session_key(self._settings))
        self._report("Locating sites", 0.95)
        library = SharedLibrary(sources, self._fetched, self._uploads, geocoder)
        return Opened(cache, geocoder, library)

    def _report(self, stage: str, fraction: float) -> None:
        self.progress = OpeningProgress(stage, fraction)
