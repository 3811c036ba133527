"""LRU cache of opened lists, bounded by the size of their tables."""

import threading
from collections import OrderedDict
from weakref import WeakValueDictionary

from dashboard.library.lists import OpenedList

_TRIAL_BYTES = 2_000


class OpenedListCache:
    """LRU cache of opened lists, bounded by the size of their tables.

    A list that is still in use somewhere, as by a session's page, is found even after it was
    dropped: it is in memory anyway. The last one used is never dropped.

    Args:
        max_bytes: of all tables together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._held: OrderedDict[object, tuple[object, OpenedList, int]] = OrderedDict()
        self._in_use: WeakValueDictionary[tuple[object, object], OpenedList] = WeakValueDictionary()
        self._lock = threading.Lock()

    def get(self, key: object, version: object) -> OpenedList | None:
        """The list, if it is of that version and still in memory."""
        with self._lock:
            held = self._held.get(key)
            if held is not None and held[0] == version:
                self._held.move_to_end(key)
                return held[1]
            opened = self._in_use.get((key, version))
        if opened is not None:
            self.put(key, version, opened)
        return opened

    def get_any(self, key: object) -> tuple[object, OpenedList] | None:
        """The list in whatever version is in memory, with that version."""
        with self._lock:
            held = self._held.get(key)
        return (held[0], held[1]) if held is not None else None

    def put(self, key: object, version: object, opened: OpenedList) -> None:
        """Hold a list, and drop those unused longest while there are too many bytes."""
        size = count_table_bytes(opened)
        with self._lock:
            self._drop(key)
            self._held[key] = (version, opened, size)
            self._in_use[(key, version)] = opened
            self._bytes += size
            while self._bytes > self._max_bytes and len(self._held) > 1:
                self._drop(next(iter(self._held)))

    def discard(self, key: object) -> None:
        """Drop a list, if it is held."""
        with self._lock:
            self._drop(key)

    def _drop(self, key: object) -> None:
        held = self._held.pop(key, None)
        if held is not None:
            self._bytes -= held[2]


def count_table_bytes(opened: OpenedList) -> int:
    """About how much memory a list's tables and trials take."""
    reading = opened.reading
    if reading is None:
        return 0
    tables = [
        table for table in (reading.sites, reading.fields, reading.positions) if table is not None
    ]
    size = sum(int(table.memory_usage(deep=True).sum()) for table in tables)
    return size + _TRIAL_BYTES * len(reading.trials)
