"""Tables on the database server of the geocache's store, beside its own."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Table

from geocache.store import schema
from geocache.store.backends import load_backend
from geocache.store.retry import DATABASE_ERRORS, call_with_retries, summarize_error

T = TypeVar("T")


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
