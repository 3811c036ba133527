"""Uploaded lists: each session's own, and those shared with everyone.

An owner is a browser session, named by a random cookie, or :data:`EVERYONE`. A list counts as
stored once its storage has all of it; what a killed process leaves half-written is never seen.
"""

import hashlib
import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from dashboard.errors import DashboardError, ListStorageError, ReadError
from dashboard.library.atomic_files import describe_disk_error
from dashboard.library.decision_file import (
    MAX_DECISIONS,
    index_decisions,
    read_decisions,
    write_decisions,
)
from dashboard.library.lists import InlineReader, OpenedList, Reader
from dashboard.library.pin_file import index_pins, list_place_keys, read_pins, write_pins
from dashboard.library.upload_storage import (
    EVERYONE,
    FolderUploadStorage,
    UploadStorage,
    delete_expired,
)
from dashboard.sites.decisions import Decision
from geocache.errors import InputError
from geocache.keys import place_key
from geocache.place import Place
from geocache.records import Pin

log = logging.getLogger(__name__)

MAX_LISTS = 50
MAX_BYTES = 500_000_000
MAX_UNREAD_BYTES = 5_000_000
"""A file that could not be read is stored up to this size, for somebody to name its columns."""
MAX_CACHED_BYTES = 256 * 2**20
"""Opened lists in memory, over all owners."""
MAX_PINS = 10_000
"""Pins of one owner."""
_TRIAL_BYTES = 2_000
_NOT_STORED = "the list could not be stored"


class UploadError(DashboardError, OSError):
    """Raised when a list cannot be stored: too many, too large, or no room on the disk."""


@dataclass(frozen=True, slots=True)
class StoredList:
    """One uploaded list."""

    id: str
    opened: OpenedList
    shared_by: str = ""
    """Of a shared list, :func:`hash_owner` of the session that shared it."""


def hash_owner(owner: str) -> str:
    """A session's name in files: its cookie is a secret, which none of them may hold."""
    return hashlib.sha256(owner.encode()).hexdigest()[:32]


