"""Backup and restore: a whole store into a file, and back."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import DBAPIError

from geocache.errors import StoreError
from geocache.store import sqlite_file
from geocache.store.store import Store


def backup(store: Store, path: Path) -> None:
    """Copy a store's database into a new file, while others use it.

    Raises:
        StoreError: the file is there already, or the store is in memory or on a server.
    """
    _refuse_server(store, "pg_dump makes a copy of a database")
    source = sqlite_file.database_file(store.url)
    if source is None:
        raise StoreError("the store is in memory: there is nothing to back up")
    if path.exists():
        raise StoreError(f"{path} is there already")
    try:
        sqlite_file.copy(source, path)
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: {error}") from error


def restore(store: Store, path: Path) -> None:
    """Replace everything with a backup's content; other users see it at their next lookup.

    Raises:
        StoreError: the file is no store, a damaged one, or one of a newer version; or the store
            is on a server.
    """
    _refuse_server(store, "pg_restore puts back what pg_dump made")
    target = sqlite_file.database_file(store.url)
    if target is None:
        raise StoreError("the store is in memory: name a file in GEOCACHE_URL to restore into")
    if not path.is_file():
        raise StoreError(f"{path}: no such file")
    with TemporaryDirectory() as folder:
        # Brought up to date apart from the original, then moved in whole.
        fresh = Path(folder, "restored.sqlite")
        try:
            sqlite_file.check(path)
            Store(f"sqlite:///{path}", read_only=True).close()
            sqlite_file.copy(path, fresh)
            restored = Store(f"sqlite:///{fresh}")
        except (sqlite3.Error, DBAPIError) as error:
            raise StoreError(f"{path} is no backup of a store: {error}") from error
        restored.start_over(after_revision=store.revision())
        restored.close()
        sqlite_file.copy(fresh, target)


def _refuse_server(store: Store, instead: str) -> None:
    if store.database.server:
        raise StoreError(
            f"the store is {store.name}: {instead}; geocache export and import carry all pins and "
            "answers from any store into any other"
        )
