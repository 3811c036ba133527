"""Records of fetched trials on the database server that also has the cache of positions."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, delete, select
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

from dashboard.errors import KeptTrialsError
from dashboard.fetched_home import Home
from geocache.store import schema
from geocache.store.database import Trouble, kind_of

T = TypeVar("T")

_FAILURES = (DBAPIError, NoConnectionFreeError)
_TOLD = "fetched trials told"
_PAUSES_SECONDS = (0.0, 0.05, 0.2, 0.5)
_MOST_SECONDS = 2.0

metadata = MetaData()

trials = Table(
    "fetched_trials",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("record", LargeBinary, nullable=False),
)


class DatabaseHome:
    """As :class:`dashboard.fetched_home.Home`: a row a trial.

    Nothing is opened before the first call. Telling also moves the revision of the cache of
    positions on, which every page compares anyway, so that nobody has to ask for two.

    Args:
        url: SQLAlchemy URL of the store.
        before: what was kept here before there was a server; its records are taken over, once.
    """

    def __init__(self, url: str, before: Home | None = None) -> None:
        self._database = kind_of(url)(url)
        self._before = before
        self._prepared = False
        self._lock = threading.Lock()

    def numbers(self) -> list[str]:
        """As :meth:`Home.numbers`."""
        statement = select(trials.c.number).order_by(trials.c.number)
        return self._done(lambda connection: list(connection.scalars(statement)))

    def read(self, numbers: Sequence[str]) -> list[bytes]:
        """As :meth:`Home.read`."""
        statement = select(trials.c.number, trials.c.record).where(trials.c.number.in_(numbers))
        rows = self._done(lambda connection: connection.execute(statement).all())
        found = {row.number: bytes(row.record) for row in rows}
        return [found[number] for number in numbers if number in found]

    def write(self, number: str, record: bytes) -> None:
        """As :meth:`Home.write`."""
        row = {"number": number, "record": record}
        self._done(lambda connection: connection.execute(self._database.upsert(trials), row))

    def delete(self, numbers: Iterable[str]) -> int:
        """As :meth:`Home.delete`."""
        statement = delete(trials).where(trials.c.number.in_(list(numbers)))
        return self._done(lambda connection: connection.execute(statement).rowcount)

    def tell(self) -> None:
        """As :meth:`Home.tell`."""
        self._done(self._tell)

    def mark(self) -> object:
        """As :meth:`Home.mark`: the store's revision says it."""
        return 0

    def revision(self) -> object:
        """As :meth:`Home.revision`."""
        statement = select(schema.meta.c.value).where(schema.meta.c.name == _TOLD)
        return self._done(lambda connection: connection.scalar(statement)) or 0

    def tidy(self) -> None:
        """As :meth:`Home.tidy`; a server undoes what was not finished by itself."""
        if self._before is not None:
            self._before.tidy()

    def close(self) -> None:
        """As :meth:`Home.close`."""
        self._database.reset()

    def _tell(self, connection: Connection) -> None:
        schema.bump(connection)
        counted = schema.meta.c
        found = connection.scalar(select(counted.value).where(counted.name == _TOLD)) or 0
        row = {"name": _TOLD, "value": found + 1}
        connection.execute(self._database.upsert(schema.meta), row)

    def _done(self, do: Callable[[Connection], T]) -> T:
        """One transaction; what a lost connection or another's lock broke off is done again."""
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
            raise KeptTrialsError(f"fetched trials cannot be reached: {words[0]}") from error
        return done

    def _once(self, do: Callable[[Connection], T]) -> T:
        with self._lock:
            if not self._prepared:
                self._prepare()
                self._prepared = True
        with self._database.writer.begin() as connection:
            return do(connection)

    def _prepare(self) -> None:
        with self._database.writer.begin() as connection:
            self._database.lock_schema(connection)
            schema.prepare(connection)
            metadata.create_all(connection)
            some = connection.scalar(select(trials.c.number).limit(1))
            if some is not None or self._before is None:
                return
            numbers = self._before.numbers()
            rows = [
                {"number": number, "record": record}
                for number in numbers
                for record in self._before.read([number])
            ]
            if rows:
                connection.execute(self._database.upsert(trials), rows)
                self._tell(connection)

    def _passes(self, error: BaseException) -> bool:
        return isinstance(error, _FAILURES) and self._database.trouble(error) in {
            Trouble.PASSING,
            Trouble.AWAY,
        }

    def _mend(self, state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is not None and self._database.trouble(error) is Trouble.AWAY:
            self._database.reset()
