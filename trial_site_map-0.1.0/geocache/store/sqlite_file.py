"""SQLite database files: checking, copying, moving a damaged one aside."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from geocache.errors import ConfigurationError
from geocache.store.database import parse_url

BUSY_SECONDS = 30


def database_file(url: str) -> Path | None:
    """The file of a SQLite URL; ``None`` for a database in memory or on a server."""
    try:
        parsed = parse_url(url)
    except ConfigurationError:
        return None
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or name in {"", ":memory:"}:
        return None
    if name.startswith("file:"):
        name = name.removeprefix("file:").partition("?")[0]
        return None if not name or parsed.query.get("mode") == "memory" else Path(name)
    return Path(name)


def is_damaged(error: BaseException) -> bool:
    """Whether an error means that the file is damaged, no database, or lacks a table."""
    text = str(error)
    marks = ("malformed", "not a database", "unsupported file format", "no such table")
    return any(mark in text for mark in marks)


def is_passing(error: BaseException) -> bool:
    """Whether an error may pass by itself: another process holds a lock, or the disk is full."""
    text = str(error)
    return any(mark in text for mark in ("is locked", "disk is full", "No space left"))


def is_unwritable(error: BaseException) -> bool:
    """Whether an error means that the file or its disk cannot be written, at least for now."""
    text = str(error)
    marks = ("readonly", "read-only", "disk is full", "disk I/O error", "unable to open")
    return is_passing(error) or any(mark in text for mark in marks)


def check(file: Path, *, whole_below_bytes: int = 32 << 20) -> None:
    """Raise ``sqlite3.DatabaseError`` if the file is damaged.

    Below ``whole_below_bytes`` all pages are checked (about 100 ms), above only the first.
    """
    with closing(_connect(file)) as found:
        found.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if file.stat().st_size < whole_below_bytes:
            verdict = found.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(f"malformed: {verdict}")


def find_damage(file: Path) -> str:
    """What is wrong with a database, all of it read; empty if nothing is."""
    try:
        with closing(_connect(file)) as found:
            verdict = str(found.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if not is_damaged(error):
            raise
        verdict = str(error)
    return "" if verdict == "ok" else " ".join(verdict.split())


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def list_tables(file: Path) -> frozenset[str]:
    """The names of a database's tables."""
    with closing(_connect(file)) as found:
        rows = found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return frozenset(name for (name,) in rows)


def name_aside(file: Path) -> Path:
    """A path beside a damaged database that is free."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = file.with_name(f"{file.name}.damaged-{stamp}")
    count = 1
    while aside.exists():
        aside = file.with_name(f"{file.name}.damaged-{stamp}-{count}")
        count += 1
    return aside


def move_aside(file: Path, aside: Path) -> None:
    """Rename a damaged database and its WAL."""
    file.rename(aside)
    for tail in ("-wal", "-shm"):
        beside = file.with_name(file.name + tail)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + tail))


@contextmanager
def _connections(source: Path, target: Path) -> Iterator[tuple[Any, Any]]:
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as one,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as other,
    ):
        yield one, other


def copy(source: Path, target: Path) -> None:
    """Copy a database while others use it; source and target stay consistent."""
    with _connections(source, target) as (one, other):
        one.backup(other)
