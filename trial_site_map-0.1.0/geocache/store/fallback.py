"""A store that falls back to memory when its database fails."""

import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from filelock import Timeout

from geocache.errors import StoreError
from geocache.facilities.corrections import Correction
from geocache.place import Place, Position
from geocache.records import Answer, Pin
from geocache.store import backup
from geocache.store.backends import load_backend
from geocache.store.damage import list_warnings
from geocache.store.database import Trouble, public_url
from geocache.store.opening import open_store
from geocache.store.outage import OUTAGE_WARNINGS, Outage
from geocache.store.retry import DATABASE_ERRORS, call_with_retries, summarize_error
from geocache.store.salvage import read_corrections, read_pins
from geocache.store.sqlite_file import database_file
from geocache.store.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")

_RETRY_SECONDS = 5.0


class FallbackStore:
    """A :class:`Store` that keeps working when its database does not.

    - A damaged file is moved aside under a new name, and what can be read of it into a new one;
      meanwhile, the pins that can be read and new records are in memory.
    - If the file or its disk cannot be written, it is read, and new records stay in memory.
    - If the file cannot be opened at all, everything stays in memory.
    - After a lost connection to a server the call is retried on a new one.
    - If the server cannot be reached, records stay in memory, and are written once it is back.

    Each of these except the retry adds a sentence to :attr:`warnings`, for as long as it is true.

    Args:
        url: SQLAlchemy URL of the store.

    Raises:
        StoreError: the store was written by a newer version.
        ConfigurationError: the URL cannot work.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = public_url(url)
        self._backend = load_backend(url)
        self._read_only = False
        self._opening_warnings: list[str] = []
        self._outages: dict[Trouble, Outage] = {}
        """``AWAY``: a server; ``UNWRITABLE``: for example a full disk."""
        self._lock = threading.RLock()
        self._memory: Store | None = None
        """Holds what the database does not take."""
        self._transient: Store | None = None
        """Holds answers that may not be stored on disk."""
        self._seen = self._reported = self._shift = 0  # revisions
        self._file = database_file(url)
        self._replacing: threading.Thread | None = None
        self._primary: Store | None = self._open()
        self._inode = self._read_inode()

    @property
    def warnings(self) -> list[str]:
        """What does not work now, and damage that nobody has acknowledged, for people to read."""
        damage = list_warnings(self._file) if self._file else []
        now = [each.warning for each in list(self._outages.values())]
        return [*damage, *self._opening_warnings, *now]

    @property
    def persistent(self) -> bool:
        """Whether a record written now outlives this process."""
        return bool(self._primary) and self._writable and not self._outages

    def close(self) -> None:
        """Close the stores; what is only in memory is lost."""
        if self._replacing is not None:
            self._replacing.join()
        for store in (self._primary, self._memory, self._transient):
            if store:
                store.close()

    # Reading: memory holds the newer records

    def revision(self) -> int:
        """As :meth:`Store.revision`; the last known one while a server is away."""
        if self._file and self._primary and self._inode != self._read_inode():
            self._reopen()  # another process has replaced a damaged file
        self._seen = self._read(lambda store: store.revision(), self._seen)
        self._reported = self._seen + self._shift
        if self._memory:
            self._reported += self._memory.revision()
        return self._reported

    def recall(
        self, provider: str, version: str, keys: Sequence[str], now: int
    ) -> dict[str, Position]:
        """As :meth:`Store.recall`."""
        nothing: dict[str, Position] = {}
        found = self._read(lambda store: store.recall(provider, version, keys, now), nothing)
        for store in (self._memory, self._transient):
            if store:
                found = found | store.recall(provider, version, keys, now)
        return found

    def look_up(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        """As :meth:`Store.look_up`."""
        if self._primary and not (self._memory or self._transient or self._outages):
            try:
                return self._primary.look_up(pin_key, provider, version, key, now)
            except DATABASE_ERRORS:
                pass  # the calls below handle it
        pin = self.find_pins([pin_key]).get(pin_key)
        return pin or self.recall(provider, version, [key], now).get(key)

    def find_pins(self, keys: Sequence[str]) -> dict[str, Position]:
        """As :meth:`Store.find_pins`."""
        nothing: dict[str, Position] = {}
        found = self._read(lambda store: store.find_pins(keys), nothing)
        return found | self._memory.find_pins(keys) if self._memory else found

    def pins(self) -> Iterator[Pin]:
        """As :meth:`Store.pins`."""
        return self._iter_merged(Store.pins, lambda pin: pin.place)

    def answers(self) -> Iterator[Answer]:
        """As :meth:`Store.answers`."""
        return self._iter_merged(Store.answers, lambda one: (one.key, one.provider, one.version))

    def corrections(self) -> tuple[Correction, ...]:
        """As :meth:`Store.corrections`."""
        return tuple(self._iter_merged(Store.corrections, lambda correction: correction.key))

    def _iter_merged(
        self, read: Callable[[Store], Iterable[T]], key: Callable[[T], Hashable]
    ) -> Iterator[T]:
        """The records of all stores, each once."""
        # What is in memory is read first: it may be written to the database meanwhile.
        memories = [store for store in (self._memory, self._transient) if store]
        newer = {key(record): record for store in memories for record in read(store)}
        primary = self._reach_primary()
        if primary:
            yield from (record for record in read(primary) if key(record) not in newer)
        yield from newer.values()

    def count(self, now: int) -> dict[str, Any]:
        """As :meth:`Store.count`, of the database if it can be reached."""
        counts = self._read(lambda store: store.count(now), None)
        return counts or self._open_memory().count(now)

    # Writing

    def remember(
        self, answers: Sequence[Answer], *, changes_revision: bool = True, persistent: bool = True
    ) -> None:
        """As :meth:`Store.remember`; ``persistent=False`` keeps the answers in memory only."""
        if persistent:
            self._write(lambda store: store.remember(answers, changes_revision=changes_revision))
            return
        if self._transient is None:
            self._transient = Store("sqlite://")
        self._transient.remember(answers, changes_revision=changes_revision)

    def import_newer(self, answers: Sequence[Answer]) -> int:
        """As :meth:`Store.import_newer`."""
        return self._write(lambda store: store.import_newer(answers))

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

    def change_corrections(
        self, added: Sequence[Correction], removed: Sequence[Correction] = ()
    ) -> None:
        """As :meth:`Store.change_corrections`.

        Raises:
            StoreError: some are removed, and the store cannot be written.
        """
        self._write(
            lambda store: store.change_corrections(added, removed),
            or_refuse="undo a correction" if removed else "",
        )

    def forget(self, **conditions: Any) -> int:
        """As :meth:`Store.forget`.

        Raises:
            StoreError: the store cannot be written.
        """
        return self._write(lambda store: store.forget(**conditions), or_refuse="forget")

    def delete_other_versions(self, provider: str, version: str) -> int:
        """As :meth:`Store.delete_other_versions`."""
        return self._write(lambda store: store.delete_other_versions(provider, version))

    # Claims and rate limits

    def claim(self, provider: str, keys: Sequence[str], owner: str, seconds: float) -> set[str]:
        """As :meth:`Claims.take`."""
        return self._write(lambda store: store.claims.take(provider, keys, owner, seconds))

    def list_unclaimed(self, provider: str, keys: Sequence[str]) -> list[str]:
        """As :meth:`Claims.list_unclaimed`."""
        if self._writable and self._reach_primary():
            return self._read(lambda store: store.claims.list_unclaimed(provider, keys), list(keys))
        return self._open_memory().claims.list_unclaimed(provider, keys)

    def renew_claims(self, owner: str, seconds: float) -> None:
        """As :meth:`Claims.renew`."""
        self._write(lambda store: store.claims.renew(owner, seconds))

    def release_claims(self, owner: str) -> None:
        """As :meth:`Claims.release`."""
        self._write(lambda store: store.claims.release(owner))

    def acquire_slot(
        self, provider: str, interval_seconds: float, *, max_wait_seconds: float
    ) -> float | None:
        """As :meth:`RateLimits.acquire_slot`."""
        return self._write(
            lambda store: store.rate_limits.acquire_slot(
                provider, interval_seconds, max_wait_seconds=max_wait_seconds
            )
        )

    def back_off(self, provider: str, seconds: float) -> None:
        """As :meth:`RateLimits.back_off`."""
        self._write(lambda store: store.rate_limits.back_off(provider, seconds))

    # Backup and restore

    def backup(self, path: Path) -> None:
        """As :func:`geocache.store.backup.backup`."""
        backup.backup(self._reach_primary() or self._open_memory(), path)

    def restore(self, path: Path) -> None:
        """As :func:`geocache.store.backup.restore`.

        Raises:
            StoreError: the file is no backup, or the store cannot be written.
        """
        self._write(lambda store: backup.restore(store, path), or_refuse="restore")

    # Calls

    def _read(self, call: Callable[[Store], T], nothing: T) -> T:
        """The database's result; ``nothing`` while it cannot be reached."""
        store = self._reach_primary()
        if store is None:
            return nothing
        try:
            return self._call(store, call)
        except DATABASE_ERRORS as error:
            self._handle(error)
            store = self._reach_primary()
            return call(store) if store else nothing

    def _write(self, call: Callable[[Store], T], *, or_refuse: str = "") -> T:
        """Write to the database, else to memory; or refuse, where memory could only pretend."""
        for _ in range(2):  # the second time to what an error left of the database
            store = self._reach_primary()
            if store and self._writable:
                try:
                    return self._call(store, call)
                except DATABASE_ERRORS as error:
                    self._handle(error)
        if or_refuse and not self.persistent and (self._primary or self._outages):
            raise StoreError(f"cannot {or_refuse}: {self.warnings[-1]}")
        return call(self._open_memory())

    def _call(self, store: Store, call: Callable[[Store], T]) -> T:
        return call_with_retries(lambda: call(store), self._backend, store.reset)

    def _open_memory(self) -> Store:
        if self._memory is None:
            self._memory = Store("sqlite://")
        return self._memory

    @property
    def _writable(self) -> bool:
        return not self._read_only and Trouble.UNWRITABLE not in self._outages

    # Errors

    def _open(self, *, damaged: bool = False) -> Store | None:
        opened = open_store(self.url, damaged=damaged)
        self._read_only |= not opened.writable
        for warning in opened.warnings:
            if warning not in self._opening_warnings:
                self._opening_warnings.append(warning)
        if opened.away:
            self._begin_outage(Trouble.AWAY, opened.away)
        if opened.passing:
            self._begin_outage(Trouble.UNWRITABLE, opened.passing)
        return opened.store

    def _handle(self, error: Exception) -> None:
        """Prepare to go on without the database; raises the error if that is not possible."""
        trouble, cause = self._backend.classify(error), summarize_error(error)
        if trouble is Trouble.DAMAGED and self._primary and self._file:
            self._begin_replacing(cause)
        elif trouble in OUTAGE_WARNINGS:
            self._begin_outage(trouble, cause)
        else:
            raise StoreError(f"the store at {self.name} failed: {cause}") from error

    def _begin_outage(self, trouble: Trouble, cause: str) -> None:
        with self._lock:
            if trouble in self._outages:
                return
            warning = OUTAGE_WARNINGS[trouble].format(cause=cause)
            self._outages[trouble] = Outage(warning, time.monotonic() + _RETRY_SECONDS)
        log.warning("%s: %s", self.name, warning)

    def _begin_replacing(self, cause: str) -> None:
        """Go on from memory while a thread replaces the damaged file."""
        with self._lock:
            if Trouble.DAMAGED in self._outages or self._file is None:
                return
            self._begin_outage(Trouble.DAMAGED, cause)
            self._open_memory().pin(read_pins(self._file))
            self._open_memory().change_corrections(read_corrections(self._file))
            old, self._primary = self._primary, None
            if old:
                old.close()
            self._replacing = threading.Thread(target=self._replace, name="replace-store")
            self._replacing.start()

    def _replace(self) -> None:
        try:
            store = self._open(damaged=True)
        except (*DATABASE_ERRORS, StoreError, Timeout) as error:
            log.exception("%s: the damaged store cannot be replaced", self.name)
            why = f"the store is damaged and cannot be replaced ({summarize_error(error)}): "
            self._opening_warnings.append(why + "answers and pins are kept in memory only")
            self._read_only = True
            store = None
        if store and self._writable and self._memory:
            with suppress(*DATABASE_ERRORS):  # before anybody reads the new store
                store.take_newer(self._memory)
        with self._lock:
            self._primary = store
            self._inode = self._read_inode()
            self._outages.pop(Trouble.DAMAGED, None)
            if store and self._writable:
                self._try_to_recover()

    def _reopen(self) -> None:
        with self._lock:
            if self._primary is None or self._inode == self._read_inode():
                return  # another thread was faster
            self._inode = self._read_inode()
            try:
                opened = self._open()
            except (*DATABASE_ERRORS, StoreError) as error:
                log.warning("%s: the new file cannot be opened: %s", self.name, error)
                return
            old, self._primary = self._primary, opened
            old.close()

    def _read_inode(self) -> int:
        with suppress(OSError):
            return self._file.stat().st_ino if self._file else 0
        return 0

    # Recovery

    def _reach_primary(self) -> Store | None:
        """The database, unless its server is away; retries what does not work, in intervals."""
        if Trouble.DAMAGED in self._outages:
            return None
        outage = self._outages.get(Trouble.AWAY) or self._outages.get(Trouble.UNWRITABLE)
        if outage and time.monotonic() >= outage.retry_at and self._lock.acquire(blocking=False):
            try:
                if self._outages:
                    self._try_to_recover()
            finally:
                self._lock.release()
        return None if Trouble.AWAY in self._outages else self._primary

    def _try_to_recover(self) -> None:
        """Reach the server, then write to it what memory holds; each step ends its own outage."""
        began = time.monotonic()
        try:
            store = self._primary
            if store is None or store.read_only:  # opened while it could not be written
                store = Store(self.url)
            revision = store.revision()
            self._primary = store
            if self._outages.pop(Trouble.AWAY, None):
                self._report_change(revision)
            self._write_memory_to(store)
        except (*DATABASE_ERRORS, StoreError) as error:
            now = time.monotonic()
            if not isinstance(error, StoreError):
                trouble = self._backend.classify(error)
                if trouble in OUTAGE_WARNINGS:
                    self._begin_outage(trouble, summarize_error(error))
            # At most a tenth of the time is spent waiting for a server or a lock.
            for each in self._outages.values():
                each.retry_at = now + max(_RETRY_SECONDS, 10 * (now - began))
            log.info("%s: still failing: %s", self.name, error)
            return
        self._outages.clear()
        self._report_change(revision)
        log.warning("%s: the store can be written again", self.name)

    def _write_memory_to(self, store: Store) -> None:
        """Write what memory holds to the database, except where that has something newer."""
        memory, self._memory = self._memory, None
        if memory is None:
            if Trouble.UNWRITABLE in self._outages:
                store.check_writable()
            return
        try:
            store.take_newer(memory)
        except BaseException:
            self._memory = memory
            raise
        memory.close()

    def _report_change(self, revision: int) -> None:
        """Make the next :meth:`revision` greater than the last, given the database's."""
        following = revision + self._shift
        if self._memory:
            following += self._memory.revision()
        self._shift += max(0, self._reported + 1 - following)
