"""One store: what is remembered, what is pinned, what is being asked."""

import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, select, update

from geocache.keys import key_number, key_numbers, place_key
from geocache.place import Place, Position
from geocache.records import Answer, Pin, parse_positions
from geocache.store import schema
from geocache.store.backends import load_backend
from geocache.store.claims import Claims, claim_numbers, provider_hash
from geocache.store.database import Database, Reader, public_url
from geocache.store.rows import build_answer_row, build_pin_row, parse_answer, parse_pin


def _rows_of(answers: Sequence[Answer]) -> list[tuple[Any, ...]]:
    """Rows, the last of those for the same key."""
    return list({row[0]: row for row in map(build_answer_row, answers)}.values())


class Looking:
    """The part of a store that is asked for each place; it writes nothing."""

    database: Database

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        reader = self.database.reader()
        try:
            yield reader
        except Exception:
            reader.close()
            raise
        self.database.keep(reader)

    # Looking

    def recall(
        self, provider: str, version: str, keys: Sequence[str], now: int
    ) -> dict[str, Position]:
        """What a provider is remembered to have said of the keys, known misses included."""
        by = provider_hash(provider, version)
        numbers = [number ^ by for number in key_numbers(keys)]
        with self._reading() as reader:
            return parse_positions(reader.answers(numbers, now), provider)

    def look(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        """The pin of ``pin_key``, else what the provider is remembered to have said of ``key``."""
        numbers = key_numbers((pin_key, key))
        reader = self.database.reader()
        try:
            pin = reader.pin(numbers[0])
            row = None if pin else reader.answer(numbers[1] ^ provider_hash(provider, version), now)
        except Exception:
            reader.close()
            raise
        self.database.keep(reader)
        if pin and pin[1] == pin_key:
            return parse_pin(pin).position()
        return parse_positions((row,), provider).get(key) if row else None

    def pinned(self, keys: Sequence[str]) -> dict[str, Position]:
        """The pinned ones among the keys of places."""
        with self._reading() as reader:
            if not reader.any_pins():
                return {}
            rows = reader.pins(key_numbers(keys))
        return {row[1]: parse_pin(row).position() for row in rows}

    def revision(self) -> int:
        """Grows with every pin and answer, whichever process wrote it."""
        with self._reading() as reader:
            return reader.revision()


class Store(Looking, Claims):
    """Answers, pins and claims in one database. Safe for threads and for many processes.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL.
        read_only: look, and write nothing.

    Raises:
        StoreError: the database was written by a newer version.
        ConfigurationError: the URL cannot work.
        sqlalchemy.exc.DatabaseError: it cannot be opened.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.name = public_url(url)
        self.database = load_backend(url)(url, read_only=read_only)
        self.engine = self.database.engine
        self._write_lock = threading.Lock()
        try:
            if read_only:
                with self.engine.connect() as connection:
                    schema.check(connection)
            else:
                with self._writing() as connection:
                    self.database.lock_schema(connection)
                    schema.prepare(connection)
        except Exception:
            self.close()
            raise

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._write_lock, self.database.writer.begin() as connection:
            yield connection

    def remember(self, answers: Sequence[Answer], *, news: bool = True) -> None:
        """Write answers, in one transaction, and give up the claims on them.

        ``news=False`` leaves the revision: for what an offline provider would say again anyway.
        """
        if not answers:
            return
        rows = _rows_of(answers)
        with self._writing() as connection:
            self.database.write_answers(connection, rows, newer_only=False)
            if news:
                ids = [claim_numbers(one.provider, [one.key])[0] for one in answers]
                connection.execute(delete(schema.claims).where(schema.claims.c.id.in_(ids)))
                schema.bump(connection)

    def take_over(self, answers: Sequence[Answer]) -> int:
        """Write answers from elsewhere, unless there are newer ones; how many were written."""
        if not answers:
            return 0
        rows = _rows_of(answers)
        with self._writing() as connection:
            written = self.database.write_answers(connection, rows, newer_only=True)
            schema.bump(connection)
        return written

    def pin(self, pins: Iterable[Pin]) -> None:
        """Set pins, replacing those of the same places."""
        rows = [build_pin_row(pin) for pin in pins]
        if rows:
            with self._writing() as connection:
                connection.execute(self.database.upsert(schema.pins), rows)
                schema.bump(connection)

    def unpin(self, place: Place) -> bool:
        """Remove a pin; whether there was one."""
        key = place_key(place)
        table = schema.pins.c
        with self._writing() as connection:
            where = (table.id == key_number(key), table.key == key)
            gone = connection.execute(delete(schema.pins).where(*where)).rowcount
            if gone:
                schema.bump(connection)
        return bool(gone)

    def forget(
        self,
        *,
        keys: Sequence[str] | None = None,
        provider: str = "",
        misses_only: bool = False,
        expired_at: int | None = None,
    ) -> int:
        """Delete the answers that meet every condition given; how many there were.

        Args:
            keys: only these, whoever answered.
            provider: only this one's.
            misses_only: leave hits.
            expired_at: only what has expired by then, in seconds since 1970.
        """
        table = schema.answers.c
        conditions: list[ColumnElement[bool]] = []
        if keys is not None:
            conditions.append(table.key.in_(keys))
        if provider:
            conditions.append(table.provider == provider)
        if misses_only:
            conditions.append(table.latitude.is_(None))
        if expired_at is not None:
            conditions.append(table.expires_at <= expired_at)
        with self._writing() as connection:
            gone = connection.execute(delete(schema.answers).where(*conditions)).rowcount
            if gone:
                schema.bump(connection)
        return gone

    def tidy(self, provider: str, version: str) -> int:
        """Delete what other versions of an offline provider said; how many answers.

        Only looks for them when the version is not the one that was tidied for last.
        """
        table, name, number = schema.meta, f"version of {provider}", key_number(version)
        with self._writing() as connection:
            known = connection.scalar(select(table.c.value).where(table.c.name == name))
            if known == number:
                return 0
            row = {"name": name, "value": number}
            connection.execute(self.database.upsert(table), row)
            if known is None:
                return 0
            answers = schema.answers
            others = (answers.c.provider == provider, answers.c.version != version)
            return connection.execute(delete(answers).where(*others)).rowcount

    # Everything

    def pins(self) -> Iterator[Pin]:
        """All pins, oldest first."""
        table = schema.pins
        with self.engine.connect() as connection:
            for row in connection.execute(select(table).order_by(table.c.pinned_at, table.c.id)):
                yield parse_pin(row)

    def answers(self) -> Generator[Answer]:
        """All answers, stale ones too, in the order of their numbers."""
        statement = select(schema.answers).order_by(schema.answers.c.id)
        with self.engine.connect() as connection:
            rows = connection.execution_options(yield_per=1000).execute(statement)
            for row in rows:
                yield parse_answer(row)

    def counts(self, now: int) -> dict[str, Any]:
        """Pins, claims and, for each provider, its hits, misses and those that are out of date."""
        table = schema.answers.c
        miss = (table.latitude.is_(None)).label("miss")
        stale = (table.expires_at <= now).label("stale")
        with self.engine.connect() as connection:
            rows = connection.execute(
                select(table.provider, table.version, miss, stale, func.count())
                .group_by(table.provider, table.version, "miss", "stale")
                .order_by(table.provider, table.version)
            ).all()
            pins = connection.scalar(select(func.count()).select_from(schema.pins))
            claims = connection.scalar(
                select(func.count()).select_from(schema.claims).where(schema.claims.c.until > now)
            )
        return {"pins": pins or 0, "claims": claims or 0, "answers": [tuple(row) for row in rows]}

    def start_over(self, *, after_revision: int) -> None:
        """Be a store that nobody asks for yet, newer than ``after_revision``."""
        revision = update(schema.meta).where(schema.meta.c.name == "revision")
        with self._writing() as connection:
            connection.execute(revision.values(value=after_revision + 1))
            connection.execute(delete(schema.claims))
            connection.execute(delete(schema.paces))

    def reset(self) -> None:
        """Let go of connections, which may be lost; the next call makes new ones."""
        self.database.reset()

    def close(self) -> None:
        """Close every connection."""
        self.database.reset()
