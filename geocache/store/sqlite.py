"""Everything about the store that only holds for SQLite."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite import Insert, dialect, insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from geocache.errors import ConfigurationError

BUSY_SECONDS = 30
WRITING = "geocache_writing"
BATCH = 500
"""Rows asked for in one statement; more is not faster."""

DIALECT = dialect()

_COLUMNS = "key, latitude, longitude, place_name, about"


def database_file(url: str) -> Path | None:
    """The file a SQLite URL names, ``None`` for one in memory or another database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or name in {"", ":memory:"}:
        return None
    if name.startswith("file:"):
        name = name.removeprefix("file:").partition("?")[0]
        return None if not name or parsed.query.get("mode") == "memory" else Path(name)
    return Path(name)


def open_engine(url: str | URL, *, read_only: bool = False) -> Engine:
    """An engine over one SQLite database, in WAL mode.

    Transactions with the execution option :data:`WRITING` take the write lock at their start.

    Raises:
        ConfigurationError: the URL is none, or names another kind of database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError(f"GEOCACHE_URL is no SQLAlchemy URL: {url!r}") from error
    if parsed.get_backend_name() != "sqlite":
        raise ConfigurationError(f"GEOCACHE_URL: {parsed.get_backend_name()} is not supported yet")
    options: dict[str, Any] = {"connect_args": {"timeout": BUSY_SECONDS}}
    file = database_file(str(url))
    if file is None:
        options["poolclass"] = StaticPool
    else:
        options["pool_size"] = 0  # without a limit: every reader holds one
    if file and read_only:
        # A WAL file needs its -shm beside it; where that cannot be made, nobody can be writing.
        beside = file.with_name(file.name + "-shm").exists()
        how = {"mode": "ro", "uri": "true"} | ({} if beside else {"immutable": "1"})
        parsed = parsed.set(database=f"file:{file.resolve()}", query=how)
    options["connect_args"]["check_same_thread"] = False
    engine = create_engine(parsed, **options)

    @event.listens_for(engine, "connect")
    def _(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours, below
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")

    @event.listens_for(engine, "begin")
    def _(connection: Any) -> None:
        # A transaction that reads first and writes then may find that it is too late to write.
        writes = connection.get_execution_options().get(WRITING)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


CHANGES = "SELECT total_changes()"
"""How many rows this connection has written so far."""


def upsert(table: Table, newer: str = "") -> Insert:
    """Insert a row, or replace that of the same key, unless its column ``newer`` is greater."""
    statement = insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
    where = table.c[newer] <= statement.excluded[newer] if newer else None
    return statement.on_conflict_do_update(index_elements=keys, set_=rest, where=where)


def insert_missing(table: Table) -> Insert:
    """Insert a row unless there is one of the same key."""
    return insert(table).on_conflict_do_nothing()


@cache
def _batch_sql(table: str, size: int) -> str:
    marks = ",".join("?" * size)
    if table == "pins":
        return f"SELECT * FROM pins WHERE id IN ({marks})"  # noqa: S608 # only question marks
    return f"SELECT {_COLUMNS} FROM answers WHERE expires_at > ? AND id IN ({marks})"  # noqa: S608


_ONE_SQL = f"SELECT {_COLUMNS} FROM answers WHERE id = ? AND expires_at > ?"  # noqa: S608
_PIN_SQL = "SELECT * FROM pins WHERE id = ?"


class Reader:
    """One connection that reads, past SQLAlchemy's result rows, which cost more than the query.

    Measured on 100,000 remembered places in batches of 500: through a Core ``select`` 108,000 rows
    a second, through this cursor 470,000. Not for two threads at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._pooled = engine.raw_connection()
        connection = self._pooled.driver_connection
        assert isinstance(connection, sqlite3.Connection)  # noqa: S101
        self._execute = connection.execute
        # Reads come from all over the file; these bound what a process takes for it.
        self._execute("PRAGMA cache_size = -32768")
        self._execute("PRAGMA mmap_size = 67108864")

    def answers(self, numbers: Sequence[int], now: int) -> list[tuple[Any, ...]]:
        """Rows of key, latitude, longitude, place_name and about, for those still good."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(numbers), BATCH):
            some = numbers[start : start + BATCH]
            rows += self._execute(_batch_sql("answers", len(some)), (now, *some))
        return rows

    def answer(self, number: int, now: int) -> tuple[Any, ...] | None:
        """As :meth:`answers` for one."""
        row: tuple[Any, ...] | None = self._execute(_ONE_SQL, (number, now)).fetchone()
        return row

    def any_pins(self) -> bool:
        """Whether there is a pin at all."""
        return self._execute("SELECT 1 FROM pins LIMIT 1").fetchone() is not None

    def pin(self, number: int) -> tuple[Any, ...] | None:
        """As :meth:`pins` for one."""
        row: tuple[Any, ...] | None = self._execute(_PIN_SQL, (number,)).fetchone()
        return row

    def pins(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Whole rows of the pins table."""
        rows: list[tuple[Any, ...]] = []
        for start in range(0, len(numbers), BATCH):
            some = numbers[start : start + BATCH]
            rows += self._execute(_batch_sql("pins", len(some)), tuple(some))
        return rows

    def revision(self) -> int:
        """The store's revision."""
        row = self._execute("SELECT value FROM meta WHERE name = 'revision'").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Give the connection back."""
        self._pooled.close()


def is_damaged(error: BaseException) -> bool:
    """Whether an error says that the file is no database, or a broken one."""
    text = str(error)
    return "malformed" in text or "not a database" in text or "unsupported file format" in text


def is_unwritable(error: BaseException) -> bool:
    """Whether an error says that the file or its disk cannot be written."""
    text = str(error)
    marks = ("readonly", "read-only", "disk is full", "disk I/O error", "unable to open")
    return any(mark in text for mark in marks)


def check(file: Path, *, whole_below_bytes: int = 32 << 20) -> None:
    """Raise ``sqlite3.DatabaseError`` if the file is damaged.

    Below ``whole_below_bytes`` every page is looked at (about 100 ms), above only the first.
    """
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as found:
        found.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if file.stat().st_size < whole_below_bytes:
            verdict = found.execute("PRAGMA quick_check(1)").fetchone()[0]
            if verdict != "ok":
                raise sqlite3.DatabaseError(f"malformed: {verdict}")


def set_aside(file: Path) -> Path:
    """Move a damaged database out of the way, its WAL with it; where it went."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    aside = file.with_name(f"{file.name}.damaged-{stamp}")
    count = 1
    while aside.exists():
        aside = file.with_name(f"{file.name}.damaged-{stamp}-{count}")
        count += 1
    file.rename(aside)
    for tail in ("-wal", "-shm"):
        beside = file.with_name(file.name + tail)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + tail))
    return aside


@contextmanager
def _connections(source: Path, target: Path) -> Iterator[tuple[Any, Any]]:
    with (
        closing(sqlite3.connect(source, timeout=BUSY_SECONDS)) as one,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as other,
    ):
        yield one, other


def copy(source: Path, target: Path) -> None:
    """Copy a database page by page while others use it; both ends stay consistent."""
    with _connections(source, target) as (one, other):
        one.backup(other)
