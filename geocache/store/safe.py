"""A store that goes on when its disk does not."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from geocache.place import Place, Position
from geocache.records import Answer, Pin
from geocache.store import copies
from geocache.store.degrading import Degrading
from geocache.store.opening import ERRORS


class SafeStore(Degrading):
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
        """As :func:`geocache.store.copies.backup`."""
        copies.backup(self._reached() or self._in_memory(), path)

    def restore(self, path: Path) -> None:
        """As :func:`geocache.store.copies.restore`.

        Raises:
            StoreError: the file is no backup, or the store cannot be written.
        """
        self._write(lambda store: copies.restore(store, path), or_refuse="restore")
