"""Storage of fetched trials: the interface, and a folder with a file per trial."""

import logging
import re
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from dashboard.library.atomic_files import delete_partial_files, write_atomically

log = logging.getLogger(__name__)

TRIAL_ID = re.compile(r"NCT\d{8}")
_CHANGE_FILE = ".changed"
_HISTORY = ".history"


class TrialStorage(Protocol):
    """Records by trial id. Safe for threads and processes: a record is read whole or not at all.

    A record that cannot be read is skipped, unless it is the only one. Every method raises OSError
    if the disk or the server fails.
    """

    def list_ids(self) -> list[str]:
        """The ids of all records, sorted."""

    def read(self, trial_ids: Sequence[str]) -> list[bytes]:
        """The records with these ids, in the order given; missing ones are skipped."""

    def write(self, trial_id: str, record: bytes) -> None:
        """Store a record, replacing an older one."""

    def list_summaries(self) -> dict[str, bytes]:
        """The first lines of all histories, by trial id in order."""

    def read_history(self, trial_id: str) -> bytes | None:
        """The history of a trial: what was stored of it before; ``None`` if it has none."""

    def write_history(self, trial_id: str, history: bytes) -> None:
        """Store a trial's history, replacing the one before; its first line is its summary."""

    def delete(self, trial_ids: Iterable[str]) -> int:
        """Delete records with their histories; returns how many records there were."""

    def notify(self) -> None:
        """Let other processes know that something has changed."""

    def change_token(self) -> object:
        """Differs after every :meth:`notify`, unless the revision of the geocache's store does."""

    def version(self) -> object:
        """Differs after every :meth:`notify`."""

    def delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""

    def close(self) -> None:
        """Close connections; the next call opens new ones."""


class FolderTrialStorage:
    """One file per trial, such as ``NCT01207388.json``, and ``NCT01207388.history`` beside it.

    Args:
        folder: made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list_ids(self) -> list[str]:
        """As :meth:`TrialStorage.list_ids`."""
        if not self._folder.is_dir():
            return []
        return sorted(
            path.stem for path in self._folder.glob("NCT*.json") if TRIAL_ID.fullmatch(path.stem)
        )

    def read(self, trial_ids: Sequence[str]) -> list[bytes]:
        """As :meth:`TrialStorage.read`."""
        records, failed = [], None
        for trial_id in trial_ids:
            try:
                records.append((self._folder / f"{trial_id}.json").read_bytes())
            except FileNotFoundError:
                continue
            except OSError as error:
                log.warning("%s cannot be read: %s", trial_id, error)
                failed = error
        if failed and not records:
            raise failed
        return records

    def write(self, trial_id: str, record: bytes) -> None:
        """As :meth:`TrialStorage.write`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / f"{trial_id}.json", record, durable=False)

    def list_summaries(self) -> dict[str, bytes]:
        """As :meth:`TrialStorage.list_summaries`."""
        found = {}
        for path in sorted(self._folder.glob(f"NCT*{_HISTORY}")):
            if TRIAL_ID.fullmatch(path.stem):
                with suppress(FileNotFoundError), path.open("rb") as file:
                    found[path.stem] = file.readline()
        return found

    def read_history(self, trial_id: str) -> bytes | None:
        """As :meth:`TrialStorage.read_history`."""
        try:
            return (self._folder / f"{trial_id}{_HISTORY}").read_bytes()
        except FileNotFoundError:
            return None

    def write_history(self, trial_id: str, history: bytes) -> None:
        """As :meth:`TrialStorage.write_history`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / f"{trial_id}{_HISTORY}", history, durable=False)

    def delete(self, trial_ids: Iterable[str]) -> int:
        """As :meth:`TrialStorage.delete`."""
        deleted = 0
        for trial_id in set(trial_ids):
            (self._folder / f"{trial_id}{_HISTORY}").unlink(missing_ok=True)
            path = self._folder / f"{trial_id}.json"
            if path.exists():
                path.unlink()
                deleted += 1
        return deleted

    def notify(self) -> None:
        """As :meth:`TrialStorage.notify`.

        A random token: two changes may fall within the resolution of file times.
        """
        path = self._folder / _CHANGE_FILE
        if self._folder.is_dir():
            try:
                write_atomically(path, uuid.uuid4().bytes, durable=False)
            except OSError:  # on a full disk the file's time is all that can change
                path.touch()

    def change_token(self) -> object:
        """As :meth:`TrialStorage.change_token`."""
        path = self._folder / _CHANGE_FILE
        try:
            return path.read_bytes(), path.stat().st_mtime_ns
        except OSError:
            return None

    def version(self) -> object:
        """As :meth:`TrialStorage.version`."""
        return self.change_token()

    def delete_leftovers(self) -> None:
        """As :meth:`TrialStorage.delete_leftovers`."""
        delete_partial_files(self._folder)

    def close(self) -> None:
        """As :meth:`TrialStorage.close`: nothing is open."""
