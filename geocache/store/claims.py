"""Who is asking what right now, and when a provider may be asked next."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Connection, Engine, delete, select, update

from geocache.keys import key_number, key_numbers
from geocache.store import schema, sqlite


@cache
def mark(provider: str, version: str) -> int:
    """What the number of an answer's row differs by from that of its key."""
    return key_number(f"{provider} {version}")


def claim_numbers(provider: str, keys: Sequence[str]) -> list[int]:
    """Row numbers of claims: of a query, whatever the version of what reads its answer."""
    by = mark(provider, "")
    return [number ^ by for number in key_numbers(keys)]


class Claims:
    """The part of a store by which those who ask keep out of each other's way."""

    engine: Engine

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        raise NotImplementedError
        yield

    def claim(self, provider: str, keys: Sequence[str], owner: str, seconds: float) -> set[str]:
        """Claim queries for ``owner``; those that nobody else holds.

        A claim not renewed within ``seconds`` falls to whoever asks next.
        """
        now, table = time.time(), schema.claims
        ids = dict(zip(claim_numbers(provider, keys), keys, strict=True))
        rows = [{"id": each, "owner": owner, "until": now + seconds} for each in ids]
        with self._writing() as connection:
            mine = (table.c.id.in_(ids), table.c.owner == owner)
            connection.execute(delete(table).where(table.c.id.in_(ids), table.c.until < now))
            connection.execute(sqlite.insert_missing(table), rows)
            return {ids[each] for each in connection.scalars(select(table.c.id).where(*mine))}

    def renew(self, owner: str, seconds: float) -> None:
        """Hold all claims of ``owner`` for another while."""
        table = schema.claims
        with self._writing() as connection:
            until = time.time() + seconds
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
            held = set(connection.scalars(select(table.id).where(table.until >= time.time())))
        return [key for key, number in zip(keys, numbers, strict=True) if number not in held]

    def reserve(
        self, provider: str, interval_seconds: float, *, most_seconds: float
    ) -> float | None:
        """Take the next turn to ask a provider; seconds to wait for it.

        Turns are ``interval_seconds`` apart over all users of the store. Takes none, and says
        ``None``, if it would be more than ``most_seconds`` away.
        """
        table, now = schema.paces, time.time()
        with self._writing() as connection:
            where = table.c.provider == provider
            next_at = connection.scalar(select(table.c.next_at).where(where)) or 0.0
            if next_at > now + 3600 + interval_seconds:  # a clock that was set back
                next_at = now
            turn = max(now, next_at)
            if turn - now > most_seconds:
                return None
            row = {"provider": provider, "next_at": turn + interval_seconds}
            connection.execute(sqlite.upsert(table), row)
        return turn - now

    def postpone(self, provider: str, seconds: float) -> None:
        """Let nobody ask a provider before so many seconds have gone."""
        table, until = schema.paces, time.time() + seconds
        with self._writing() as connection:
            where = table.c.provider == provider
            next_at = connection.scalar(select(table.c.next_at).where(where)) or 0.0
            row = {"provider": provider, "next_at": max(next_at, until)}
            connection.execute(sqlite.upsert(table), row)
