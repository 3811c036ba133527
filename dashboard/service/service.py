"""What one server process holds once for all sessions: the geocache and the opened lists.

Opening happens on a thread of its own, so that the server answers at once; whoever needs the
library asks :meth:`Service.library` (waits) or :attr:`Service.progress` (never waits).
"""

import gc
import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from dashboard.errors import public_message
from dashboard.jobs.fetch import build_fetch_key, build_fetch_work
from dashboard.jobs.geocode import build_geocode_key, build_geocode_work
from dashboard.jobs.runner import Job, JobRunner
from dashboard.jobs.upload import Upload, build_upload_key, build_upload_work
from dashboard.library.fetched import FetchedTrials
from dashboard.library.lists import Library, OpenedList, merge, open_sources
from dashboard.library.storage import build_trial_storage, build_upload_store
from dashboard.library.upload_storage import EVERYONE
from dashboard.registry.search import RegistrySearch
from dashboard.service.geocoding import LocalCache
from dashboard.settings import Settings
from dashboard.sites.summary import plural
from geocache.errors import ReadOnlyError
from geocache.lookup import GeoCache
from geocache.place import Place
from geocache.settings import load_settings

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far opening is: a few words and a fraction 0-1."""

    stage: str = "Starting"
    fraction: float = 0.0


class Service(LocalCache):
    """The geocache and the library of one process, by the settings of the environment.

    Where it is ``serving``, a failure to open goes to the log, and :attr:`failure` has a few words
    for visitors; otherwise :attr:`error` is left to who opened it.
    """

    def __init__(self, settings: Settings, *, serving: bool = True) -> None:
        self.settings = settings
        self._serving = serving
        self.progress = Progress()
        self.uploads = build_upload_store(settings)
        self.fetched = FetchedTrials(build_trial_storage(settings))
        self.jobs = JobRunner()
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._library: Library | None = None
        self._sources: tuple[OpenedList, ...] = ()
        self._cache: GeoCache | None = None
        self._revision: object = None
        self.failure: str = ""
        self.error: Exception | None = None

    def for_reader(self, who: str) -> "Service":
        """The same service, for a person who may look at everything and change nothing."""
        return _ForReader(self, who)

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

    def library(self) -> Library:
        """The opened lists with today's positions.

        Located again after a pin, a new answer, a fetch, or a list that was shared, whichever
        process of those that share the store or the data folder did it.

        Raises:
            RuntimeError: opening failed; the message says why.
        """
        self.start()
        self._ready.wait()
        if self._library is None:
            raise RuntimeError(self.failure)
        if self._revision_now() != self._revision:
            with self._lock:
                if self._revision_now() != self._revision:
                    self._merge()
        return self._library

    def _revision_now(self) -> object:
        return self.cache.revision, self.fetched.change_token(), self.uploads.change_token(EVERYONE)

    def _merge(self) -> None:
        revision = self._revision_now()  # as it was before: what comes meanwhile is not lost
        self._library = self._merged()
        self._revision = revision

    def close(self) -> None:
        """Give the geocache back; the service is of no use afterwards."""
        if self._thread is not None:
            self._thread.join()
        for held in (self._cache, self.fetched, self.uploads):
            if held is not None:
                held.close()

    def share(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        opened: OpenedList | None = None,
    ) -> None:
        """As ``Shelf.add`` for everyone, now and after the next start.

        Raises:
            ReadOnlyError: the server is read-only.
            ShelfError: it cannot be kept.
        """
        self.check_may_change()
        self.uploads.add(EVERYONE, data, name, columns=columns, opened=opened)
        self.reopen()

    def unshare(self, list_id: str) -> None:
        """Close and delete a list that was shared with everyone.

        Raises:
            ReadOnlyError: the server is read-only.
        """
        self.check_may_change()
        self.uploads.remove(EVERYONE, list_id)
        self.reopen()

    @property
    def registry_host(self) -> str:
        """The host that is asked for trials."""
        return urlsplit(self.settings.site_map_registry_url).hostname or ""

    def fetch(self, numbers: Sequence[str], search: RegistrySearch, *, owner: str) -> Job:
        """Fetch trials as a job; they are open to everyone once it ends.

        Raises:
            ReadOnlyError: the server is read-only.
            TooManyJobsError: as many jobs run as may at once.
        """
        self.check_may_change()
        url = self.settings.site_map_registry_url
        title = f"Fetching {plural(len(numbers), 'trial')}" if numbers else "Searching the registry"
        work = build_fetch_work(url, self.fetched, numbers, search, self.reopen)
        return self.jobs.start(
            build_fetch_key(numbers, search), title, work, owner=owner, resumable=True
        )

    def bring(self, files: Sequence[Upload], *, owner: str) -> Job:
        """Read what a session brought as a job of its own; the lists are open once it ends.

        Raises:
            TooManyJobsError: as many jobs run as may at once.
        """
        title = files[0].name if len(files) == 1 else plural(len(files), "file")
        work = build_upload_work(self.uploads, self.settings, owner, files)
        return self.jobs.start(
            build_upload_key(owner, files), title, work, owner=owner, private=True
        )

    def ask(self, places: Sequence[Place], *, owner: str) -> Job:
        """Ask the online providers for some places as a job.

        Raises:
            ReadOnlyError: the server is read-only.
            TooManyJobsError: as many jobs run as may at once.
        """
        self.check_may_change()
        names = " and ".join(p.name for p in self.cache.providers if p.online)
        title = f"Asking {names} for {plural(len(places), 'place')}"
        work = build_geocode_work(self.cache, places)
        return self.jobs.start(build_geocode_key(places), title, work, owner=owner, resumable=True)

    def reopen(self) -> None:
        """Show what was shared, unshared or fetched since."""
        with self._lock:
            self._merge()

    def _merged(self) -> Library:
        shared = [one.opened for one in self.uploads.lists(EVERYONE)]
        reading = self.fetched.reading()
        fetched = [OpenedList(reading.name, reading)] if reading else []
        return merge([*self._sources, *fetched, *shared], self.locate_many, self.known())

    def _open(self) -> None:
        try:
            self._tell("Opening the place index", 0.0)
            self._cache = GeoCache(settings=self.settings, progress=self._tell)
            self._tell("Reading site lists", 0.9)
            self.uploads.delete_expired()
            self.fetched.delete_leftovers()
            self._sources = open_sources(self.settings.sources)
            self._tell("Locating sites", 0.95)
            self._merge()
            gc.collect()
            gc.freeze()  # what stays for good is exempt from every later collection
            self._tell("Ready", 1.0)
        except Exception as error:
            self.error = error
            if self._serving:
                log.exception("Not opened; the data folder is %s", self.settings.site_map_data)
            self.failure = f"The lists could not be opened: {public_message(error)}"
        finally:
            self._ready.set()

    def _tell(self, stage: str, fraction: float) -> None:
        self.progress = Progress(stage, fraction)


class _ForReader(Service):
    """As :meth:`Service.for_reader`: all that a service holds is held in common."""

    __slots__ = ("_refusal",)

    def __init__(self, service: Service, who: str) -> None:
        self.__dict__ = service.__dict__
        self._refusal = f"{who} may look here and change nothing (SITE_MAP_EDITORS)"

    def check_may_change(self) -> None:
        raise ReadOnlyError(self._refusal)


@cache
def service() -> Service:
    """This process's service, with the settings of the environment."""
    return Service(load_settings(Settings))
