"""Records of fetched trials on the database server that also has the cache of positions."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, delete, select

from dashboard.errors import TrialStorageError
from dashboard.library.fetched_storage import TrialStorage
from dashboard.library.sql import SqlTables
from geocache.store import schema

_TOLD = "fetched trials told"

metadata = MetaData()

trials = Table(
    "fetched_trials",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("record", LargeBinary, nullable=False),
)


class SqlTrialStorage:
    """As :class:`dashboard.library.fetched_storage.TrialStorage`: a row a trial.

    Nothing is opened before the first call. Telling also moves the revision of the cache of
    positions on, which every page compares anyway, so that nobody has to ask for two.

    Args:
        url: SQLAlchemy URL of the store.
        before: what was kept here before there was a server; its records are taken over, once.
    """

    def __init__(self, url: str, before: TrialStorage | None = None) -> None:
        self._tables = SqlTables(url, self._prepare, _failed)
        self._before = before

    def numbers(self) -> list[str]:
        """As :meth:`TrialStorage.numbers`."""
        statement = select(trials.c.number).order_by(trials.c.number)
        return self._tables.done(lambda connection: list(connection.scalars(statement)))

    def read(self, numbers: Sequence[str]) -> list[bytes]:
        """As :meth:`TrialStorage.read`."""
        statement = select(trials.c.number, trials.c.record).where(trials.c.number.in_(numbers))
        rows = self._tables.done(lambda connection: connection.execute(statement).all())
        found = {row.number: bytes(row.record) for row in rows}
        return [found[number] for number in numbers if number in found]

    def write(self, number: str, record: bytes) -> None:
        """As :meth:`TrialStorage.write`."""
        row = {"number": number, "record": record}
        self._tables.done(lambda connection: connection.execute(self._tables.upsert(trials), row))

    def delete(self, numbers: Iterable[str]) -> int:
        """As :meth:`TrialStorage.delete`."""
        statement = delete(trials).where(trials.c.number.in_(list(numbers)))
        return self._tables.done(lambda connection: connection.execute(statement).rowcount)

    def notify(self) -> None:
        """As :meth:`TrialStorage.notify`."""
        self._tables.done(self._tell)

    def change_token(self) -> object:
        """As :meth:`TrialStorage.change_token`: the store's revision says it."""
        return 0

    def revision(self) -> object:
        """As :meth:`TrialStorage.revision`."""
        statement = select(schema.meta.c.value).where(schema.meta.c.name == _TOLD)
        return self._tables.done(lambda connection: connection.scalar(statement)) or 0

    def delete_leftovers(self) -> None:
        """As :meth:`TrialStorage.delete_leftovers`; a server rolls back by itself."""
        if self._before is not None:
            self._before.delete_leftovers()

    def close(self) -> None:
        """As :meth:`TrialStorage.close`."""
        self._tables.close()

    def _tell(self, connection: Connection) -> None:
        schema.bump(connection)
        counted = schema.meta.c
        found = connection.scalar(select(counted.value).where(counted.name == _TOLD)) or 0
        row = {"name": _TOLD, "value": found + 1}
        connection.execute(self._tables.upsert(schema.meta), row)

    def _prepare(self, connection: Connection) -> None:
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
            connection.execute(self._tables.upsert(trials), rows)
            self._tell(connection)


def _failed(why: str) -> TrialStorageError:
    return TrialStorageError(f"fetched trials cannot be reached: {why}")
