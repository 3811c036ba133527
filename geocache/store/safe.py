"""A store that goes on when its disk does not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from geocache.errors import StoreError
from geocache.place import Place, Position
from geocache.records import Answer, Pin
from geocache.store import copies, sqlite
from geocache.store.opening import ERRORS, open_store, short
from geocache.store.store import Store

T = TypeVar("T")


class SafeStore:
    """A :class:`Store`, and what happens when it cannot be had.

    - The file is damaged: it is set aside under a new name and a new one is started.
    - The file or its disk cannot be written: what is there is read, what is new is kept in memory.
    - The file cannot be opened at all: everything is kept in memory.

    Each adds a sentence to :attr:`warnings`, which stays.

    Raises:
        StoreError: the store was written by a newer version.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.warnings: list[str] = []
        self._writable = True
        self._memory: Store | None = None
        self._disk: Store | None = self._open()

    # Looking: memory holds what is newer

    def recall(
        self, provider: str, version: str, keys: Sequence[str], now: int
    ) -> dict[str, Position]:
        """As :meth:`Store.recall`."""
        nothing: dict[str, Position] = {}
        found = self._read(lambda store: store.recall(provider, version, keys, now), nothing)
        if self._memory:
            found = found | self._memory.recall(provider, version, keys, now)
        return found

    def look(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        """As :meth:`Store.look`."""
        asked = (pin_key, provider, version, key, now)
        if self._disk and not self._memory:
            try:
                return self._disk.look(*asked)
            except ERRORS as error:
                self._fail(error)
        pin = self.pinned([pin_key]).get(pin_key)
        return pin or self.recall(provider, version, [key], now).get(key)

    def pinned(self, keys: Sequence[str]) -> dict[str, Position]:
        """As :meth:`Store.pinned`."""
        nothing: dict[str, Position] = {}
        found = self._read(lambda store: store.pinned(keys), nothing)
        return found | self._memory.pinned(keys) if self._memory else found

    def revision(self) -> int:
        """As :meth:`Store.revision`."""
        revision = self._read(lambda store: store.revision(), 0)
        return revision + self._memory.revision() if self._memory else revision

    # Writing

    def remember(
        self, answers: Sequence[Answer], *, news: bool = True, lasting: bool = True
    ) -> None:
        """As :meth:`Store.remember`; ``lasting=False`` keeps them in memory only."""
        if lasting:
            self._write(lambda store: store.remember(answers, news=news))
        else:
            self._in_memory().remember(answers, news=news)

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
        return self._write_or_refuse("unpin", lambda store: store.unpin(place))

    def forget(self, **conditions: Any) -> int:
        """As :meth:`Store.forget`.

        Raises:
            StoreError: the store cannot be written.
        """
        return self._write_or_refuse("forget", lambda store: store.forget(**conditions))

    def tidy(self, provider: str, version: str) -> int:
        """As :meth:`Store.tidy`."""
        return self._write(lambda store: store.tidy(provider, version))

    def claim(self, provider: str, keys: Sequence[str], owner: str, seconds: float) -> set[str]:
        """As :meth:`Store.claim`."""
        return self._write(lambda store: store.claim(provider, keys, owner, seconds))

    def unclaimed(self, provider: str, keys: Sequence[str]) -> list[str]:
        """As :meth:`Store.unclaimed`."""
        if self._disk and self._writable:
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
        yield from self._each(lambda store: store.pins())

    def answers(self) -> Iterator[Answer]:
        """As :meth:`Store.answers`."""
        yield from self._each(lambda store: store.answers())

    def counts(self, now: int) -> dict[str, Any]:
        """As :meth:`Store.counts`, of the disk if there is one."""
        if self._disk:
            return self._disk.counts(now)
        return self._in_memory().counts(now)

    def backup(self, path: Path) -> None:
        """As :func:`geocache.store.copies.backup`."""
        copies.backup(self._disk or self._in_memory(), path)

    def restore(self, path: Path) -> None:
        """As :func:`geocache.store.copies.restore`.

        Raises:
            StoreError: the file is no backup, or the store cannot be written.
        """
        self._write_or_refuse("restore", lambda store: copies.restore(store, path))

    def close(self) -> None:
        """Close what is open; what was in memory is gone."""
        for store in (self._disk, self._memory):
            if store:
                store.close()

    # When the disk fails

    def _each(self, look: Callable[[Store], Iterator[T]]) -> Iterator[T]:
        for store in (self._disk, self._memory):
            if store:
                yield from look(store)

    def _read(self, look: Callable[[Store], T], nothing: T) -> T:
        if not self._disk:
            return nothing
        try:
            return look(self._disk)
        except ERRORS as error:
            self._fail(error)
            return look(self._disk) if self._disk else nothing

    def _write(self, do: Callable[[Store], T]) -> T:
        if self._disk and self._writable:
            try:
                return do(self._disk)
            except ERRORS as error:
                self._fail(error)
                if self._disk and self._writable:
                    return do(self._disk)
        return do(self._in_memory())

    def _write_or_refuse(self, what: str, do: Callable[[Store], T]) -> T:
        if self._disk and not self._writable:
            raise StoreError(f"cannot {what}: {self.warnings[-1]}")
        return self._write(do)

    def _in_memory(self) -> Store:
        if self._memory is None:
            self._memory = Store("sqlite://")
        return self._memory

    def _fail(self, error: Exception) -> None:
        """Make the best of an error of the disk's; raise it if it is none."""
        if sqlite.is_damaged(error) and self._disk:
            self._disk.close()
            self._disk = self._open()
        elif sqlite.is_unwritable(error) or isinstance(error, OSError):
            self._writable = False
            self._warn(
                f"the store cannot be written ({short(error)}): answers are kept in memory only"
            )
        else:
            raise StoreError(f"the store at {self.url} failed: {short(error)}") from error

    def _open(self) -> Store | None:
        opened = open_store(self.url)
        self._writable &= opened.writable
        for sentence in opened.warnings:
            self._warn(sentence)
        return opened.store

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)
