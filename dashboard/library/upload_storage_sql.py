"""Storage of shared lists on the database server of the geocache's store."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Table,
    Text,
    select,
    update,
)

from dashboard.errors import ListStorageError
from dashboard.library.sql import PartsTable, SqlTables
from dashboard.library.upload_storage import FolderUploadStorage
from geocache.store import schema

log = logging.getLogger(__name__)

_DELETED = ""
"""The metadata of a deleted list: its id stays, so that no folder brings it back."""

metadata = MetaData()

lists = Table(
    "shared_lists",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("about", Text, nullable=False),
)

_parts = PartsTable("shared_list_parts", metadata)


class SqlUploadStorage:
    """An ``UploadStorage`` with a row per list, and further rows for its bytes.

    Connects at the first call. Every change increases the revision of the geocache's store, which
    every page compares anyway.

    Args:
        url: SQLAlchemy URL of the store.
        previous: what was shared before there was a server; its lists are copied once, and stay
            in it. Each machine may have had a folder of its own.
    """

    def __init__(self, url: str, previous: FolderUploadStorage) -> None:
        self._tables = SqlTables(url, self._prepare, _build_error)
        self._previous = previous

    def list_versions(self) -> dict[str, object]:
        """As :meth:`UploadStorage.list_versions`."""
        not_deleted = lists.c.about != _DELETED
        statement = select(lists.c.id, lists.c.about).where(not_deleted).order_by(lists.c.id)
        rows = self._tables.run(lambda connection: connection.execute(statement).all())
        return {row.id: row.about for row in rows}

    def read_metadata(self, list_id: str) -> dict[str, Any]:
        """As :meth:`UploadStorage.read_metadata`."""
        statement = select(lists.c.about).where(lists.c.id == list_id)
        text = self._tables.run(lambda connection: connection.scalar(statement))
        if not text:
            raise FileNotFoundError
        metadata: dict[str, Any] = json.loads(text)
        return metadata

    def read(self, list_id: str) -> bytes:
        """As :meth:`UploadStorage.read`."""
        self.read_metadata(list_id)
        return bytes(self._tables.run(lambda connection: _parts.read(connection, list_id)))

    def write(self, list_id: str, data: bytes, metadata: Mapping[str, Any]) -> object:
        """As :meth:`UploadStorage.write`."""
        text = json.dumps(dict(metadata))

        def do(connection: Connection) -> None:
            self._write(connection, list_id, data, text)
            schema.bump_revision(connection)

        self._tables.run(do)
        return text

    def write_metadata(self, list_id: str, metadata: Mapping[str, Any]) -> object:
        """As :meth:`UploadStorage.write_metadata`."""
        text = json.dumps(dict(metadata))
        self._change(list_id, text)
        return text

    def delete(self, list_id: str) -> None:
        """As :meth:`UploadStorage.delete`."""
        self._change(list_id, _DELETED, lambda connection: _parts.delete(connection, list_id))

    def count_bytes(self) -> int:
        """As :meth:`UploadStorage.count_bytes`."""
        return self._tables.run(_parts.count_bytes)

    def change_token(self) -> object:
        """As :meth:`UploadStorage.change_token`: the store's revision covers it."""
        return 0

    def close(self) -> None:
        """As :meth:`UploadStorage.close`."""
        self._tables.close()

    def _write(self, connection: Connection, list_id: str, data: bytes, about: str) -> None:
        connection.execute(self._tables.upsert(lists), {"id": list_id, "about": about})
        _parts.write(connection, list_id, data)

    def _change(
        self, list_id: str, about: str, also: Callable[[Connection], object] = lambda _: None
    ) -> None:
        statement = update(lists).where(lists.c.id == list_id, lists.c.about != _DELETED)

        def do(connection: Connection) -> None:
            connection.execute(statement.values(about=about))
            also(connection)
            schema.bump_revision(connection)

        self._tables.run(do)

    def _prepare(self, connection: Connection) -> None:
        metadata.create_all(connection)
        known = set(connection.scalars(select(lists.c.id)))
        new = sorted(set(self._previous.list_versions()) - known)
        for list_id in new:
            try:
                about, data = self._previous.read_metadata(list_id), self._previous.read(list_id)
            except (OSError, ValueError) as error:
                log.warning("A shared list cannot be copied to the server: %s", error)
                continue
            self._write(connection, list_id, data, json.dumps(about))
        if new:
            schema.bump_revision(connection)


def _build_error(reason: str) -> ListStorageError:
    return ListStorageError(f"shared lists cannot be reached: {reason}")