class UploadStore:
    """The uploaded lists of one server.

    Args:
        folder: has a folder for each owner; made if missing.
        check_may_share: raises where shared lists must not be changed.
        reader: parses files; in this process unless another is given.
        shared: the storage of shared lists, unless they are in such a folder too.
    """

    def __init__(
        self,
        folder: Path,
        check_may_share: Callable[[], None] = lambda: None,
        reader: Reader | None = None,
        shared: UploadStorage | None = None,
    ) -> None:
        self._folder = folder
        self._check_may_share = check_may_share
        self._reader = reader or InlineReader()
        self._shared = shared or FolderUploadStorage(folder / EVERYONE)
        self._shared_lists: tuple[StoredList, ...] = ()
        self._cache = OpenedListCache(MAX_CACHED_BYTES)
        self._pins_lock = threading.Lock()

    def lists(self, owner: str) -> tuple[StoredList, ...]:
        """An owner's lists, oldest first; while their server is away, the last ones known."""
        storage = self._storage(owner)
        try:
            opened = {
                list_id: self._open(owner, storage, list_id, version)
                for list_id, version in storage.list_versions().items()
            }
        except ListStorageError as error:
            log.warning("%s", error)
            return self._shared_lists
        found = tuple(
            StoredList(list_id, one, self._read_sharer(storage, list_id, owner))
            for list_id, one in opened.items()
            if one
        )
        if owner == EVERYONE:
            self._shared_lists = found
        return found

    def change_token(self, owner: str) -> object:
        """Differs after a change of an owner's lists by any process."""
        return self._storage(owner).change_token()

    def add(
        self,
        owner: str,
        data: bytes,
        name: str,
        *,
        columns: Mapping[str, str] | None = None,
        opened: OpenedList | None = None,
        shared_by: str = "",
    ) -> StoredList:
        """Store a list and open it; one of the same name is replaced.

        A file that cannot be read has the reason in the list's error, and is stored only up to
        :data:`MAX_UNREAD_BYTES`.

        Args:
            owner: a session or :data:`EVERYONE`.
            data: the file's bytes.
            name: the file's name as the person knows it.
            columns: which column is which, where a person named them.
            opened: the list, where it was read already.
            shared_by: the session that shares it, which may take it back.

        Raises:
            UploadError: too many lists, too many bytes, or the storage fails.
        """
        self._check(owner)
        opened = opened or self._reader.read(data, name, columns, owner=owner)
        list_id = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        if opened.error and len(data) > MAX_UNREAD_BYTES:
            data = b""
        known = self.lists(owner)
        same = [one.id for one in known if one.opened.name == name]
        if len(known) - len(same) >= MAX_LISTS:
            raise UploadError(f"{MAX_LISTS} lists are open already: close some first")
        storage = self._storage(owner)
        with _refuse(_NOT_STORED):
            if storage.count_bytes() + len(data) > MAX_BYTES:
                raise UploadError(
                    f"more than {MAX_BYTES // 1_000_000} MB of lists: close some first"
                )
            metadata = _build_metadata(name, opened, columns)
            metadata |= {"shared_by": hash_owner(shared_by)} if shared_by else {}
            version = storage.write(list_id, data, metadata)
        for old in same:
            self.remove(owner, old)
        self._cache.put((owner, list_id), version, opened)
        return StoredList(list_id, opened)

    def reread(self, owner: str, list_id: str, columns: Mapping[str, str]) -> StoredList:
        """Read a list again with the columns that a person named, now and from now on.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        self._check(owner)
        data = self.read_data(owner, list_id)
        storage = self._storage(owner)
        with _refuse(_NOT_STORED):
            name = str(storage.read_metadata(list_id)["name"])
            opened = self._reader.read(data, name, columns, owner=owner)
            metadata = _build_metadata(name, opened, columns)
            version = storage.write_metadata(list_id, metadata)
        self._cache.put((owner, list_id), version, opened)
        return StoredList(list_id, opened)

    def preview(self, owner: str, list_id: str) -> tuple[tuple[str, ...], dict[str, str]]:
        """The header of a plain table, and which column is taken for which; else empty."""
        try:
            data = self.read_data(owner, list_id)
            small = len(data) <= MAX_UNREAD_BYTES
            found = self._reader.preview(data, list_id, owner=owner) if small else None
        except (UploadError, ReadError):
            found = None
        return (found.header, dict(found.columns)) if found else ((), {})

    def read_data(self, owner: str, list_id: str) -> bytes:
        """The bytes of a list as they were uploaded.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        with _refuse("the list cannot be read"):
            return self._storage(owner).read(list_id)

    def read_columns(self, owner: str, list_id: str) -> dict[str, str]:
        """Which column of a list is which, where a person named them; else empty.

        Raises:
            UploadError: there is no such list, or the storage fails.
        """
        with _refuse("the list cannot be read"):
            return dict(self._storage(owner).read_metadata(list_id).get("columns") or {})

    def remove(self, owner: str, list_id: str) -> None:
        """Delete a list for good.

        Raises:
            UploadError: the storage fails.
        """
        self._check(owner)
        with _refuse("the list could not be deleted"):
            self._storage(owner).delete(list_id)
        self._cache.discard((owner, list_id))
        if owner != EVERYONE and self.pins(owner):
            self._delete_unused_pins(owner)

    def pins(self, owner: str) -> tuple[Pin, ...]:
        """The pins of a session on its own lists, oldest first; none if they cannot be read."""
        try:
            return read_pins(self._folder_of_session(owner))
        except (OSError, InputError) as error:
            log.warning("The pins of a session cannot be read: %s", error)
            return ()

    def pin(self, owner: str, pins: Iterable[Pin]) -> None:
        """Set pins that only this session sees, replacing those of the same places.

        Raises:
            InputError: a pin is not valid.
            UploadError: too many pins, or the storage fails.
        """
        new = index_pins(pins)
        for pin in new.values():
            pin.check()

        def change(pins: dict[str, Pin]) -> dict[str, Pin]:
            return {key: pin for key, pin in pins.items() if key not in new} | new

        self._change_pins(owner, change)

    def unpin(self, owner: str, places: Iterable[Place]) -> None:
        """Remove pins that only this session sees.

        Raises:
            UploadError: the storage fails.
        """
        keys = {place_key(place) for place in places}
        self._change_pins(owner, lambda pins: {k: p for k, p in pins.items() if k not in keys})

    def decisions(self, owner: str) -> tuple[Decision, ...]:
        """What a session decided about sites, oldest first; nothing if it cannot be read."""
        try:
            return read_decisions(self._folder_of_session(owner))
        except OSError as error:
            log.warning("The decisions of a session cannot be read: %s", error)
            return ()

    def decide(self, owner: str, decisions: Iterable[Decision]) -> None:
        """Set decisions that only this session sees, replacing those about the same sites.

        One that says nothing deletes what there was.

        Raises:
            UploadError: a decision is not valid, there are too many, or the storage fails.
        """
        folder = self._folder_of_session(owner)
        with self._pins_lock, _refuse("the decision could not be stored"):
            new = index_decisions(decisions)
            for one in new.values():
                try:
                    one.check()
                except ValueError as error:
                    raise UploadError(str(error)) from None
            known = index_decisions(self.decisions(owner))
            kept = [one for one in (known | new).values() if not one.is_empty]
            if len(kept) > MAX_DECISIONS:
                raise UploadError(f"more than {MAX_DECISIONS:,} sites with a decision or note")
            write_decisions(folder, kept)

    def _delete_unused_pins(self, owner: str) -> None:
        """Delete the pins of places that are in none of the owner's lists any more."""
        keys = list_place_keys(one.opened for one in self.lists(owner))
        self._change_pins(owner, lambda pins: {k: p for k, p in pins.items() if k in keys})

    def _change_pins(self, owner: str, change: Callable[[dict[str, Pin]], dict[str, Pin]]) -> None:
        folder = self._folder_of_session(owner)
        with self._pins_lock, _refuse("the pins could not be stored"):
            pins = change(index_pins(self.pins(owner)))
            if len(pins) > MAX_PINS:
                raise UploadError(f"more than {MAX_PINS:,} pins on your own lists")
            write_pins(folder, tuple(pins.values()))

    def delete_expired(self) -> None:
        """Delete the lists of sessions unused for a week, and half-written files."""
        delete_expired(self._folder)

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        self._shared.close()

    def _check(self, owner: str) -> None:
        if owner == EVERYONE:
            self._check_may_share()

    def _storage(self, owner: str) -> UploadStorage:
        if owner == EVERYONE:
            return self._shared
        return FolderUploadStorage(self._folder_of_session(owner))

    def _folder_of_session(self, owner: str) -> Path:
        if owner == EVERYONE:
            raise ValueError("no session has this name")
        return self._folder / hash_owner(owner)

    def _read_sharer(self, storage: UploadStorage, list_id: str, owner: str) -> str:
        if owner != EVERYONE:
            return ""
        try:
            return str(storage.read_metadata(list_id).get("shared_by", ""))
        except (OSError, ValueError):
            return ""

    def _open(
        self, owner: str, storage: UploadStorage, list_id: str, version: object
    ) -> OpenedList | None:
        known = self._cache.get((owner, list_id), version)
        if known is not None:
            return known
        try:
            metadata = storage.read_metadata(list_id)
            name = str(metadata["name"])
            if metadata.get("error"):
                opened = OpenedList(name, error=str(metadata["error"]))
            else:
                data, columns = storage.read(list_id), metadata.get("columns")
                opened = self._reader.read(data, name, columns, owner=owner)
        except ListStorageError:
            raise
        except (OSError, ValueError, KeyError) as error:
            log.warning("A stored list cannot be opened: %s", error)
            return None
        self._cache.put((owner, list_id), version, opened)
        return opened


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


def _build_metadata(
    name: str, opened: OpenedList, columns: Mapping[str, str] | None
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "error": opened.error}
    return {**metadata, "columns": dict(columns)} if columns else metadata


@contextmanager
def _refuse(outcome: str) -> Iterator[None]:
    """Turn a failure of the storage into an UploadError that names no path."""
    try:
        yield
    except UploadError:
        raise
    except FileNotFoundError as error:
        raise UploadError("this list is no longer here") from error
    except (OSError, ValueError) as error:
        log.warning("%s: %s", outcome, error)
        reason = describe_disk_error(error) if isinstance(error, OSError) else "it is damaged"
        raise UploadError(f"{outcome}: {reason}") from error
