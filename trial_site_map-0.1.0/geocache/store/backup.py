"""Backup of a whole store into a file, and restore."""

import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import DBAPIError

from geocache.errors import StoreError
from geocache.store import sqlite_file
from geocache.store.store import Store


def backup(store: Store, path: Path) -> None:
    """Copy a store's database into a new file while others use it.

    Raises:
        StoreError: the file exists already, or the store is in memory or on a server.
    """
    _refuse_server(store, "use pg_dump for a backup")
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
    """Replace the store's content with a backup's; other processes see it at their next lookup.

    Raises:
        StoreError: the file is no store, is damaged or of a newer version; or the store is on a
            server.
    """
    _refuse_server(store, "use pg_restore for a backup made with pg_dump")
    target = sqlite_file.database_file(store.url)
    if target is None:
        raise StoreError("the store is in memory: name a file in GEOCACHE_URL to restore into")
    if not path.is_file():
        raise StoreError(f"{path}: no such file")
    with TemporaryDirectory() as folder:
        # A copy is migrated first, then put in place as a whole.
        fresh = Path(folder, "restored.sqlite")
        try:
            sqlite_file.check(path)
            Store(f"sqlite:///{path}", read_only=True).close()
            sqlite_file.copy(path, fresh)
            restored = Store(f"sqlite:///{fresh}")
        except (sqlite3.Error, DBAPIError) as error:
            raise StoreError(f"{path} is no backup of a store: {error}") from error
        restored.prepare_restored(after_revision=store.revision())
        restored.close()
        sqlite_file.copy(fresh, target)


def _refuse_server(store: Store, instead: str) -> None:
    if store.database.server:
        raise StoreError(
            f"the store is {store.name}: {instead}; geocache export and import carry all pins and "
            "answers from any store into any other"
        )
