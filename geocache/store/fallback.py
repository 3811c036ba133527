"""A store that goes on when its disk does not."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from geocache.errors import StoreError
from geocache.place import Place, Position
from geocache.records import Answer, Pin
from geocache.store import backup
from geocache.store.backends import load_backend
from geocache.store.database import Trouble, public_url
from geocache.store.opening import ERRORS, open_store, summarize_error
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
        self._kind = load_backend(url)
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
            self._lose(summarize_error(error))
        elif trouble is Trouble.DAMAGED and self._kept:
            self._kept.close()
            self._kept = self._open()
        elif trouble is Trouble.UNWRITABLE:
            self._fill(summarize_error(error))
        else:
            raise StoreError(
                f"the store at {self.name} failed: {summarize_error(error)}"
            ) from error

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


class FallbackStore(Degrading):
    """A :class:`Store`, and what happens when it cannot be had.

    - The file is damaged: it is set aside under a new name and a new one is started.
    - The file or its disk cannot be written: what is there is read, what is new is kept in memory.
    - The file cannot be opened at all: everything is kept in memory.
    - A connection to a server is lost: it is made again and the call with it.
    - The server cannot be reached: everything is kept in memory, and written once it is back.

    All but a connection made again add a sentence to :attr:`warnings`, which stays as long as it
    is true.

    Args:
        url: SQLAlchemy URL of the store.

    Raises:
        StoreError: the store was written by a newer version.
        ConfigurationError: the URL cannot work.
    """

    # Looking: memory holds what is newer

    def recall(
        self, provider: str, version: str, keys: Sequence[str], now: int
    ) -> dict[str, Position]:
        """As :meth:`Store.recall`."""
        nothing: dict[str, Position] = {}
        found = self._read(lambda store: store.recall(provider, version, keys, now), nothing)
        for store in (self._memory, self._passing):
            if store:
                found = found | store.recall(provider, version, keys, now)
        return found

    def look(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        """As :meth:`Store.look`."""
        asked = (pin_key, provider, version, key, now)
        if self._kept and not (self._memory or self._passing or self._away or self._full):
            try:
                return self._kept.look(*asked)
            except ERRORS:
                return self._look_twice(*asked)
        return self._look_twice(*asked)

    def _look_twice(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        pin = self.pinned([pin_key]).get(pin_key)
        return pin or self.recall(provider, version, [key], now).get(key)

    def pinned(self, keys: Sequence[str]) -> dict[str, Position]:
        """As :meth:`Store.pinned`."""
        nothing: dict[str, Position] = {}
        found = self._read(lambda store: store.pinned(keys), nothing)
        return found | self._memory.pinned(keys) if self._memory else found

    # Writing

    def remember(
        self, answers: Sequence[Answer], *, news: bool = True, lasting: bool = True
    ) -> None:
        """As :meth:`Store.remember`; ``lasting=False`` keeps them in memory only."""
        if lasting:
            self._write(lambda store: store.remember(answers, news=news))
        else:
            self._not_to_keep().remember(answers, news=news)

    def take_over(self, answers: Sequence[Answer]) -> int:
        """As :meth:`Store.take_over`."""
        return self._write(lambda store: store.take_over(answers))

    def pin(self, pins: Iterable[Pin]) -> None:
        """As :meth:`Store.pin`."""
        several = list(pins)
        self._write(lambda store: store.pin(several))

    def unpin(self, place: Place) -> bool:
        """As :meth:`Store.unpin`.

        Raises:
            StoreError: the pin is in a store that cannot be written.
        """
        return self._write(lambda store: store.unpin(place), or_refuse="unpin")

    def forget(self, **conditions: Any) -> int:
        """As :meth:`Store.forget`.

        Raises:
            StoreError: the store cannot be written.
        """
        return self._write(lambda store: store.forget(**conditions), or_refuse="forget")

    def tidy(self, provider: str, version: str) -> int:
        """As :meth:`Store.tidy`."""
        return self._write(lambda store: store.tidy(provider, version))

    def claim(self, provider: str, keys: Sequence[str], owner: str, seconds: float) -> set[str]:
        """As :meth:`Store.claim`."""
        return self._write(lambda store: store.claim(provider, keys, owner, seconds))

    def unclaimed(self, provider: str, keys: Sequence[str]) -> list[str]:
        """As :meth:`Store.unclaimed`."""
        if self._writable and self._reached():
            return self._read(lambda store: store.unclaimed(provider, keys), list(keys))
        return self._in_memory().unclaimed(provider, keys)

    def renew(self, owner: str, seconds: float) -> None:
        """As :meth:`Store.renew`."""
        self._write(lambda store: store.renew(owner, seconds))

    def release(self, owner: str) -> None:
        """As :meth:`Store.release`."""
        self._write(lambda store: store.release(owner))

    def reserve(
        self, provider: str, interval_seconds: float, *, most_seconds: float
    ) -> float | None:
        """As :meth:`Store.reserve`."""
        return self._write(
            lambda store: store.reserve(provider, interval_seconds, most_seconds=most_seconds)
        )

    def postpone(self, provider: str, seconds: float) -> None:
        """As :meth:`Store.postpone`."""
        self._write(lambda store: store.postpone(provider, seconds))

    # Everything

    def pins(self) -> Iterator[Pin]:
        """As :meth:`Store.pins`."""
        for store in self._stores():
            yield from store.pins()

    def answers(self) -> Iterator[Answer]:
        """As :meth:`Store.answers`."""
        for store in self._stores():
            yield from store.answers()

    def counts(self, now: int) -> dict[str, Any]:
        """As :meth:`Store.counts`, of what lasts if there is one."""
        counted = self._read(lambda store: store.counts(now), None)
        return counted or self._in_memory().counts(now)

    def backup(self, path: Path) -> None:
        """As :func:`geocache.store.backup.backup`."""
        backup.backup(self._reached() or self._in_memory(), path)

    def restore(self, path: Path) -> None:
        """As :func:`geocache.store.backup.restore`.

        Raises:
            StoreError: the file is no backup, or the store cannot be written.
        """
        self._write(lambda store: backup.restore(store, path), or_refuse="restore")
