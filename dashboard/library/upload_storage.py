"""Storage of uploaded lists: the interface, and a folder per owner."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from dashboard.library.atomic_files import (
    delete_partial_files,
    is_older_than,
    is_stale,
    write_atomically,
)

EVERYONE = "everyone"
"""The owner of shared lists, and the name of their folder."""

EXPIRE_SECONDS = 7 * 86_400.0


class UploadStorage(Protocol):
    """One owner's lists. Safe for threads and processes: a list is there whole or not at all.

    A list has bytes, which never change, and metadata, a JSON object, which may. Every method
    raises OSError if the disk or the server fails.
    """

    def list_versions(self) -> dict[str, object]:
        """The ids of all lists, oldest first, each with its metadata as JSON."""

    def read_metadata(self, list_id: str) -> dict[str, Any]:
        """The metadata of a list.

        Raises:
            FileNotFoundError: there is no such list.
            ValueError: it is damaged.
        """

    def read(self, list_id: str) -> bytes:
        """The bytes of a list as they were uploaded.

        Raises:
            FileNotFoundError: there is no such list.
        """

    def write(self, list_id: str, data: bytes, metadata: Mapping[str, Any]) -> object:
        """Store a list; returns its value in :meth:`list_versions`."""

    def write_metadata(self, list_id: str, metadata: Mapping[str, Any]) -> object:
        """Replace a list's metadata; returns its value in :meth:`list_versions`."""

    def delete(self, list_id: str) -> None:
        """Delete a list, if it is there."""

    def count_bytes(self) -> int:
        """The size of all lists together."""

    def change_token(self) -> object:
        """Differs after every change, unless the revision of the geocache's store does."""

    def close(self) -> None:
        """Close connections; the next call opens new ones."""


class FolderUploadStorage:
    """Two files per list, ``ID.bin`` and ``ID.json``; the list is there once the second is.

    Args:
        folder: made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def list_versions(self) -> dict[str, object]:
        """As :meth:`UploadStorage.list_versions`.

        The metadata also tell versions apart: two changes may fall within the resolution of file
        times.
        """
        versions: dict[str, object] = {}
        for path in sorted(self.folder.glob("*.json")):
            try:
                versions[path.stem] = path.read_bytes()
            except FileNotFoundError:  # deleted by another process just now
                continue
        return versions

    def read_metadata(self, list_id: str) -> dict[str, Any]:
        """As :meth:`UploadStorage.read_metadata`."""
        metadata: dict[str, Any] = json.loads((self.folder / f"{list_id}.json").read_bytes())
        return metadata

    def read(self, list_id: str) -> bytes:
        """As :meth:`UploadStorage.read`."""
        return (self.folder / f"{list_id}.bin").read_bytes()

    def write(self, list_id: str, data: bytes, metadata: Mapping[str, Any]) -> object:
        """As :meth:`UploadStorage.write`."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(self.folder / f"{list_id}.bin", data)
        return self.write_metadata(list_id, metadata)

    def write_metadata(self, list_id: str, metadata: Mapping[str, Any]) -> object:
        """As :meth:`UploadStorage.write_metadata`."""
        data = json.dumps(dict(metadata)).encode()
        write_atomically(self.folder / f"{list_id}.json", data)
        return data

    def delete(self, list_id: str) -> None:
        """As :meth:`UploadStorage.delete`."""
        for suffix in (".json", ".bin"):
            (self.folder / f"{list_id}{suffix}").unlink(missing_ok=True)

    def count_bytes(self) -> int:
        """As :meth:`UploadStorage.count_bytes`."""
        total = 0
        for path in self.folder.glob("*.bin"):
            with suppress(FileNotFoundError):  # deleted by another process just now
                total += path.stat().st_size
        return total

    def change_token(self) -> object:
        """As :meth:`UploadStorage.change_token`."""
        return tuple(self.list_versions().items())

    def close(self) -> None:
        """As :meth:`UploadStorage.close`: nothing is open."""

    def delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""
        delete_partial_files(self.folder)
        for path in self.folder.glob("*.bin"):
            if is_stale(path) and not path.with_suffix(".json").exists():
                path.unlink(missing_ok=True)


def delete_expired(folder: Path, is_kept: Callable[[Path], bool | None]) -> None:
    """Delete the folders of owners who changed nothing for a week, and half-written files.

    ``is_kept`` says of a folder that it stays or goes whatever its age, or nothing.
    """
    for each in folder.glob("*"):
        kept = is_kept(each) if each.name != EVERYONE else True
        if kept is False or (kept is None and is_older_than(each, EXPIRE_SECONDS)):
            shutil.rmtree(each, ignore_errors=True)
        else:
            FolderUploadStorage(each).delete_leftovers()
