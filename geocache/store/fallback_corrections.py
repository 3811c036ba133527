"""Corrections of facilities in a store that may fail: its part of :class:`FallbackStore`."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from geocache.facilities.corrections import Correction
from geocache.store.store import Store

T = TypeVar("T")


class FallbackCorrections:
    """Reads corrections from all stores, and writes them to the first that can be written."""

    @abstractmethod
    def _list_stores(self) -> Iterable[Store]: ...

    @abstractmethod
    def _write(self, call: Callable[[Store], T], *, or_refuse: str = "") -> T: ...

    def corrections(self) -> tuple[Correction, ...]:
        """As :meth:`Store.corrections`."""
        found: dict[str, Correction] = {}
        for store in self._list_stores():
            found |= {one.key: one for one in store.corrections()}
        return tuple(found.values())

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
