"""Opening a store whose file may be damaged, read-only, or out of reach."""

import sqlite3
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from geocache.errors import StoreError
from geocache.store import sqlite_file
from geocache.store.backends import load_backend
from geocache.store.database import Trouble, public_url
from geocache.store.store import Store

ERRORS = (sqlite3.Error, DBAPIError, NoConnectionFreeError, OSError)
"""What a database on a disk or a server may raise."""

_LOCK_SECONDS = 30.0


class Opened(NamedTuple):
    """A store as far as it could be opened (``None``: not at all), and what people should know.

    ``away`` says why a server could not be reached; it may be later.
    """

    store: Store | None
    writable: bool
    warnings: tuple[str, ...] = ()
    away: str = ""


def open_store(url: str) -> Opened:
    """Open a store; make its folder and file if need be, set a damaged file aside.

    Raises:
        ConfigurationError: the URL cannot work.
        StoreError: the store was written by a newer version, or fails in another way.
    """
    file = sqlite_file.database_file(url)
    try:
        if file is None:
            return Opened(Store(url), writable=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        warnings = _set_aside_if_damaged(file) if file.exists() else ()
        return Opened(Store(url), writable=True, warnings=warnings)
    except ERRORS as error:
        trouble = load_backend(url).trouble(error)
        if trouble is Trouble.AWAY:
            return Opened(None, writable=True, away=summarize_error(error))
        if trouble is Trouble.UNWRITABLE:
            return _open_to_read(url, error)
        why = f"the store at {public_url(url)} cannot be opened: {summarize_error(error)}"
        raise StoreError(why) from error


def _set_aside_if_damaged(file: Path) -> tuple[str, ...]:
    try:
        sqlite_file.check(file)
    except sqlite3.DatabaseError as error:
        if not sqlite_file.is_damaged(error):
            raise
        with FileLock(f"{file}.lock", timeout=_LOCK_SECONDS):
            try:
                sqlite_file.check(file)  # another process may have been first
            except sqlite3.DatabaseError:
                aside = sqlite_file.set_aside(file).name
                return (f"the store was damaged; it is now {aside}, a new one is started",)
    return ()


def _open_to_read(url: str, error: Exception) -> Opened:
    try:
        store = Store(url, read_only=True)
    except ERRORS:
        cause = summarize_error(error)
        why = f"the store cannot be opened ({cause}): answers are kept in memory only"
        return Opened(None, writable=False, warnings=(why,))
    why = "the store is read-only: answers are kept in memory only"
    return Opened(store, writable=False, warnings=(why,))


def summarize_error(error: Exception) -> str:
    """An error's own words, without the statement it met."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0] if lines else type(error).__name__
