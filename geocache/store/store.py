"""One database of answers, pins, claims and rate limits."""

import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, inspect, select, text, update

from geocache.facilities.corrections import Correction
from geocache.keys import key_number, key_numbers, place_key
from geocache.place import Place, Position
from geocache.records import Answer, Pin, parse_positions
from geocache.store import schema
from geocache.store.backends import load_backend
from geocache.store.claims import Claims, RateLimits, claim_numbers, provider_hash
from geocache.store.database import Reader, public_url
from geocache.store.rows import build_answer_row, build_pin_row, parse_answer, parse_pin

_BATCH = 1_000


def _build_rows(answers: Sequence[Answer]) -> list[tuple[Any, ...]]:
    """Rows of the answers; of several for one key the last."""
    return list({row[0]: row for row in map(build_answer_row, answers)}.values())


class Store:
    """Answers, pins and claims in one database. Safe for threads and for many processes.

    Args:
        url: SQLAlchemy URL of SQLite or PostgreSQL.
        read_only: never write.

    Raises:
        StoreError: the database was written by a newer version.
        ConfigurationError: the URL cannot work.
        sqlalchemy.exc.DatabaseError: it cannot be opened.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.name = public_url(url)
        self.read_only = read_only
        self.database = load_backend(url)(url, read_only=read_only)
        self.engine = self.database.engine
        self.claims = Claims(self.database, self._begin_write)
        self.rate_limits = RateLimits(self.database, self._begin_write)
        self._write_lock = threading.Lock()
        try:
            if read_only:
                with self.engine.connect() as connection:
                    schema.check(connection)
            else:
                with self._begin_write() as connection:
                    self.database.lock_schema(connection)
                    schema.prepare(connection)
        except Exception:
            self.close()
            raise

    @contextmanager
    def _begin_write(self) -> Iterator[Connection]:
        with self._write_lock, self.database.writer.begin() as connection:
            yield connection

    @contextmanager
    def _take_reader(self) -> Iterator[Reader]:
        reader = self.database.take_reader()
        try:
            yield reader
        except Exception:
            reader.close()
            raise
        self.database.return_reader(reader)

    # Reading

    def recall(
        self, provider: str, version: str, keys: Sequence[str], now: int
    ) -> dict[str, Position]:
        """The stored answers of a provider for the keys, known misses included."""
        salt = provider_hash(provider, version)
        numbers = [number ^ salt for number in key_numbers(keys)]
        with self._take_reader() as reader:
            return parse_positions(reader.answers(numbers, now), provider)

    def look_up(
        self, pin_key: str, provider: str, version: str, key: str, now: int
    ) -> Position | None:
        """The pin of ``pin_key``, else the provider's stored answer for ``key``."""
        numbers = key_numbers((pin_key, key))
        reader = self.database.take_reader()  # as _take_reader does, inlined: the hot path
        try:
            pin = reader.pin(numbers[0])
            row = None if pin else reader.answer(numbers[1] ^ provider_hash(provider, version), now)
        except Exception:
            reader.close()
            raise
        self.database.return_reader(reader)
        if pin and pin[1] == pin_key:
            return parse_pin(pin).position()
        return parse_positions((row,), provider).get(key) if row else None

    def find_pins(self, keys: Sequence[str]) -> dict[str, Position]:
        """The positions of those keys of places that are pinned."""
        with self._take_reader() as reader:
            if not reader.any_pins():
                return {}
            rows = reader.pins(key_numbers(keys))
        return {row[1]: parse_pin(row).position() for row in rows}

    def revision(self) -> int:
        """A number that grows with every pin and answer, whichever process wrote it."""
        with self._take_reader() as reader:
            return reader.revision()

    def pins(self) -> Iterator[Pin]:
        """All pins, oldest first."""
        # All columns, not those of today's table: a store that cannot be migrated may lack some.
        query = text("SELECT * FROM pins ORDER BY pinned_at, id")
        with self.engine.connect() as connection:
            for row in connection.execute(query):
                yield parse_pin(row)

    def corrections(self) -> tuple[Correction, ...]:
        """What people said of facilities, oldest first."""
        table = schema.corrections
        columns = [table.c[name] for name in Correction._fields]
        with self.engine.connect() as connection:
            if not inspect(connection).has_table(table.name):  # an older store, opened to read
                return ()
            rows = connection.execute(select(*columns).order_by(table.c.corrected_at, table.c.id))
            return tuple(Correction(*row) for row in rows)

    def answers(self) -> Generator[Answer]:
        """All answers, expired ones too, ordered by row number."""
        statement = select(schema.answers).order_by(schema.answers.c.id)
        with self.engine.connect() as connection:
            rows = connection.execution_options(yield_per=1000).execute(statement)
            for row in rows:
                yield parse_answer(row)

    def count(self, now: int) -> dict[str, Any]:
        """Number of pins and claims, and for each provider its hits, misses and expired answers."""
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

    # Writing

    def remember(self, answers: Sequence[Answer], *, changes_revision: bool = True) -> None:
        """Write answers in one transaction, and release the claims on them.

        ``changes_revision=False`` is for offline providers, which would give the same again.
        """
        if not answers:
            return
        rows = _build_rows(answers)
        with self._begin_write() as connection:
            self.database.write_answers(connection, rows, newer_only=False)
            if changes_revision:
                ids = [claim_numbers(one.provider, [one.key])[0] for one in answers]
                connection.execute(delete(schema.claims).where(schema.claims.c.id.in_(ids)))
                schema.bump_revision(connection)

    def import_newer(self, answers: Sequence[Answer]) -> int:
        """Write answers, except where the stored one is newer; returns how many were written."""
        if not answers:
            return 0
        rows = _build_rows(answers)
        with self._begin_write() as connection:
            written = self.database.write_answers(connection, rows, newer_only=True)
            schema.bump_revision(connection)
        return written

    def pin(self, pins: Iterable[Pin]) -> None:
        """Write pins, replacing those of the same places."""
        rows = [build_pin_row(pin) for pin in pins]
        if rows:
            with self._begin_write() as connection:
                connection.execute(self.database.upsert(schema.pins), rows)
                schema.bump_revision(connection)

    def take_newer(self, other: "Store") -> None:
        """Copy pins, corrections and answers of another store, except older than this one's."""
        pinned_at = {pin.place: pin.pinned_at for pin in self.pins()}
        self.pin(pin for pin in other.pins() if pinned_at.get(pin.place, -1) <= pin.pinned_at)
        corrected_at = {one.key: one.corrected_at for one in self.corrections()}
        self.change_corrections(
            [c for c in other.corrections() if corrected_at.get(c.key, -1) <= c.corrected_at]
        )
        with closing(other.answers()) as answers:
            while batch := list(islice(answers, _BATCH)):
                self.import_newer(batch)

    def unpin(self, place: Place) -> bool:
        """Delete a pin; false if there was none."""
        key = place_key(place)
        table = schema.pins.c
        with self._begin_write() as connection:
            where = (table.id == key_number(key), table.key == key)
            gone = connection.execute(delete(schema.pins).where(*where)).rowcount
            if gone:
                schema.bump_revision(connection)
        return bool(gone)

    def change_corrections(
        self, added: Sequence[Correction], removed: Sequence[Correction] = ()
    ) -> None:
        """Write corrections, replacing those of the same spellings, and delete others."""
        table = schema.corrections
        rows = [
            {"id": key_number(one.key), "key": one.key, **one._asdict()}
            for one in {one.key: one for one in added}.values()
        ]
        gone = [key_number(one.key) for one in removed]
        with self._begin_write() as connection:
            if gone:
                connection.execute(delete(table).where(table.c.id.in_(gone)))
            if rows:
                connection.execute(self.database.upsert(table), sorted(rows, key=itemgetter("id")))
            if rows or gone:
                schema.bump_revision(connection)

    def forget(
        self,
        *,
        keys: Sequence[str] | None = None,
        provider: str = "",
        misses_only: bool = False,
        expired_at: int | None = None,
    ) -> int:
        """Delete the answers that meet all conditions; returns how many.

        Args:
            keys: only these, of any provider.
            provider: only of this provider.
            misses_only: only known misses.
            expired_at: only those expired at this time, in seconds since 1970.
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
        with self._begin_write() as connection:
            gone = connection.execute(delete(schema.answers).where(*conditions)).rowcount
            if gone:
                schema.bump_revision(connection)
        return gone

    def delete_other_versions(self, provider: str, version: str) -> int:
        """Delete the answers of an offline provider's other versions; returns how many.

        Searches only if the version is not the one of the last call.
        """
        table, name, number = schema.meta, f"version of {provider}", key_number(version)
        with self._begin_write() as connection:
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

    def check_writable(self) -> None:
        """Write nothing new in a transaction; raises if the database cannot be written."""
        with self._begin_write() as connection:
            schema.touch(connection)

    def prepare_restored(self, *, after_revision: int) -> None:
        """Clear claims and rate limits of a restored copy; its revision is after the given one."""
        revision = update(schema.meta).where(schema.meta.c.name == "revision")
        with self._begin_write() as connection:
            connection.execute(revision.values(value=after_revision + 1))
            connection.execute(delete(schema.claims))
            connection.execute(delete(schema.rate_limits))

    def reset(self) -> None:
        """Close idle connections, which may be lost; the next call makes new ones."""
        self.database.reset()

    def close(self) -> None:
        """Close every connection."""
        self.database.reset()
