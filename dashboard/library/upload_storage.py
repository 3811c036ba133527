"""Where lists that people bring lie: a folder for each owner, or for shared ones a database."""

import json
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from dashboard.library.atomic_files import (
    changed_at,
    delete_partial_files,
    is_stale,
    write_atomically,
)

EVERYONE = "everyone"
"""The owner of what is shared, and the name of its folder."""

EXPIRE_SECONDS = 7 * 86_400.0


class UploadStorage(Protocol):
    """One owner's lists, each whole or not there. For threads and many processes.

    What is said about a list is a JSON object. Every call raises OSError where the disk or the
    server does not do it.
    """

    def entries(self) -> dict[str, object]:
        """The lists by id, oldest first; the value differs once a list was written again."""

    def about(self, list_id: str) -> dict[str, Any]:
        """What is said about a list.

        Raises:
            FileNotFoundError: there is none of that id.
            ValueError: it is damaged.
        """

    def data(self, list_id: str) -> bytes:
        """A list's bytes as they were brought.

        Raises:
            FileNotFoundError: there is none of that id.
        """

    def write(self, list_id: str, data: bytes, about: Mapping[str, Any]) -> object:
        """Keep a list; gives its value in :meth:`entries`."""

    def describe(self, list_id: str, about: Mapping[str, Any]) -> object:
        """Say something else about a list that is kept; gives its value in :meth:`entries`."""

    def delete(self, list_id: str) -> None:
        """Delete a list, if it is there."""

    def size(self) -> int:
        """How many bytes all lists have."""

    def change_token(self) -> object:
        """Differs once a list came or went, unless the store's revision says so anyway."""

    def close(self) -> None:
        """Let go of what is open; the next call opens it again."""


class FolderUploadStorage:
    """Two files a list, ``ID.bin`` and ``ID.json``; it is there once the second is.

    Args:
        folder: where they lie; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entries(self) -> dict[str, object]:
        """As :meth:`UploadStorage.entries`."""
        return {path.stem: changed_at(path) for path in sorted(self.folder.glob("*.json"))}

    def about(self, list_id: str) -> dict[str, Any]:
        """As :meth:`UploadStorage.about`."""
        about: dict[str, Any] = json.loads((self.folder / f"{list_id}.json").read_bytes())
        return about

    def data(self, list_id: str) -> bytes:
        """As :meth:`UploadStorage.data`."""
        return (self.folder / f"{list_id}.bin").read_bytes()

    def write(self, list_id: str, data: bytes, about: Mapping[str, Any]) -> object:
        """As :meth:`UploadStorage.write`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.folder / f"{list_id}.bin", data)
        return self.describe(list_id, about)

    def describe(self, list_id: str, about: Mapping[str, Any]) -> object:
        """As :meth:`UploadStorage.describe`."""
        path = self.folder / f"{list_id}.json"
        write_atomically(path, json.dumps(dict(about)).encode())
        return changed_at(path)

    def delete(self, list_id: str) -> None:
        """As :meth:`UploadStorage.delete`."""
        for suffix in (".json", ".bin"):
            (self.folder / f"{list_id}{suffix}").unlink(missing_ok=True)

    def size(self) -> int:
        """As :meth:`UploadStorage.size`."""
        return sum(path.stat().st_size for path in self.folder.glob("*.bin"))

    def change_token(self) -> object:
        """As :meth:`UploadStorage.change_token`."""
        return changed_at(self.folder)

    def close(self) -> None:
        """As :meth:`UploadStorage.close`: nothing stays open."""

    def delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""
        delete_partial_files(self.folder)
        for path in self.folder.glob("*.bin"):
            if is_stale(path) and not path.with_suffix(".json").exists():
                path.unlink(missing_ok=True)


def delete_expired(folder: Path) -> None:
    """Delete the folders in it that nobody used for a week, and what was left half-written."""
    oldest = time.time() - EXPIRE_SECONDS
    for one in folder.glob("*"):
        if one.name != EVERYONE and changed_at(one) < oldest * 1e9:
            shutil.rmtree(one, ignore_errors=True)
        else:
            FolderUploadStorage(one).delete_leftovers()
