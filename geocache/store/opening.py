"""Opens a store whose file may be damaged, read-only or unreachable."""

import sqlite3
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock

from geocache.errors import StoreError
from geocache.store import sqlite_file
from geocache.store.backends import load_backend
from geocache.store.database import Trouble, public_url
from geocache.store.retry import DATABASE_ERRORS, summarize_error
from geocache.store.store import Store

_LOCK_SECONDS = 30.0


class Opened(NamedTuple):
    """The result of opening a store: ``None`` if that failed, and warnings for people.

    ``away`` says why a server could not be reached for now.
    """

    store: Store | None
    writable: bool
    warnings: tuple[str, ...] = ()
    away: str = ""


def open_store(url: str) -> Opened:
    """Open a store; creates its folder and file if needed, and moves a damaged file aside.

    Raises:
        ConfigurationError: the URL cannot work.
        StoreError: the store was written by a newer version, or fails in another way.
    """
    file = sqlite_file.database_file(url)
    try:
        if file is None:
            return Opened(Store(url), writable=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        warnings = _move_aside_if_damaged(file) if file.exists() else ()
        return Opened(Store(url), writable=True, warnings=warnings)
    except DATABASE_ERRORS as error:
        trouble = load_backend(url).classify(error)
        if trouble is Trouble.AWAY:
            return Opened(None, writable=True, away=summarize_error(error))
        if trouble is Trouble.UNWRITABLE:
            return _open_to_read(url, error)
        why = f"the store at {public_url(url)} cannot be opened: {summarize_error(error)}"
        raise StoreError(why) from error


def _move_aside_if_damaged(file: Path) -> tuple[str, ...]:
    try:
        sqlite_file.check(file)
    except sqlite3.DatabaseError as error:
        if not sqlite_file.is_damaged(error):
            raise
        with FileLock(f"{file}.lock", timeout=_LOCK_SECONDS):
            try:
                sqlite_file.check(file)  # another process may have been first
            except sqlite3.DatabaseError:
                aside = sqlite_file.move_aside(file).name
                return (f"the store was damaged; it was renamed {aside} and a new one started",)
    return ()


def _open_to_read(url: str, error: Exception) -> Opened:
    try:
        store = Store(url, read_only=True)
    except DATABASE_ERRORS:
        cause = summarize_error(error)
        why = f"the store cannot be opened ({cause}): answers are kept in memory only"
        return Opened(None, writable=False, warnings=(why,))
    why = "the store is read-only: answers are kept in memory only"
    return Opened(store, writable=False, warnings=(why,))
