"""Lists that people bring, kept on disk: each owner's own, and those shared with everyone.

An owner is a browser session, named by a random cookie, or :data:`EVERYONE`. A list is confirmed
once its two files are renamed into place; what a killed process leaves half-written is never seen.
"""

import hashlib
import json
import logging
import shutil
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.errors import DashboardError, ReadError
from dashboard.files import begun_long_ago, changed_at, disk_words, sweep, write_whole
from dashboard.library import OpenedList, opened_bytes
from dashboard.readers import preview

log = logging.getLogger(__name__)

EVERYONE = "everyone"
MAX_LISTS = 50
MAX_BYTES = 500_000_000
EXPIRE_SECONDS = 7 * 86_400.0
MOST_UNREAD_BYTES = 5_000_000
_READINGS_HELD = 200


class ShelfError(DashboardError, OSError):
    """Raised when a list cannot be kept: too many, too large, or no room on the disk."""


@dataclass(frozen=True, slots=True)
class OwnList:
    """One list that somebody brought."""

    id: str
    opened: OpenedList


class Shelf:
    """The lists people brought to one server.

    Args:
        folder: where they are kept; made if missing.
        check_may_share: raises where what everyone sees must not be changed.
    """

    def __init__(self, folder: Path, check_may_share: Callable[[], None] = lambda: None) -> None:
        self._folder = folder
        self._check_may_share = check_may_share
        self._readings: OrderedDict[tuple[str, str], OpenedList] = OrderedDict()
        self._lock = threading.Lock()

    def lists(self, owner: str) -> tuple[OwnList, ...]:
        """An owner's lists, oldest first."""
        found = []
        for path in sorted(self._of(owner).glob("*.json")):
            opened = self._opened(owner, path)
            if opened is not None:
                found.append(OwnList(path.stem, opened))
        return tuple(found)

    def mark(self, owner: str) -> int:
        """Differs once a list came or went, whichever process did that."""
        return changed_at(self._of(owner))

    def add(
        self, owner: str, data: bytes, name: str, *, opened: OpenedList | None = None
    ) -> OwnList:
        """Keep a list and open it; one of the same name is replaced.

        What cannot be read is told in the list's error; it is kept only while it is small enough
        for a person to say which of its columns is what. ``opened``: where it was read already.

        Raises:
            ShelfError: too many lists, too many bytes, or the disk does not take it.
        """
        self._check(owner)
        opened = opened or opened_bytes(data, name)
        list_id = f"{time.time_ns():020d}-{uuid.uuid4().hex[:8]}"
        if opened.error and len(data) > MOST_UNREAD_BYTES:
            data = b""
        known = self.lists(owner)
        same = [one.id for one in known if one.opened.name == name]
        if len(known) - len(same) >= MAX_LISTS:
            raise ShelfError(f"{MAX_LISTS} lists are open already: close some first")
        if self._size(owner) + len(data) > MAX_BYTES:
            raise ShelfError(f"more than {MAX_BYTES // 1_000_000} MB of lists: close some first")
        self._write(owner, list_id, data, {"name": name, "error": opened.error})
        for old in same:
            self.remove(owner, old)
        self._hold(owner, list_id, opened)
        return OwnList(list_id, opened)

    def reread(self, owner: str, list_id: str, columns: Mapping[str, str]) -> OwnList:
        """Read a list again, its columns taken as the person says, from now on.

        Raises:
            ShelfError: there is no such list, or the disk does not take the choice.
        """
        self._check(owner)
        data = self.data(owner, list_id)
        name = str(self._about(self._of(owner) / f"{list_id}.json")["name"])
        opened = opened_bytes(data, name, columns)
        self._write(
            owner, list_id, data, {"name": name, "error": opened.error, "columns": dict(columns)}
        )
        self._hold(owner, list_id, opened)
        return OwnList(list_id, opened)

    def preview(self, owner: str, list_id: str) -> tuple[tuple[str, ...], dict[str, str]]:
        """A plain table's columns, and which is taken for which; empty for any other file."""
        try:
            data = self.data(owner, list_id)
            found = preview(data, list_id) if len(data) <= MOST_UNREAD_BYTES else None
        except (ShelfError, ReadError):
            found = None
        return (found.header, dict(found.columns)) if found else ((), {})

    def data(self, owner: str, list_id: str) -> bytes:
        """A list's bytes as they were brought."""
        try:
            return (self._of(owner) / f"{list_id}.bin").read_bytes()
        except OSError as error:
            raise ShelfError("this list is no longer here") from error

    def remove(self, owner: str, list_id: str) -> None:
        """Delete a list for good."""
        self._check(owner)
        for suffix in (".json", ".bin"):
            (self._of(owner) / f"{list_id}{suffix}").unlink(missing_ok=True)
        with self._lock:
            self._readings.pop((owner, list_id), None)

    def expire(self) -> None:
        """Delete the lists of sessions that were not used for a week, and what was half-written."""
        oldest = time.time() - EXPIRE_SECONDS
        for folder in self._folder.glob("*"):
            if folder.name != EVERYONE and changed_at(folder) < oldest * 1e9:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            sweep(folder)
            for path in folder.glob("*.bin"):
                if begun_long_ago(path) and not path.with_suffix(".json").exists():
                    path.unlink(missing_ok=True)

    def _check(self, owner: str) -> None:
        if owner == EVERYONE:
            self._check_may_share()

    def _of(self, owner: str) -> Path:
        if owner == EVERYONE:
            return self._folder / EVERYONE
        # The cookie itself is a secret: a folder's name must not be one.
        return self._folder / hashlib.sha256(owner.encode()).hexdigest()[:32]

    def _size(self, owner: str) -> int:
        return sum(path.stat().st_size for path in self._of(owner).glob("*.bin"))

    def _opened(self, owner: str, path: Path) -> OpenedList | None:
        with self._lock:
            known = self._readings.get((owner, path.stem))
            if known is not None:
                self._readings.move_to_end((owner, path.stem))
                return known
        try:
            about = self._about(path)
            if about.get("error"):
                opened = OpenedList(str(about["name"]), error=str(about["error"]))
            else:
                data = path.with_suffix(".bin").read_bytes()
                opened = opened_bytes(data, str(about["name"]), about.get("columns"))
        except (OSError, ValueError, KeyError) as error:
            log.warning("A list on the shelf cannot be opened: %s", error)
            return None
        self._hold(owner, path.stem, opened)
        return opened

    def _hold(self, owner: str, list_id: str, opened: OpenedList) -> None:
        with self._lock:
            self._readings[(owner, list_id)] = opened
            self._readings.move_to_end((owner, list_id))
            while len(self._readings) > _READINGS_HELD:
                self._readings.popitem(last=False)

    @staticmethod
    def _about(path: Path) -> dict[str, Any]:
        about: dict[str, Any] = json.loads(path.read_bytes())
        return about

    def _write(self, owner: str, list_id: str, data: bytes, about: dict[str, Any]) -> None:
        folder = self._of(owner)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(folder / f"{list_id}.bin", data)
            write_whole(folder / f"{list_id}.json", json.dumps(about).encode())
        except OSError as error:
            log.warning("A list could not be kept in %s: %s", folder, error)
            raise ShelfError(f"the list could not be kept: {disk_words(error)}") from error
