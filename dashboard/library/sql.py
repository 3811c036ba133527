"""Tables on the database server of the geocache's store, beside its own."""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    stop_after_delay,
    wait_chain,
    wait_fixed,
)

from geocache.store import schema
from geocache.store.backends import load_backend
from geocache.store.database import Trouble

T = TypeVar("T")

_FAILURES = (DBAPIError, NoConnectionFreeError)
_PAUSES_SECONDS = (0.0, 0.05, 0.2, 0.5)
_MAX_SECONDS = 2.0


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
        retrying = Retrying(
            retry=retry_if_exception(self._is_temporary),
            stop=stop_after_attempt(len(_PAUSES_SECONDS) + 1) | stop_after_delay(_MAX_SECONDS),
            wait=wait_chain(*map(wait_fixed, _PAUSES_SECONDS)),
            before_sleep=self._reconnect,
            reraise=True,
        )
        try:
            result: T = retrying(self._once, do)
        except _FAILURES as error:
            lines = str(getattr(error, "orig", None) or error).splitlines() or [""]
            raise self._build_error(lines[0]) from error
        return result

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

    def _is_temporary(self, error: BaseException) -> bool:
        return isinstance(error, _FAILURES) and self._database.trouble(error) in {
            Trouble.PASSING,
            Trouble.AWAY,
        }

    def _reconnect(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is not None and self._database.trouble(error) is Trouble.AWAY:
            self._database.reset()
