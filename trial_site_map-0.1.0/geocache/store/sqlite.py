"""The SQLite backend: a file, or memory."""

import sqlite3
from collections import deque
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.pool import StaticPool

from geocache.store import schema, sqlite_file
from geocache.store.database import ANSWER_COLUMNS, Database, Reader, Trouble, parse_url
from geocache.store.sqlite_file import BUSY_SECONDS

_WRITING = "geocache_writing"
BATCH = 500
"""Rows read in one statement; more is not faster."""

_CHANGES = "SELECT total_changes()"


class SQLite(Database):
    """A SQLite database in WAL mode; write transactions take the lock when they begin."""

    server: ClassVar[bool] = False

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.engine = _open_engine(url, read_only=read_only)
        self.writer = self.engine.execution_options(**{_WRITING: True})
        self._readers: deque[Reader] = deque()

    @staticmethod
    def classify(error: BaseException) -> Trouble:
        """As :meth:`Database.classify`; errors of the disk too."""
        if sqlite_file.is_damaged(error):
            return Trouble.DAMAGED
        if sqlite_file.is_unwritable(error) or isinstance(error, OSError):
            return Trouble.UNWRITABLE
        return Trouble.OTHER

    @staticmethod
    def insert(table: Table) -> Any:
        """As :meth:`Database.insert`."""
        return insert(table)

    def take_reader(self) -> Reader:
        """As :meth:`Database.take_reader`; each reader keeps its connection."""
        try:
            return self._readers.pop()
        except IndexError:
            return SQLiteReader(self.engine)

    def return_reader(self, reader: Reader) -> None:
        """As :meth:`Database.return_reader`."""
        self._readers.append(reader)

    def lock_schema(self, connection: Connection) -> None:
        """Does nothing: a writer locks the whole database."""

    def write_answers(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], *, newer_only: bool
    ) -> int:
        """As :meth:`Database.write_answers`."""
        before = connection.exec_driver_sql(_CHANGES).scalar_one()
        sql = _upsert_sql("asked_at" if newer_only else "")
        connection.exec_driver_sql(sql, list(rows))
        return int(connection.exec_driver_sql(_CHANGES).scalar_one() - before)

    def reset(self) -> None:
        """As :meth:`Database.reset`."""
        while self._readers:
            self._readers.pop().close()
        self.engine.dispose()


def _open_engine(url: str, *, read_only: bool) -> Engine:
    parsed = parse_url(url)
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    file = sqlite_file.database_file(url)
    if file is None:
        options["poolclass"] = StaticPool
    else:
        options["pool_size"] = 0  # no limit: each reader keeps a connection
    if file and read_only:
        # A WAL database needs its -shm file; where that cannot be created, nobody can be writing.
        beside = file.with_name(file.name + "-shm").exists()
        how = {"mode": "ro", "uri": "true"} | ({} if beside else {"immutable": "1"})
        parsed = parsed.set(database=f"file:{file.resolve()}", query=how)
    options["connect_args"]["check_same_thread"] = False
    engine = create_engine(parsed, **options)

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is sent below
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        # A transaction that reads before it writes may fail to get the lock for writing.
        writes = connection.get_execution_options().get(_WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@cache
def _upsert_sql(newer: str) -> str:
    return str(SQLite.upsert(schema.answers, newer).compile(dialect=dialect()))


@cache
def _batch_sql(table: str, size: int) -> str:
    marks = ",".join("?" * size)
    if table == "pins":
        return f"SELECT * FROM pins WHERE id IN ({marks})"  # noqa: S608 # only question marks
    return f"SELECT {ANSWER_COLUMNS} FROM answers WHERE expires_at > ? AND id IN ({marks})"  # noqa: S608


_ONE_SQL = f"SELECT {ANSWER_COLUMNS} FROM answers WHERE id = ? AND expires_at > ?"  # noqa: S608
_PIN_SQL = "SELECT * FROM pins WHERE id = ?"


class SQLiteReader:
    """A :class:`Reader` on a plain sqlite3 connection.

    Measured on 100,000 remembered places in batches of 500: through a Core ``select`` 108,000 rows
    a second, through this cursor 470,000.
    """

    def __init__(self, engine: Engine) -> None:
        self._pooled = engine.raw_connection()
        connection = self._pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101
        self._execute = connection.execute
        # Reads are spread over the whole file; these limit the memory a process uses for it.
        self._execute("PRAGMA cache_size = -32768")
        self._execute("PRAGMA mmap_size = 67108864")

    def answers(self, numbers: Sequence[int], now: int) -> list[tuple[Any, ...]]:
        """As :meth:`Reader.answers`."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(numbers), BATCH):
            some = numbers[start : start + BATCH]
            rows += self._execute(_batch_sql("answers", len(some)), (now, *some))
        return rows

    def answer(self, number: int, now: int) -> tuple[Any, ...] | None:
        """As :meth:`Reader.answer`."""
        row: tuple[Any, ...] | None = self._execute(_ONE_SQL, (number, now)).fetchone()
        return row

    def any_pins(self) -> bool:
        """As :meth:`Reader.any_pins`."""
        return self._execute("SELECT 1 FROM pins LIMIT 1").fetchone() is not None

    def pin(self, number: int) -> tuple[Any, ...] | None:
        """As :meth:`Reader.pin`."""
        row: tuple[Any, ...] | None = self._execute(_PIN_SQL, (number,)).fetchone()
        return row

    def pins(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """As :meth:`Reader.pins`."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(numbers), BATCH):
            some = numbers[start : start + BATCH]
            rows += self._execute(_batch_sql("pins", len(some)), tuple(some))
        return rows

    def revision(self) -> int:
        """As :meth:`Reader.revision`."""
        row = self._execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """As :meth:`Reader.close`."""
        self._pooled.close()
