"""Tables beside the cache of positions, on the database server that replicas share."""

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
_MOST_SECONDS = 2.0


class SqlTables:
    """Transactions on the server of a store; nothing is opened before the first.

    Args:
        url: SQLAlchemy URL of the store.
        prepare: makes what is missing, in the first transaction; nobody else does so meanwhile.
        failed: the error to raise, of why.
    """

    def __init__(
        self,
        url: str,
        prepare: Callable[[Connection], object],
        failed: Callable[[str], Exception],
    ) -> None:
        self._database = load_backend(url)(url)
        self._prepare = prepare
        self._failed = failed
        self._prepared = False
        self._lock = threading.Lock()

    def upsert(self, table: Table) -> Any:
        """As :meth:`geocache.store.database.Database.upsert`."""
        return self._database.upsert(table)

    def done(self, do: Callable[[Connection], T]) -> T:
        """One transaction; what a lost connection or another's lock broke off is done again.

        Raises:
            Exception: the server is away, or refuses; the one that ``failed`` gives.
        """
        again = Retrying(
            retry=retry_if_exception(self._passes),
            stop=stop_after_attempt(len(_PAUSES_SECONDS) + 1) | stop_after_delay(_MOST_SECONDS),
            wait=wait_chain(*map(wait_fixed, _PAUSES_SECONDS)),
            before_sleep=self._mend,
            reraise=True,
        )
        try:
            done: T = again(self._once, do)
        except _FAILURES as error:
            words = str(getattr(error, "orig", None) or error).splitlines() or [""]
            raise self._failed(words[0]) from error
        return done

    def close(self) -> None:
        """Let go of connections; the next transaction makes new ones."""
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

    def _passes(self, error: BaseException) -> bool:
        return isinstance(error, _FAILURES) and self._database.trouble(error) in {
            Trouble.PASSING,
            Trouble.AWAY,
        }

    def _mend(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is not None and self._database.trouble(error) is Trouble.AWAY:
            self._database.reset()
