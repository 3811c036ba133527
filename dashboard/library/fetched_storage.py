"""Where records of fetched trials lie: a folder of files, or a database that replicas share."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

from dashboard.library.atomic_files import changed_at, delete_partial_files, write_atomically

TRIAL_ID = re.compile(r"NCT\d{8}")
_TOLD = ".told"


class TrialStorage(Protocol):
    """Records by trial number, each whole or not there. For threads and many processes.

    Every call raises OSError where the disk or the server does not do it.
    """

    def numbers(self) -> list[str]:
        """The trials that are kept, in order."""

    def read(self, numbers: Sequence[str]) -> list[bytes]:
        """The records of those that are kept, in the order given."""

    def write(self, number: str, record: bytes) -> None:
        """Keep a record, in place of an older one."""

    def delete(self, numbers: Iterable[str]) -> int:
        """Delete records; how many there were."""

    def notify(self) -> None:
        """Let other processes know that something is other than it was."""

    def change_token(self) -> object:
        """Differs once somebody told, unless the store's revision says so anyway."""

    def revision(self) -> object:
        """Differs whenever somebody told."""

    def delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""

    def close(self) -> None:
        """Let go of what is open; the next call opens it again."""


class FolderTrialStorage:
    """A file a trial, ``NCT01207388.json``.

    Args:
        folder: where they lie; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def numbers(self) -> list[str]:
        """As :meth:`TrialStorage.numbers`."""
        if not self._folder.is_dir():
            return []
        return sorted(
            path.stem for path in self._folder.glob("NCT*.json") if TRIAL_ID.fullmatch(path.stem)
        )

    def read(self, numbers: Sequence[str]) -> list[bytes]:
        """As :meth:`TrialStorage.read`."""
        paths = [self._folder / f"{number}.json" for number in numbers]
        return [path.read_bytes() for path in paths if path.exists()]

    def write(self, number: str, record: bytes) -> None:
        """As :meth:`TrialStorage.write`; also when two write at once."""
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._folder / f"{number}.json", record, lasting=False)

    def delete(self, numbers: Iterable[str]) -> int:
        """As :meth:`TrialStorage.delete`."""
        gone = 0
        for number in set(numbers):
            path = self._folder / f"{number}.json"
            if path.exists():
                path.unlink()
                gone += 1
        return gone

    def notify(self) -> None:
        """As :meth:`TrialStorage.notify`."""
        if self._folder.is_dir():
            (self._folder / _TOLD).touch()

    def change_token(self) -> object:
        """As :meth:`TrialStorage.change_token`."""
        return changed_at(self._folder / _TOLD)

    def revision(self) -> object:
        """As :meth:`TrialStorage.revision`."""
        return self.change_token()

    def delete_leftovers(self) -> None:
        """As :meth:`TrialStorage.delete_leftovers`."""
        delete_partial_files(self._folder)

    def close(self) -> None:
        """As :meth:`TrialStorage.close`: nothing stays open."""
