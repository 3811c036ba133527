"""Who is asking what right now, and when a provider may be asked next."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, Engine, delete, select, update

from geocache.keys import key_number, key_numbers
from geocache.store import schema
from geocache.store.database import Database


@cache
def provider_hash(provider: str, version: str) -> int:
    """What the number of an answer's row differs by from that of its key."""
    return key_number(f"{provider} {version}")


def claim_numbers(provider: str, keys: Sequence[str]) -> list[int]:
    """Row numbers of claims: of a query, whatever the version of what reads its answer."""
    by = provider_hash(provider, "")
    return [number ^ by for number in key_numbers(keys)]


class Claims:
    """The part of a store by which those who ask keep out of each other's way."""

    engine: Engine
    database: Database

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        raise NotImplementedError
        yield

    def claim(self, provider: str, keys: Sequence[str], owner: str, seconds: float) -> set[str]:
        """Claim queries for ``owner``; those that nobody else holds.

        A claim not renewed within ``seconds`` falls to whoever asks next.
        """
        table, now = schema.claims, self.database.now()
        ids = dict(zip(claim_numbers(provider, keys), keys, strict=True))
        if not ids:
            return set()
        # In the order of their numbers: two who claim the same never wait for each other.
        rows = [{"id": each, "owner": owner, "until": now + seconds} for each in sorted(ids)]
        statement = self.database.insert(table).values(rows)
        fresh = statement.excluded
        claim = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"owner": fresh.owner, "until": fresh.until},
            where=(table.c.until < now) | (table.c.owner == fresh.owner),
        ).returning(table.c.id)
        with self._writing() as connection:
            return {ids[each] for each in connection.scalars(claim)}

    def renew(self, owner: str, seconds: float) -> None:
        """Hold all claims of ``owner`` for another while."""
        table = schema.claims
        with self._writing() as connection:
            until = self.database.now() + seconds
            connection.execute(update(table).where(table.c.owner == owner).values(until=until))

    def release(self, owner: str) -> None:
        """Give up all claims of ``owner``."""
        table = schema.claims
        with self._writing() as connection:
            connection.execute(delete(table).where(table.c.owner == owner))

    def unclaimed(self, provider: str, keys: Sequence[str]) -> list[str]:
        """Those of the keys that nobody is asking right now, in their order."""
        table, numbers = schema.claims.c, claim_numbers(provider, keys)
        with self.engine.connect() as connection:
            held = set(
                connection.scalars(select(table.id).where(table.until >= self.database.now()))
            )
        return [key for key, number in zip(keys, numbers, strict=True) if number not in held]

    def reserve(
        self, provider: str, interval_seconds: float, *, most_seconds: float
    ) -> float | None:
        """Take the next turn to ask a provider; seconds to wait for it.

        Turns are ``interval_seconds`` apart over all users of the store. Takes none, and says
        ``None``, if it would be more than ``most_seconds`` away.
        """
        with self._writing() as connection:
            now, next_at = self._pace(connection, provider)
            if next_at > now + 3600 + interval_seconds:  # a clock that was set back
                next_at = now
            turn = max(now, next_at)
            if turn - now > most_seconds:
                return None
            row = {"provider": provider, "next_at": turn + interval_seconds}
            connection.execute(self.database.upsert(schema.paces), row)
        return turn - now

    def postpone(self, provider: str, seconds: float) -> None:
        """Let nobody ask a provider before so many seconds have gone."""
        with self._writing() as connection:
            now, next_at = self._pace(connection, provider)
            row = {"provider": provider, "next_at": max(next_at, now + seconds)}
            connection.execute(self.database.upsert(schema.paces), row)

    def _pace(self, connection: Connection, provider: str) -> tuple[float, float]:
        """Now, and when the provider may next be asked; nobody else sets that meanwhile."""
        table = schema.paces
        row = {"provider": provider, "next_at": 0.0}
        connection.execute(self.database.insert(table).on_conflict_do_nothing(), row)
        locked = select(table.c.next_at).where(table.c.provider == provider).with_for_update()
        next_at = connection.scalar(locked)
        now = connection.scalar(select(self.database.now()))
        return now or 0.0, next_at or 0.0
