"""The site table of all lists that everyone sees, merged again after a change."""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace

from dashboard.library.fetched import FetchedTrials
from dashboard.library.lists import Library, OpenedList, merge, without_contacts
from dashboard.library.upload_storage import EVERYONE
from dashboard.library.uploads import UploadStore
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.sites.decisions import add_decisions
from dashboard.sites.list_rows import colour_lists

log = logging.getLogger(__name__)

MERGES_AT_ONCE = 5
MERGE_PAUSE_SECONDS = 2.0
_PAUSES_PER_MERGE = 3.0
"""So many times as long as a merge takes is the least pause between two: a large library too
spends most of its time on answering."""


class SharedLibrary:
    """Merges the sources, the fetched trials and the shared lists into one :class:`Library`.

    A change may come from any process that shares the store or the data folder. While changes
    keep coming, as from a geocoding job, only the first few are merged one by one, and then one
    merge in :data:`MERGE_PAUSE_SECONDS` takes them all.

    Args:
        sources: the lists that this server opens with.
        fetched: the trials fetched from the registry.
        uploads: the lists that people uploaded; those shared with everyone are merged.
        geocoder: finds the sites' places.
        contacts: whether own columns that name people, or how to reach them, are shown too.
    """

    def __init__(
        self,
        sources: Sequence[OpenedList],
        fetched: FetchedTrials,
        uploads: UploadStore,
        geocoder: OfflineGeocoder,
        *,
        contacts: bool = False,
    ) -> None:
        self._sources = tuple(sources)
        self._fetched = fetched
        self._uploads = uploads
        self._geocoder = geocoder
        self._contacts = contacts
        self._lock = threading.Lock()
        self._checking = threading.Lock()
        self._allowance = float(MERGES_AT_ONCE)
        self._allowance_at = time.monotonic()
        self._merge_seconds = 0.0
        self._token, self._library = self._merge()

    def current(self) -> Library:
        """The library with every change that is due; waits for a merge."""
        if self._change_token() != self._token:
            with self._lock:
                if self._change_token() != self._token and self._spend_allowance():
                    self._token, self._library = self._merge()
        return self._library

    def latest(self) -> Library:
        """The library as last merged; never waits. A change is merged in the background."""
        if self._checking.acquire(blocking=False):
            threading.Thread(target=self._check, name="merge-lists", daemon=True).start()
        return self._library

    def refresh(self) -> None:
        """Merge now: somebody here changed something and expects to see it."""
        with self._lock:
            self._token, self._library = self._merge()

    def close(self) -> None:
        """Wait for a merge in the background."""
        self._checking.acquire()

    def _check(self) -> None:
        try:
            self.current()
        except Exception:
            log.exception("The lists could not be merged")
        finally:
            self._checking.release()

    def _change_token(self) -> object:
        return (
            self._geocoder.revision,
            self._fetched.change_token(),
            self._uploads.change_token(EVERYONE),
        )

    def _spend_allowance(self) -> bool:
        """Take one merge from the allowance, which grows by one in each pause."""
        now = time.monotonic()
        pause = max(MERGE_PAUSE_SECONDS, _PAUSES_PER_MERGE * self._merge_seconds)
        earned = (now - self._allowance_at) / pause
        self._allowance = min(MERGES_AT_ONCE, self._allowance + earned)
        self._allowance_at = now
        if self._allowance < 1:
            return False
        self._allowance -= 1
        return True

    def _merge(self) -> tuple[object, Library]:
        """The change token from before the merge, so that no change meanwhile is lost."""
        began = time.monotonic()
        token = self._change_token()
        uploaded = self._uploads.lists(EVERYONE)
        shared = [one.opened for one in uploaded]
        decisions = tuple(decision for one in uploaded for decision in one.decisions)
        opened = self._fetched.open()
        fetched = [opened] if opened else []
        lists = [*self._sources, *fetched, *shared]
        if not self._contacts:
            lists = [without_contacts(one) for one in lists]
        library = merge(lists, self._geocoder.locate_many, self._geocoder.known())
        if decisions:
            table = add_decisions(library.table, decisions)
            library = replace(library, table=table, decisions=decisions)
        colours = {one.opened.name: one.about.colour for one in uploaded if one.about.colour}
        if colours:
            library = replace(library, table=colour_lists(library.table, colours), colours=colours)
        self._merge_seconds = time.monotonic() - began
        return token, library
