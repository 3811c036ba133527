"""Storage of fetched trials on the database server of the geocache's store."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, Connection, LargeBinary, MetaData, String, Table, delete, select

from dashboard.errors import TrialStorageError
from dashboard.library.fetched_storage import TrialStorage
from dashboard.library.sql import SqlTables
from geocache.store import schema

_VERSION = "fetched trials told"
"""The name of the counter in the store's table ``meta``."""

metadata = MetaData()

trials = Table(
    "fetched_trials",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("record", LargeBinary, nullable=False),
)

histories = Table(
    "fetched_trial_histories",
    metadata,
    Column("number", String(16), primary_key=True),
    Column("summary", LargeBinary, nullable=False),
    Column("history", LargeBinary, nullable=False),
)


class SqlTrialStorage:
    """A :class:`dashboard.library.fetched_storage.TrialStorage` with a row per trial.

    Connects at the first call. :meth:`notify` also increases the revision of the geocache's store,
    which every page compares anyway.

    Args:
        url: SQLAlchemy URL of the store.
        previous: what was stored before there was a server; its records are copied once.
    """

    def __init__(self, url: str, previous: TrialStorage | None = None) -> None:
        self._tables = SqlTables(url, self._prepare, _build_error)
        self._previous = previous

    def list_ids(self) -> list[str]:
        """As :meth:`TrialStorage.list_ids`."""
        statement = select(trials.c.number).order_by(trials.c.number)
        return self._tables.run(lambda connection: list(connection.scalars(statement)))

    def read(self, trial_ids: Sequence[str]) -> list[bytes]:
        """As :meth:`TrialStorage.read`."""
        statement = select(trials.c.number, trials.c.record).where(trials.c.number.in_(trial_ids))
        rows = self._tables.run(lambda connection: connection.execute(statement).all())
        found = {row.number: bytes(row.record) for row in rows}
        return [found[trial_id] for trial_id in trial_ids if trial_id in found]

    def write(self, trial_id: str, record: bytes) -> None:
        """As :meth:`TrialStorage.write`."""
        row = {"number": trial_id, "record": record}
        self._tables.run(lambda connection: connection.execute(self._tables.upsert(trials), row))

    def list_summaries(self) -> dict[str, bytes]:
        """As :meth:`TrialStorage.list_summaries`."""
        statement = select(histories.c.number, histories.c.summary).order_by(histories.c.number)
        rows = self._tables.run(lambda connection: connection.execute(statement).all())
        return {row.number: bytes(row.summary) for row in rows}

    def read_history(self, trial_id: str) -> bytes | None:
        """As :meth:`TrialStorage.read_history`."""
        statement = select(histories.c.history).where(histories.c.number == trial_id)
        found = self._tables.run(lambda connection: connection.scalar(statement))
        return None if found is None else bytes(found)

    def write_history(self, trial_id: str, history: bytes) -> None:
        """As :meth:`TrialStorage.write_history`."""
        row = _build_history_row(trial_id, history)
        self._tables.run(lambda connection: connection.execute(self._tables.upsert(histories), row))

    def delete(self, trial_ids: Iterable[str]) -> int:
        """As :meth:`TrialStorage.delete`."""
        wanted = list(trial_ids)
        statement = delete(trials).where(trials.c.number.in_(wanted))

        def do(connection: Connection) -> int:
            connection.execute(delete(histories).where(histories.c.number.in_(wanted)))
            return connection.execute(statement).rowcount

        return self._tables.run(do)

    def notify(self) -> None:
        """As :meth:`TrialStorage.notify`."""
        self._tables.run(self._notify)

    def change_token(self) -> object:
        """As :meth:`TrialStorage.change_token`: the store's revision covers it."""
        return 0

    def version(self) -> object:
        """As :meth:`TrialStorage.version`."""
        statement = select(schema.meta.c.value).where(schema.meta.c.name == _VERSION)
        return self._tables.run(lambda connection: connection.scalar(statement)) or 0

    def delete_leftovers(self) -> None:
        """As :meth:`TrialStorage.delete_leftovers`; a server rolls back by itself."""
        if self._previous is not None:
            self._previous.delete_leftovers()

    def close(self) -> None:
        """As :meth:`TrialStorage.close`."""
        self._tables.close()

    def _notify(self, connection: Connection) -> None:
        schema.bump_revision(connection)
        counters = schema.meta.c
        found = connection.scalar(select(counters.value).where(counters.name == _VERSION)) or 0
        row = {"name": _VERSION, "value": found + 1}
        connection.execute(self._tables.upsert(schema.meta), row)

    def _prepare(self, connection: Connection) -> None:
        metadata.create_all(connection)
        any_row = connection.scalar(select(trials.c.number).limit(1))
        if any_row is not None or self._previous is None:
            return
        rows = [
            {"number": trial_id, "record": record}
            for trial_id in self._previous.list_ids()
            for record in self._previous.read([trial_id])
        ]
        if rows:
            connection.execute(self._tables.upsert(trials), rows)
            for trial_id in self._previous.list_summaries():
                row = _build_history_row(trial_id, self._previous.read_history(trial_id) or b"")
                connection.execute(self._tables.upsert(histories), row)
            self._notify(connection)


def _build_history_row(trial_id: str, history: bytes) -> dict[str, object]:
    summary = history.partition(b"\n")[0]
    return {"number": trial_id, "summary": summary, "history": history}


def _build_error(reason: str) -> TrialStorageError:
    return TrialStorageError(f"fetched trials cannot be reached: {reason}")
