"""Shared lists on the database server that also has the cache of positions."""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    select,
    update,
)

from dashboard.errors import ListStorageError
from dashboard.library.sql import SqlTables
from dashboard.library.upload_storage import FolderUploadStorage
from geocache.store import schema

log = logging.getLogger(__name__)

_CLOSED = ""
"""What is said about a list that was closed: its id stays, so that no folder brings it back."""

metadata = MetaData()

lists = Table(
    "shared_lists",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("about", Text, nullable=False),
)

parts = Table(
    "shared_list_parts",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

_PART_BYTES = 8 * 2**20
"""A driver takes several times the size of a value: 200 MB as one made a process 1.6 GB large."""


class SqlUploadStorage:
    """An ``UploadStorage`` in a database: a row a list, and further rows for its bytes.

    Nothing is opened before the first call. Every change moves the revision of the cache of
    positions on, which every page compares anyway.

    Args:
        url: SQLAlchemy URL of the store.
        before: what was shared here before there was a server; its lists are taken over, once, and
            stay in it as they were. Each machine may have had a folder of its own.
    """

    def __init__(self, url: str, before: FolderUploadStorage) -> None:
        self._tables = SqlTables(url, self._prepare, _failed)
        self._before = before

    def entries(self) -> dict[str, object]:
        """As :meth:`Lists.entries`."""
        open_ = lists.c.about != _CLOSED
        statement = select(lists.c.id, lists.c.about).where(open_).order_by(lists.c.id)
        rows = self._tables.done(lambda connection: connection.execute(statement).all())
        return {row.id: row.about for row in rows}

    def about(self, list_id: str) -> dict[str, Any]:
        """As :meth:`Lists.about`."""
        statement = select(lists.c.about).where(lists.c.id == list_id)
        said = self._tables.done(lambda connection: connection.scalar(statement))
        if not said:
            raise FileNotFoundError
        about: dict[str, Any] = json.loads(said)
        return about

    def data(self, list_id: str) -> bytes:
        """As :meth:`Lists.data`."""
        rows = select(parts.c.data).where(parts.c.id == list_id)

        def do(connection: Connection) -> bytearray:
            data = bytearray()
            count = connection.scalar(select(func.count()).where(parts.c.id == list_id)) or 0
            for number in range(count):
                data += connection.scalar(rows.where(parts.c.number == number)) or b""
            return data

        self.about(list_id)
        return bytes(self._tables.done(do))

    def write(self, list_id: str, data: bytes, about: Mapping[str, Any]) -> object:
        """As :meth:`Lists.write`."""
        said = json.dumps(dict(about))

        def do(connection: Connection) -> None:
            self._write(connection, list_id, data, said)
            schema.bump(connection)

        self._tables.done(do)
        return said

    def describe(self, list_id: str, about: Mapping[str, Any]) -> object:
        """As :meth:`Lists.describe`."""
        said = json.dumps(dict(about))
        self._change(list_id, said)
        return said

    def delete(self, list_id: str) -> None:
        """As :meth:`Lists.delete`."""
        gone = delete(parts).where(parts.c.id == list_id)
        self._change(list_id, _CLOSED, lambda connection: connection.execute(gone))

    def size(self) -> int:
        """As :meth:`Lists.size`."""
        statement = select(func.sum(func.octet_length(parts.c.data)))
        return int(self._tables.done(lambda connection: connection.scalar(statement)) or 0)

    def change_token(self) -> object:
        """As :meth:`Lists.change_token`: the store's revision says it."""
        return 0

    def close(self) -> None:
        """As :meth:`Lists.close`."""
        self._tables.close()

    def _write(self, connection: Connection, list_id: str, data: bytes, about: str) -> None:
        connection.execute(self._tables.upsert(lists), {"id": list_id, "about": about})
        for number, start in enumerate(range(0, len(data), _PART_BYTES)):
            part = data[start : start + _PART_BYTES]
            row = {"id": list_id, "number": number, "data": part}
            connection.execute(self._tables.upsert(parts), row)

    def _change(
        self, list_id: str, about: str, also: Callable[[Connection], object] = lambda _: None
    ) -> None:
        statement = update(lists).where(lists.c.id == list_id, lists.c.about != _CLOSED)

        def do(connection: Connection) -> None:
            connection.execute(statement.values(about=about))
            also(connection)
            schema.bump(connection)

        self._tables.done(do)

    def _prepare(self, connection: Connection) -> None:
        metadata.create_all(connection)
        known = set(connection.scalars(select(lists.c.id)))
        new = sorted(set(self._before.entries()) - known)
        for list_id in new:
            try:
                about, data = self._before.about(list_id), self._before.data(list_id)
            except (OSError, ValueError) as error:
                log.warning("A shared list cannot be taken over: %s", error)
                continue
            self._write(connection, list_id, data, json.dumps(about))
        if new:
            schema.bump(connection)


def _failed(why: str) -> ListStorageError:
    return ListStorageError(f"shared lists cannot be reached: {why}")
