"""What becomes of a store's calls when its disk or its server fails."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from geocache.errors import StoreError
from geocache.store.database import Trouble, public_url
from geocache.store.kinds import kind_of
from geocache.store.opening import ERRORS, open_store, short
from geocache.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

_PAUSES_SECONDS = (0.0, 0.05, 0.2, 0.5)
_MOST_SECONDS = 2.0
"""The longest that a call tries to get through to a server before it does without."""

_AGAIN_SECONDS = 5.0
_BATCH = 1000


@dataclass
class _Trouble:
    """What does not work for now: what was said of it, and when it is tried again."""

    warning: str
    try_at: float


class Degrading:
    """A store as good as it can be had: itself, else what can be read of it, else memory.

    Args:
        url: SQLAlchemy URL of the store.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = public_url(url)
        self.warnings: list[str] = []
        self._kind = kind_of(url)
        self._writable = True
        self._away: _Trouble | None = None
        self._full: _Trouble | None = None
        """A disk that does not take anything more, for now."""
        self._lock = threading.Lock()
        self._memory: Store | None = None
        """Stands in for what cannot be written."""
        self._passing: Store | None = None
        """What may not be kept."""
        self._seen = self._told = self._shift = 0
        self._kept: Store | None = self._open()

    def revision(self) -> int:
        """As :meth:`Store.revision`; while a server is away, what it was last known to be."""
        self._seen = self._read(lambda store: store.revision(), self._seen)
        self._told = self._seen + self._shift
        if self._memory:
            self._told += self._memory.revision()
        return self._told

    def close(self) -> None:
        """Close what is open; what was in memory is gone."""
        for store in (self._kept, self._memory, self._passing):
            if store:
                store.close()

    @property
    def lasting(self) -> bool:
        """Whether what is written now outlives this process."""
        return bool(self._kept and self._writable and not self._away)

    # Calls

    def _stores(self) -> Iterator[Store]:
        """Where something may be remembered, the newest last."""
        for store in (self._reached(), self._memory, self._passing):
            if store:
                yield store

    def _read(self, look: Callable[[Store], T], nothing: T) -> T:
        store = self._reached()
        if store is None:
            return nothing
        try:
            return self._through(store, look)
        except ERRORS as error:
            self._fail(error)
            store = self._reached()
            return look(store) if store else nothing

    def _write(self, do: Callable[[Store], T], *, or_refuse: str = "") -> T:
        """Do it where it lasts, else in memory; or raise, where memory would be a lie."""
        for _ in range(2):  # once more in what became of the store
            store = self._reached()
            if store and self._writable:
                try:
                    return self._through(store, do)
                except ERRORS as error:
                    self._fail(error)
        if or_refuse and (self._away or (self._kept and not self._writable)):
            raise StoreError(f"cannot {or_refuse}: {self.warnings[-1]}")
        return do(self._in_memory())

    def _through(self, store: Store, do: Callable[[Store], T]) -> T:
        """As ``do`` says; what a lost connection or another's lock broke off is done again."""
        began = time.monotonic()
        for pause in _PAUSES_SECONDS:
            try:
                return do(store)
            except ERRORS as error:
                trouble = self._kind.trouble(error)
                if trouble not in {Trouble.PASSING, Trouble.AWAY}:
                    raise
                if time.monotonic() - began > _MOST_SECONDS:
                    raise
                if trouble is Trouble.AWAY:
                    store.reset()
            time.sleep(pause)
        return do(store)

    def _in_memory(self) -> Store:
        if self._memory is None:
            self._memory = Store("sqlite://")
        return self._memory

    def _not_to_keep(self) -> Store:
        if self._passing is None:
            self._passing = Store("sqlite://")
        return self._passing

    # Failing

    def _fail(self, error: Exception) -> None:
        """Make the best of a database's error; raise it if there is no best."""
        trouble = self._kind.trouble(error)
        if trouble is Trouble.AWAY:
            self._lose(short(error))
        elif trouble is Trouble.DAMAGED and self._kept:
            self._kept.close()
            self._kept = self._open()
        elif trouble is Trouble.UNWRITABLE:
            self._fill(short(error))
        else:
            raise StoreError(f"the store at {self.name} failed: {short(error)}") from error

    def _open(self) -> Store | None:
        opened = open_store(self.url)
        self._writable &= opened.writable
        for sentence in opened.warnings:
            self._warn(sentence)
        if opened.away:
            self._lose(opened.away)
        return opened.store

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    # What goes and comes back: a server, room on a disk

    def _fill(self, why: str) -> None:
        warning = (
            f"the store cannot be written ({why}): answers and pins are kept in memory only, and "
            "written once it can be"
        )
        with self._lock:
            self._writable = False
            if not self._full:
                self._full = _Trouble(warning, time.monotonic() + _AGAIN_SECONDS)
                self._warn(warning)
                log.warning("%s: %s", self.name, warning)

    def _lose(self, why: str) -> None:
        with self._lock:
            if self._away:
                return
            warning = (
                f"the store's server cannot be reached ({why}): answers are kept in memory until "
                "it is back; its pins and answers are not seen"
            )
            self._away = _Trouble(warning, time.monotonic() + _AGAIN_SECONDS)
            self._warn(warning)
        log.warning("%s: %s", self.name, warning)

    def _reached(self) -> Store | None:
        """The store, unless its server is away; what does not work is tried every five seconds."""
        trouble = self._away or (self._memory and self._full)  # nothing in memory, nothing to try
        if trouble and time.monotonic() >= trouble.try_at and self._lock.acquire(blocking=False):
            try:
                if self._away or self._full:
                    self._try_again(trouble)
            finally:
                self._lock.release()
        return None if self._away else self._kept

    def _try_again(self, trouble: _Trouble) -> None:
        began = time.monotonic()
        try:
            store = self._kept or Store(self.url)
            revision = store.revision()
            self._kept = store
            self._bring_home(store)
        except (*ERRORS, StoreError) as error:
            now = time.monotonic()
            # Not more than a tenth of the time is spent on waiting for nobody.
            waited = now - began if self._away else 0.0
            trouble.try_at = now + max(_AGAIN_SECONDS, 10 * waited)
            log.info("%s: still the same: %s", self.name, error)
            return
        # Whoever compares must see that it is another one now.
        self._shift += max(0, self._told + 1 - (revision + self._shift))
        self._away = self._full = None
        self._writable = True
        self.warnings.remove(trouble.warning)
        log.warning("%s: the store takes everything again", self.name)

    def _bring_home(self, store: Store) -> None:
        """Write what memory holds to the server, unless that has something newer."""
        memory, self._memory = self._memory, None
        if memory is None:
            return
        try:
            there = {pin.place: pin.pinned_at for pin in store.pins()}
            store.pin(pin for pin in memory.pins() if there.get(pin.place, -1) <= pin.pinned_at)
            with closing(memory.answers()) as answers:
                while batch := list(islice(answers, _BATCH)):
                    store.take_over(batch)
        except BaseException:
            self._memory = memory
            raise
        memory.close()
