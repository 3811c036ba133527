"""Opens the place index and the site lists on a thread, with progress and failure."""

import gc
import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from dashboard.errors import public_message
from dashboard.library.fetched import FetchedTrials
from dashboard.library.lists import open_sources
from dashboard.library.session_key import load_session_key
from dashboard.library.uploads import UploadStore
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.service.housekeeping import Housekeeping
from dashboard.service.library import SharedLibrary
from dashboard.settings import Settings
from geocache.errors import ConfigurationError, IndexBuildError, NewerStoreError
from geocache.lookup import GeoCache
from geocache.store.backends import load_backend

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 60.0
LASTING = (ConfigurationError, IndexBuildError, NewerStoreError)
"""What does not pass by itself."""

log = logging.getLogger(__name__)


def check_settings(settings: Settings) -> None:
    """Check what no later attempt could mend, before anything is served.

    Raises:
        ConfigurationError: a provider, the store's URL or the data folder cannot be used; the
            message names the setting.
    """
    from geocache.providers import check_providers  # noqa: PLC0415 - geopy is slow to import

    check_providers(settings)
    load_backend(settings.store_url)
    folder = settings.site_map_data
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        why = "a file is in the way" if folder.exists() else (error.strerror or "no reason given")
        message = f"SITE_MAP_DATA: {folder} cannot be used as a folder: {why.lower()}"
        raise ConfigurationError(message) from error
    except OSError:
        return  # a full disk, or one that is not there yet


def _log_failure(error: Exception, settings: Settings) -> None:
    if isinstance(error, ConfigurationError):  # its message says all
        log.error("%s", error)
    else:
        log.error("Opening failed; the data folder is %s", settings.site_map_data, exc_info=error)


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
        delete_expired: deletes the lists and links that have expired; called now and then.
        serving: what fails is tried again, after pauses that grow, and :attr:`problem` says why it
            is not open yet; what cannot pass ends in :attr:`failure`. Both have a few words for
            visitors, and the log has more. Otherwise the caller handles :attr:`error`.
    """

    def __init__(
        self,
        settings: Settings,
        uploads: UploadStore,
        fetched: FetchedTrials,
        delete_expired: Callable[[], object],
        *,
        serving: bool,
    ) -> None:
        self._settings = settings
        self._uploads = uploads
        self._fetched = fetched
        self._serving = serving
        self._housekeeping = Housekeeping(delete_expired, fetched.delete_leftovers)
        self._finished = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cache: GeoCache | None = None
        self._opened: Opened | None = None
        self.progress = OpeningProgress()
        self._closing = threading.Event()
        self.problem: str = ""
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
        self._closing.set()
        self._housekeeping.close()
        if self._thread is not None:
            self._thread.join()
        if self._opened is not None:
            self._opened.library.close()
        if self._cache is not None:
            self._cache.close()

    def _run(self) -> None:
        pause_seconds = FIRST_PAUSE_SECONDS
        try:
            while not self._try_to_open():
                if self._closing.wait(pause_seconds):
                    return
                pause_seconds = min(2 * pause_seconds, LONGEST_PAUSE_SECONDS)
        finally:
            self._finished.set()

    def _try_to_open(self) -> bool:
        """Whether it is open now, or never will be."""
        try:
            self._opened = self._open()
        except Exception as error:
            if self._cache is not None:
                self._cache.close()
                self._cache = None
            reason = f"The lists could not be opened: {public_message(error)}"
            if not self._serving or isinstance(error, LASTING):
                self.error, self.failure = error, reason
                if self._serving:
                    _log_failure(error, self._settings)
                return True
            if self.problem != reason:  # once, not at every attempt
                log.exception("Opening failed; the data folder is %s", self._settings.site_map_data)
            self.problem = reason
            return False
        if self.problem:
            log.warning("The lists could be opened now")
            self.problem = ""
        gc.collect()
        gc.freeze()  # what stays for good is exempt from every later collection
        self._report("Ready", 1.0)
        return True

    def _open(self) -> Opened:
        check_settings(self._settings)
        self._report("Opening the place index", 0.0)
        cache = self._cache = GeoCache(settings=self._settings, progress=self._report)
        geocoder = OfflineGeocoder(cache)
        self._report("Reading site lists", 0.9)
        self._housekeeping.start()
        sources = open_sources(self._settings.sources, load_session_key(self._settings))
        self._report("Locating sites", 0.95)
        library = SharedLibrary(
            sources,
            self._fetched,
            self._uploads,
            geocoder,
            contacts=self._settings.site_map_contacts,
        )
        return Opened(cache, geocoder, library)

    def _report(self, stage: str, fraction: float) -> None:
        self.progress = OpeningProgress(stage, fraction)
