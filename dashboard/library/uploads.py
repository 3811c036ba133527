"""Lists that people bring, kept: each owner's own, and those shared with everyone.

An owner is a browser session, named by a random cookie, or :data:`EVERYONE`. A list is confirmed
once its home has all of it; what a killed process leaves half-written is never seen.
"""

import hashlib
import logging
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.errors import DashboardError, ListStorageError, ReadError
from dashboard.library.atomic_files import describe_disk_error
from dashboard.library.lists import OpenedList, open_bytes
from dashboard.library.upload_storage import (
    EVERYONE,
    FolderUploadStorage,
    UploadStorage,
    delete_expired,
)
from dashboard.readers import preview

log = logging.getLogger(__name__)

MAX_LISTS = 50
MAX_BYTES = 500_000_000
MAX_UNREAD_BYTES = 5_000_000
_READINGS_HELD = 200
_NOT_KEPT = "the list could not be kept"


class UploadError(DashboardError, OSError):
    """Raised when a list cannot be kept: too many, too large, or no room on the disk."""


@dataclass(frozen=True, slots=True)
class StoredList:
    """One list that somebody brought."""

    id: str
    opened: OpenedList


class UploadStore:
    """The lists people brought to one server.

    Args:
        folder: where they are kept, a folder for each owner; made if missing.
        check_may_share: raises where what everyone sees must not be changed.
        read: reads a list; as :func:`dashboard.library.lists.open_bytes`, which does it here and
            now.
        shared: where those shared with everyone are kept, unless in such a folder too.
    """

    def __init__(
        self,
        folder: Path,
        check_may_share: Callable[[], None] = lambda: None,
        read: Callable[[bytes, str, Mapping[str, str] | None], OpenedList] = open_bytes,
        shared: UploadStorage | None = None,
    ) -> None:
        self._folder = folder
        self._check_may_share = check_may_share
        self._read = read
        self._shared = shared or FolderUploadStorage(folder / EVERYONE)
        self._shared_last: tuple[StoredList, ...] = ()
        self._readings: OrderedDict[tuple[str, str], tuple[object, OpenedList]] = OrderedDict()
        self._lock = threading.Lock()

    def lists(self, owner: str) -> tuple[StoredList, ...]:
        """An owner's lists, oldest first; while their server is away, what they last were."""
        home = self._of(owner)
        try:
            opened = {
                list_id: self._opened(owner, home, list_id, version)
                for list_id, version in home.entries().items()
            }
        except ListStorageError as error:
            log.warning("%s", error)
            return self._shared_last
        found = tuple(
            StoredList(list_id, one) for list_id, one in opened.items() if one is not None
        )
        if owner == EVERYONE:
            self._shared_last = found
        return found

    def change_token(self, owner: str) -> object:
        """Differs once a list came or went, whichever process did that."""
        return self._of(owner).change_token()

    def add(
        self,
        owner: str,
        data: bytes,
        name: str,
        *,
        columns: Mapping[str, str] | None = None,
        opened: OpenedList | None = None,
    ) -> StoredList:
        """Keep a list and open it; one of the same name is replaced.

        What cannot be read is told in the list's error; it is kept only while it is small enough
        for a person to say which of its columns is what.

        ``name`` is the file's as the person knows it; ``columns`` which column is what, where a
        person said so, from now on; ``opened`` the list, where it was read already.

        Raises:
            UploadError: too many lists, too many bytes, or their home does not take it.
        """
        self._check(owner)
        opened = opened or self._read(data, name, columns)
        list_id = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        if opened.error and len(data) > MAX_UNREAD_BYTES:
            data = b""
        known = self.lists(owner)
        same = [one.id for one in known if one.opened.name == name]
        if len(known) - len(same) >= MAX_LISTS:
            raise UploadError(f"{MAX_LISTS} lists are open already: close some first")
        home = self._of(owner)
        with _refusing(_NOT_KEPT):
            if home.size() + len(data) > MAX_BYTES:
                raise UploadError(
                    f"more than {MAX_BYTES // 1_000_000} MB of lists: close some first"
                )
            version = home.write(list_id, data, _about(name, opened, columns))
        for old in same:
            self.remove(owner, old)
        self._hold(owner, list_id, version, opened)
        return StoredList(list_id, opened)

    def reread(self, owner: str, list_id: str, columns: Mapping[str, str]) -> StoredList:
        """Read a list again, its columns taken as the person says, from now on.

        Raises:
            UploadError: there is no such list, or its home does not take the choice.
        """
        self._check(owner)
        data = self.data(owner, list_id)
        home = self._of(owner)
        with _refusing(_NOT_KEPT):
            name = str(home.about(list_id)["name"])
            opened = self._read(data, name, columns)
            version = home.describe(list_id, _about(name, opened, columns))
        self._hold(owner, list_id, version, opened)
        return StoredList(list_id, opened)

    def preview(self, owner: str, list_id: str) -> tuple[tuple[str, ...], dict[str, str]]:
        """A plain table's columns, and which is taken for which; empty for any other file."""
        try:
            data = self.data(owner, list_id)
            found = preview(data, list_id) if len(data) <= MAX_UNREAD_BYTES else None
        except (UploadError, ReadError):
            found = None
        return (found.header, dict(found.columns)) if found else ((), {})

    def data(self, owner: str, list_id: str) -> bytes:
        """A list's bytes as they were brought.

        Raises:
            UploadError: there is no such list, or it cannot be reached.
        """
        with _refusing("the list cannot be read"):
            return self._of(owner).data(list_id)

    def columns(self, owner: str, list_id: str) -> dict[str, str]:
        """Which column of a list is what, where a person said so; else empty.

        Raises:
            UploadError: there is no such list, or it cannot be reached.
        """
        with _refusing("the list cannot be read"):
            return dict(self._of(owner).about(list_id).get("columns") or {})

    def remove(self, owner: str, list_id: str) -> None:
        """Delete a list for good.

        Raises:
            UploadError: its home does not do it now.
        """
        self._check(owner)
        with _refusing("the list could not be deleted"):
            self._of(owner).delete(list_id)
        with self._lock:
            self._readings.pop((owner, list_id), None)

    def delete_expired(self) -> None:
        """Delete the lists of sessions that were not used for a week, and what was half-written."""
        delete_expired(self._folder)

    def close(self) -> None:
        """Let go of connections; the next call makes new ones."""
        self._shared.close()

    def _check(self, owner: str) -> None:
        if owner == EVERYONE:
            self._check_may_share()

    def _of(self, owner: str) -> UploadStorage:
        if owner == EVERYONE:
            return self._shared
        # The cookie itself is a secret: a folder's name must not be one.
        return FolderUploadStorage(self._folder / hashlib.sha256(owner.encode()).hexdigest()[:32])

    def _opened(
        self, owner: str, home: UploadStorage, list_id: str, version: object
    ) -> OpenedList | None:
        with self._lock:
            known = self._readings.get((owner, list_id))
            if known is not None and known[0] == version:
                self._readings.move_to_end((owner, list_id))
                return known[1]
        try:
            about = home.about(list_id)
            if about.get("error"):
                opened = OpenedList(str(about["name"]), error=str(about["error"]))
            else:
                opened = self._read(home.data(list_id), str(about["name"]), about.get("columns"))
        except ListStorageError:
            raise
        except (OSError, ValueError, KeyError) as error:
            log.warning("A list on the shelf cannot be opened: %s", error)
            return None
        self._hold(owner, list_id, version, opened)
        return opened

    def _hold(self, owner: str, list_id: str, version: object, opened: OpenedList) -> None:
        with self._lock:
            self._readings[(owner, list_id)] = (version, opened)
            self._readings.move_to_end((owner, list_id))
            while len(self._readings) > _READINGS_HELD:
                self._readings.popitem(last=False)


def _about(name: str, opened: OpenedList, columns: Mapping[str, str] | None) -> dict[str, Any]:
    about: dict[str, Any] = {"name": name, "error": opened.error}
    return {**about, "columns": dict(columns)} if columns else about


@contextmanager
def _refusing(what: str) -> Iterator[None]:
    try:
        yield
    except UploadError:
        raise
    except FileNotFoundError as error:
        raise UploadError("this list is no longer here") from error
    except (OSError, ValueError) as error:
        log.warning("%s: %s", what, error)
        why = describe_disk_error(error) if isinstance(error, OSError) else "it is damaged"
        raise UploadError(f"{what}: {why}") from error
