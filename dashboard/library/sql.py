"""Tables on the database server of the geocache's store, beside its own."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)

from geocache.store import schema
from geocache.store.backends import load_backend
from geocache.store.retry import DATABASE_ERRORS, call_with_retries, summarize_error

T = TypeVar("T")

PART_BYTES = 8 * 2**20
"""A driver takes several times the size of a value: 200 MB as one made a process 1.6 GB large."""


class SqlTables:
    """Transactions on the server of a store. Connects at the first one.

    Args:
        url: SQLAlchemy URL of the store.
        prepare: creates what is missing, in the first transaction, under the schema's lock.
        build_error: makes the error to raise from a reason.
    """

    def __init__(
        self,
        url: str,
        prepare: Callable[[Connection], object],
        build_error: Callable[[str], Exception],
    ) -> None:
        self._database = load_backend(url)(url)
        self._prepare = prepare
        self._build_error = build_error
        self._prepared = False
        self._lock = threading.Lock()

    def upsert(self, table: Table) -> Any:
        """As :meth:`geocache.store.database.Database.upsert`."""
        return self._database.upsert(table)

    def run(self, do: Callable[[Connection], T]) -> T:
        """One transaction, retried on lost connections and lock conflicts.

        Raises:
            Exception: the server is away or refuses; made by ``build_error``.
        """
        try:
            return call_with_retries(
                lambda: self._once(do), type(self._database), self._database.reset
            )
        except DATABASE_ERRORS as error:
            raise self._build_error(summarize_error(error)) from error

    def close(self) -> None:
        """Close connections; the next transaction opens new ones."""
        self._database.reset()

    def _once(self, do: Callable[[Connection], T]) -> T:
        with self._lock:
            if not self._prepared:
                with self._database.writer.begin() as connection:
                    self._database.lock_schema(connection)
                    schema.prepare(connection)
                    self._prepare(connection)
                self._prepared = True
        with self._database.writer.begin() as connection:
            return do(connection)


class PartsTable:
    """A table of long values by id, in parts of :data:`PART_BYTES`.

    Args:
        name: the table's.
        metadata: creates it.
    """

    def __init__(self, name: str, metadata: MetaData) -> None:
        self.table = Table(
            name,
            metadata,
            Column("id", String(64), primary_key=True),
            Column("number", Integer, primary_key=True),
            Column("data", LargeBinary, nullable=False),
        )

    def write(self, connection: Connection, value_id: str, data: bytes) -> None:
        """Store a value in place of the one before."""
        self.delete(connection, value_id)
        for number, start in enumerate(range(0, len(data), PART_BYTES)):
            part = data[start : start + PART_BYTES]
            connection.execute(insert(self.table), {"id": value_id, "number": number, "data": part})

    def read(self, connection: Connection, value_id: str) -> bytearray:
        """A value; empty if there is none."""
        columns, data = self.table.c, bytearray()
        count = select(func.count()).where(columns.id == value_id)
        for number in range(connection.scalar(count) or 0):
            wanted = select(columns.data).where(columns.id == value_id, columns.number == number)
            data += connection.scalar(wanted) or b""
        return data

    def delete(self, connection: Connection, value_id: str) -> None:
        """Delete a value, if it is there."""
        connection.execute(delete(self.table).where(self.table.c.id == value_id))

    def count_bytes(self, connection: Connection) -> int:
        """The size of all values together."""
        return int(connection.scalar(select(func.sum(func.octet_length(self.table.c.data)))) or 0)
