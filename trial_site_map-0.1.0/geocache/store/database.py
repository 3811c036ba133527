"""What the store needs of a database: the interface of its SQLite and PostgreSQL backends."""

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
"""The columns read of an answer, in the order of :func:`geocache.records.parse_positions`."""

_SECRETS = ("password", "sslpassword", "passfile", "sslkey")


class Trouble(Enum):
    """What a database error means for the caller."""

    PASSING = "passing"
    """A conflict with another transaction: retry."""

    AWAY = "away"
    """The connection was lost, or the server cannot be reached."""

    UNWRITABLE = "unwritable"
    """Nothing can be written; reading may work."""

    DAMAGED = "damaged"
    """The file is damaged or no database."""

    OTHER = "other"


class Reader(Protocol):
    """One connection for reading, without SQLAlchemy's result rows. Not safe for threads."""

    def answers(self, numbers: Sequence[int], now: int) -> list[tuple[Any, ...]]:
        """Rows of :data:`ANSWER_COLUMNS`, without expired answers."""

    def answer(self, number: int, now: int) -> tuple[Any, ...] | None:
        """As :meth:`answers`, for one number."""

    def any_pins(self) -> bool:
        """Whether the store has any pin."""

    def pins(self, numbers: Sequence[int]) -> list[tuple[Any, ...]]:
        """Whole rows of the pins table."""

    def pin(self, number: int) -> tuple[Any, ...] | None:
        """As :meth:`pins`, for one number."""

    def revision(self) -> int:
        """The store's revision."""

    def close(self) -> None:
        """Return the connection to the pool, or close it after an error."""


class Database(ABC):
    """An open database: reading, writing and locking.

    Args:
        url: SQLAlchemy URL.
        read_only: never write.

    Raises:
        ConfigurationError: the URL cannot work.
    """

    server: ClassVar[bool]
    """True for a server, which may be away for a while."""

    engine: Engine
    """For transactions that read."""

    writer: Engine
    """For transactions that write."""

    @abstractmethod
    def __init__(self, url: str, *, read_only: bool = False) -> None: ...

    @staticmethod
    @abstractmethod
    def classify(error: BaseException) -> Trouble:
        """What an error of this database means."""

    @staticmethod
    @abstractmethod
    def insert(table: Table) -> Any:
        """An insert statement with ``on_conflict_do_update``."""

    @abstractmethod
    def take_reader(self) -> Reader:
        """A reader for one caller, who returns or closes it afterwards."""

    @abstractmethod
    def return_reader(self, reader: Reader) -> None:
        """Return a reader for reuse, unless it raised an error."""

    @abstractmethod
    def lock_schema(self, connection: Connection) -> None:
        """Lock the creation and migration of tables until the transaction ends."""

    @abstractmethod
    def write_answers(
        self, connection: Connection, rows: Sequence[tuple[Any, ...]], *, newer_only: bool
    ) -> int:
        """Insert or replace rows of the answers table; returns how many were written.

        ``newer_only`` skips rows older than the stored ones.
        """

    @staticmethod
    def now() -> ColumnElement[float]:
        """Seconds since 1970 by the clock that all users of the database share: the server's."""
        return literal(time.time(), Float)

    @abstractmethod
    def reset(self) -> None:
        """Close all idle connections."""

    @classmethod
    def upsert(cls, table: Table, newer: str = "") -> Any:
        """Insert a row or replace that of the same key, unless its column ``newer`` is greater."""
        statement = cls.insert(table)
        keys = [column.name for column in table.primary_key]
        rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        where = table.c[newer] <= statement.excluded[newer] if newer else None
        return statement.on_conflict_do_update(index_elements=keys, set_=rest, where=where)


def parse_url(url: str) -> URL:
    """Parse a SQLAlchemy URL.

    Raises:
        ConfigurationError: it is not a URL; the message omits it, as it may hold a password.
    """
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError(
            "GEOCACHE_URL is no SQLAlchemy URL such as sqlite:////var/lib/geocache.sqlite or "
            "postgresql+psycopg://user@host/database"
        ) from None


def public_url(url: str) -> str:
    """The URL without passwords, for messages and logs."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "sqlite":
        return url
    query = {name: "***" if name in _SECRETS else value for name, value in parsed.query.items()}
    return parsed.set(query=query).render_as_string(hide_password=True)
