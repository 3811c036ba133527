"""Replaces a damaged SQLite store by a new one, and says so until somebody acknowledges it."""

import json
import logging
import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from geocache.store import sqlite_file
from geocache.store.salvage import salvage
from geocache.store.store import Store

log = logging.getLogger(__name__)

_LOCK_SECONDS = 300.0
_NOTES = ".damage.jsonl"
_NEW = ".salvaged"


def replace_if_damaged(file: Path, *, whole: bool = False) -> None:
    """Move a damaged database aside, and what can be read of it into a new one in its place.

    Args:
        file: the database.
        whole: check all of it, however large: an error said that it is damaged.

    Raises:
        sqlite3.DatabaseError: it cannot be read for another reason.
    """
    finish_replacement(file)
    if not _is_damaged(file, whole=whole):
        return
    with FileLock(f"{file}.lock", timeout=_LOCK_SECONDS):
        if _is_damaged(file, whole=whole):  # another process may have been first
            _replace(file)


def finish_replacement(file: Path) -> None:
    """Put a new database in its place that a killed process had finished but for that."""
    new = _name_new(file)
    if not file.exists() and new.exists() and _read_notes(file):
        with suppress(FileNotFoundError):  # another process was faster
            new.rename(file)


def list_warnings(file: Path) -> list[str]:
    """A sentence for each time that the store was damaged, until it is acknowledged."""
    return [
        f"the store was damaged on {note['on']}: {note['pins']:,} pins, "
        f"{note.get('corrections', 0):,} corrections of facilities and {note['answers']:,} answers "
        f"could be recovered, others are lost. The damaged file is kept as {note['kept']}. "
        "Once the operator has looked into it, `geocache check --acknowledge` ends this message"
        for note in _read_notes(file)
    ]


def acknowledge(file: Path) -> int:
    """End the warnings; returns how many there were."""
    count = len(_read_notes(file))
    file.with_name(file.name + _NOTES).unlink(missing_ok=True)
    return count


def _is_damaged(file: Path, *, whole: bool) -> bool:
    try:
        if whole:
            return bool(sqlite_file.find_damage(file))
        sqlite_file.check(file)
    except sqlite3.DatabaseError as error:
        if not sqlite_file.is_damaged(error):
            raise
        return True
    return False


def _replace(file: Path) -> None:
    new = _name_new(file)
    for tail in ("", "-wal", "-shm"):  # of a process that was killed
        new.with_name(new.name + tail).unlink(missing_ok=True)
    store = Store(f"sqlite:///{new}")
    try:
        found = salvage(file, store)
    finally:
        store.close()
    aside = sqlite_file.name_aside(file)
    note = {"on": time.strftime("%Y-%m-%d"), "kept": aside.name, **found._asdict()}
    with file.with_name(file.name + _NOTES).open("a", encoding="utf-8") as notes:
        notes.write(json.dumps(note) + "\n")
    sqlite_file.move_aside(file, aside)
    new.rename(file)
    log.error(
        "The store %s was damaged; %s pins, %s corrections of facilities and %s answers were "
        "recovered. The damaged file is %s",
        *(file, found.pins, found.corrections, found.answers, aside.name),
    )


def _name_new(file: Path) -> Path:
    return file.with_name(file.name + _NEW)


def _read_notes(file: Path) -> list[dict[str, object]]:
    try:
        lines = file.with_name(file.name + _NOTES).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]
    except (OSError, ValueError):
        return []
