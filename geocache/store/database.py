"""The seam between the store and the databases it can stand on."""

import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum
from typing import Any, ClassVar, Protocol

from sqlalchemy import ColumnElement, Connection, Engine, Float, Table, literal
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from geocache.errors import ConfigurationError

ANSWER_COLUMNS = "key, latitude, longitude, place_name, about"
"""What is read of an answer, in the order :func:`geocache.records.parse_positions` takes it."""

_SECRETS = ("password", "sslpassword", "passfile", "sslkey")


class Trouble(Enum):
    """What an error of a database means for whoever uses it."""

    PASSING = "passing"
    """Two got in each other's way: the same again will do."""

    AWAY = "away"
    """The connection is lost, or the server cannot be reached."""

    UNWRITABLE = "unwritable"
    """What is there can be read, perhaps, and nothing can be written."""

    DAMAGED = "damaged"
    """It is no database, or a broken one."""

    OTHER = "other"


class Reader(Protocol):
    """One connection that reads, past SQLAlchemy's result rows. Not for two threads at once."""

    def answers(self, numbers: Sequence[int], now: int) -> list[tuple[Any, ...]]:
        """Rows of :data:`ANSWER_COLUMNS`, for those still good."""

    def answer(self, number: int, now: int) -> tuple[Any, ...] | None:
        """As :meth:`answers` for one."""

    def any_pins(self) -> bool:
        """Whether there is a pin at all."""

    def pins(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Whole rows of the pins table."""

    def pin(self, number: int) -> tuple[Any, ...] | None:
        """As :meth:`pins` for one."""

    def revision(self) -> int:
        """The store's revision."""

    def close(self) -> None:
        """Give the connection back; after an error it is not used again."""


class Database(ABC):
    """One database, opened: how it is read, written and locked.

    Args:
        url: SQLAlchemy URL.
        read_only: look, and write nothing.

    Raises:
        ConfigurationError: the URL cannot work.
    """

    server: ClassVar[bool]
    """Whether it is a server, which may be away and come back."""

    engine: Engine
    """For transactions that read."""

    writer: Engine
    """For transactions that write."""

    @abstractmethod
    def __init__(self, url: str, *, read_only: bool = False) -> None: ...

    @staticmethod
    @abstractmethod
    def trouble(error: BaseException) -> Trouble:
        """What an error of this kind of database means."""

    @staticmethod
    @abstractmethod
    def insert(table: Table) -> Any:
        """An insert that knows ``on_conflict_do_update``."""

    @abstractmethod
    def reader(self) -> Reader:
        """A reader for the caller alone, to be kept or closed afterwards."""

    @abstractmethod
    def keep(self, reader: Reader) -> None:
        """Take a reader back that met no error."""

    @abstractmethod
    def lock_schema(self, connection: Connection) -> None:
        """Let nobody else make or change tables until the transaction ends."""

    @abstractmethod
    def write_answers(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], *, newer_only: bool
    ) -> int:
        """Insert or replace whole rows of the answers table, one a number; how many were written.

        ``newer_only`` leaves those that would replace one asked for later.
        """

    @staticmethod
    def now() -> ColumnElement[float]:
        """Seconds since 1970 by the clock that all users of the database share."""
        return literal(time.time(), Float)

    @abstractmethod
    def reset(self) -> None:
        """Let go of every connection that nobody uses."""

    @classmethod
    def upsert(cls, table: Table, newer: str = "") -> Any:
        """Insert a row, or replace that of the same key, unless its column ``newer`` is greater."""
        statement = cls.insert(table)
        keys = [column.name for column in table.primary_key]
        rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        where = table.c[newer] <= statement.excluded[newer] if newer else None
        return statement.on_conflict_do_update(index_elements=keys, set_=rest, where=where)


def parse_url(url: str) -> URL:
    """A SQLAlchemy URL, taken apart.

    Raises:
        ConfigurationError: it is none; the message does not hold it, for the sake of a password.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "GEOCACHE_URL is no SQLAlchemy URL such as sqlite:////var/lib/geocache.sqlite or "
            "postgresql+psycopg://user@host/database"
        ) from None


def public_url(url: str) -> str:
    """The URL without passwords, for messages, logs and reports."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return url
    query = {name: "***" if name in _SECRETS else value for name, value in parsed.query.items()}
    return parsed.set(query=query).render_as_string(hide_password=True)
