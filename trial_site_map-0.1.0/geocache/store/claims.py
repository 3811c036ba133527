"""Claims on queries and request rate limits, shared by all processes that use a store."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cache

from sqlalchemy import Connection, delete, select, update

from geocache.keys import key_number, key_numbers
from geocache.store import schema
from geocache.store.database import Database

BeginWrite = Callable[[], AbstractContextManager[Connection]]
"""Opens a transaction that writes."""


@cache
def provider_hash(provider: str, version: str) -> int:
    """The number that distinguishes the rows of a provider's version; XORed with a key's number."""
    return key_number(f"{provider} {version}")


def claim_numbers(provider: str, keys: Sequence[str]) -> list[int]:
    """Row numbers of claims. They depend on the query, not on the provider's version."""
    salt = provider_hash(provider, "")
    return [number ^ salt for number in key_numbers(keys)]


class Claims:
    """Leases on queries: each query is sent by one owner at a time."""

    def __init__(self, database: Database, begin_write: BeginWrite) -> None:
        self._database = database
        self._begin_write = begin_write

    def take(self, provider: str, keys: Sequence[str], owner: str, seconds: float) -> set[str]:
        """Claim queries for ``owner``; returns those that nobody else holds.

        A claim not renewed within ``seconds`` goes to the next owner who asks for it.
        """
        table, now = schema.claims, self._database.now()
        ids = dict(zip(claim_numbers(provider, keys), keys, strict=True))
        if not ids:
            return set()
        # Sorted by number, so that two owners who claim the same keys cannot deadlock.
        rows = [{"id": each, "owner": owner, "until": now + seconds} for each in sorted(ids)]
        statement = self._database.insert(table).values(rows)
        fresh = statement.excluded
        claim = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={"owner": fresh.owner, "until": fresh.until},
            where=(table.c.until < now) | (table.c.owner == fresh.owner),
        ).returning(table.c.id)
        with self._begin_write() as connection:
            return {ids[each] for each in connection.scalars(claim)}

    def renew(self, owner: str, seconds: float) -> None:
        """Extend all claims of ``owner`` to ``seconds`` from now."""
        table = schema.claims
        with self._begin_write() as connection:
            until = self._database.now() + seconds
            connection.execute(update(table).where(table.c.owner == owner).values(until=until))

    def release(self, owner: str) -> None:
        """Release all claims of ``owner``."""
        table = schema.claims
        with self._begin_write() as connection:
            connection.execute(delete(table).where(table.c.owner == owner))

    def list_unclaimed(self, provider: str, keys: Sequence[str]) -> list[str]:
        """The keys that nobody has claimed, in their order."""
        table, numbers = schema.claims.c, claim_numbers(provider, keys)
        with self._database.engine.connect() as connection:
            held = set(
                connection.scalars(select(table.id).where(table.until >= self._database.now()))
            )
        return [key for key, number in zip(keys, numbers, strict=True) if number not in held]


class RateLimits:
    """Request slots of each provider, a fixed interval apart over all users of the store."""

    def __init__(self, database: Database, begin_write: BeginWrite) -> None:
        self._database = database
        self._begin_write = begin_write

    def acquire_slot(
        self, provider: str, interval_seconds: float, *, max_wait_seconds: float
    ) -> float | None:
        """Reserve the next slot for a request; returns the seconds to wait for it.

        Reserves nothing and returns ``None`` if the slot is more than ``max_wait_seconds`` away.
        """
        with self._begin_write() as connection:
            now, next_at = self._lock_row(connection, provider)
            if next_at > now + 3600 + interval_seconds:  # a clock that was set back
                next_at = now
            slot = max(now, next_at)
            if slot - now > max_wait_seconds:
                return None
            row = {"provider": provider, "next_at": slot + interval_seconds}
            connection.execute(self._database.upsert(schema.rate_limits), row)
        return slot - now

    def back_off(self, provider: str, seconds: float) -> None:
        """No request to a provider, by anybody, for so many seconds."""
        with self._begin_write() as connection:
            now, next_at = self._lock_row(connection, provider)
            row = {"provider": provider, "next_at": max(next_at, now + seconds)}
            connection.execute(self._database.upsert(schema.rate_limits), row)

    def _lock_row(self, connection: Connection, provider: str) -> tuple[float, float]:
        """The time now and of the provider's next slot; its row is locked until the commit."""
        table = schema.rate_limits
        row = {"provider": provider, "next_at": 0.0}
        connection.execute(self._database.insert(table).on_conflict_do_nothing(), row)
        locked = select(table.c.next_at).where(table.c.provider == provider).with_for_update()
        next_at = connection.scalar(locked)
        now = connection.scalar(select(self._database.now()))
        return now or 0.0, next_at or 0.0
