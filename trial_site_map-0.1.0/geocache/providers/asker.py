"""Asks an online provider about many places; sends each query once across all processes."""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import isinf

from geocache.place import NotAsked, Place, Position
from geocache.providers.attempts import Run, TimeBudget, try_query
from geocache.providers.faults import Fault
from geocache.providers.geopy_provider import OnlineProvider
from geocache.providers.queries import Query
from geocache.records import NEVER, Answer
from geocache.store import FallbackStore

LEASE_SECONDS = 7.0
"""A claim not renewed for so long is free: its owner has died."""

_RENEW_SECONDS = 1.0
_CLAIMED_AT_ONCE = 8  # queries, where no rate limit has to be waited for
_POLL_SECONDS = (0.005, 0.2)  # first and longest pause while others hold the claims


class _Pending:
    """A place that is not answered yet, and the query to send next."""

    __slots__ = ("_queries", "budget", "misses", "place", "query")

    def __init__(self, place: Place, queries: Iterator[Query]) -> None:
        self.place = place
        self.budget = TimeBudget()
        self.misses: list[str] = []
        self._queries = queries
        self.query: Query | None = next(queries, None)

    def add_miss(self, reason: str) -> None:
        """Record that the query brought nothing, and go on to the next."""
        self.misses.append(reason)
        self.query = next(self._queries, None)


class Asker:
    """Finds positions with one online provider, and stores its answers.

    Args:
        store: holds the answers and the claims on queries.
        provider: the provider to ask.
    """

    def __init__(self, store: FallbackStore, provider: OnlineProvider) -> None:
        self._store = store
        self._provider = provider

    def build_first_key(self, place: Place) -> str:
        """As the provider's method."""
        return self._provider.build_first_key(place)

    def recall_hits(self, places: Sequence[Place]) -> dict[int, Position]:
        """By index, the positions of places whose first query is stored with a hit."""
        keys = [self._provider.build_first_key(place) for place in places]
        known = self._recall(keys)
        return {i: known[key] for i, key in enumerate(keys) if key in known and known[key].resolved}

    def ask(self, places: Sequence[Place], run: Run | None) -> Iterator[tuple[int, Position]]:
        """Index and position of every place, as soon as each is known.

        ``run=None`` sends nothing: places that are not stored come back as ``not asked yet``.
        """
        done = self.recall_hits(places)
        yield from done.items()
        waiting = {
            i: _Pending(place, self._provider.queries(place))
            for i, place in enumerate(places)
            if i not in done
        }
        yield from self._settle(waiting)
        if run is None:
            for i in waiting:
                name = self._provider.name
                yield i, Position(reason=NotAsked(f"not asked yet: {name}", name))
        elif waiting:
            yield from self._ask_all(waiting, run)

    def _ask_all(self, waiting: dict[int, _Pending], run: Run) -> Iterator[tuple[int, Position]]:
        claims = _Claims(self._store, self._provider)
        pause, longest = _POLL_SECONDS
        try:
            while waiting and not run.stopped:
                mine = claims.take(list(_group_by_key(waiting)))
                if mine:
                    pause = _POLL_SECONDS[0]
                else:
                    time.sleep(pause)
                    pause = min(pause * 1.5, longest)
                # Another process may have answered between the lookup and the claim.
                yield from self._settle(waiting)
                for key in mine:
                    sharing = _group_by_key(waiting).get(key)
                    if not sharing:
                        continue
                    if run.stopped or not claims.still_hold():
                        break
                    failed = self._send(waiting[sharing[0]], run, claims)
                    if failed:
                        for i in sharing:
                            del waiting[i]
                            yield i, _build_not_asked(failed)
                    else:
                        yield from self._settle(waiting, sharing)
        finally:
            claims.release()
        if run.stopped:
            for i in waiting:
                yield i, _build_not_asked(run.stopped)

    def _send(self, pending: _Pending, run: Run, claims: "_Claims") -> Fault | None:
        """Send the next query and store the answer; returns the fault if there is none."""
        query = pending.query
        assert query is not None  # noqa: S101
        try:
            result = try_query(
                self._provider, query, self._store, run, pending.budget, claims.renew
            )
        except Fault as fault:
            return fault
        now = time.time()
        expires = self._provider.expires_at(result.position, now)
        answer = Answer(
            query.key,
            self._provider.name,
            self._provider.version,
            result.position,
            NEVER if isinf(expires) else int(expires),
            query.text,
            result.reply,
            int(now),
        )
        persistent = self._provider.terms.keep_days != 0
        self._store.remember([answer], persistent=persistent)
        if persistent:
            claims.discard(query.key)
        return None

    def _settle(
        self, waiting: dict[int, _Pending], among: Sequence[int] | None = None
    ) -> Iterator[tuple[int, Position]]:
        """Apply stored answers; removes from ``waiting``, and yields, the places they settle."""
        moving = list(waiting) if among is None else list(among)
        while moving:
            due = [query.key for i in moving if (query := waiting[i].query)]
            known = self._recall(due)
            onward = []
            for i in moving:
                each = waiting[i]
                found = known.get(each.query.key) if each.query else None
                if each.query is None:
                    del waiting[i]
                    yield i, _build_miss(each, self._provider.name)
                elif found and found.resolved:
                    del waiting[i]
                    yield i, found
                elif found:
                    each.add_miss(found.reason)
                    onward.append(i)
            moving = onward

    def _recall(self, keys: list[str]) -> dict[str, Position]:
        if not keys:
            return {}
        now = int(time.time())
        return self._store.recall(self._provider.name, self._provider.version, keys, now)


class _Claims:
    """The queries that this asker may send now."""

    def __init__(self, store: FallbackStore, provider: OnlineProvider) -> None:
        self._store = store
        self._provider = provider.name
        self._together = 1 if provider.interval_seconds(scheduled=False) else _CLAIMED_AT_ONCE
        self._owner = uuid.uuid4().hex
        self._renewed = 0.0
        self._held: set[str] = set()

    def take(self, keys: list[str]) -> list[str]:
        """Claim some of the keys, in their order; none if others hold all of them."""
        self.release()
        free = self._store.list_unclaimed(self._provider, keys)[: self._together]
        if not free:
            return []
        self._renewed = time.monotonic()
        self._held = self._store.claim(self._provider, free, self._owner, LEASE_SECONDS)
        return [key for key in free if key in self._held]

    def still_hold(self) -> bool:
        """Renew the claims; false if too old: the consumer of positions may have paused."""
        if time.monotonic() - self._renewed > LEASE_SECONDS / 2:
            return False
        self.renew()
        return True

    def renew(self) -> None:
        """Renew the claims, once a second at most."""
        if self._held and time.monotonic() - self._renewed > _RENEW_SECONDS:
            self._renewed = time.monotonic()
            self._store.renew_claims(self._owner, LEASE_SECONDS)

    def discard(self, key: str) -> None:
        """Forget a claim that the store released with the answer."""
        self._held.discard(key)

    def release(self) -> None:
        """Release all claims."""
        if self._held:
            self._held = set()
            self._store.release_claims(self._owner)


def _group_by_key(waiting: dict[int, _Pending]) -> dict[str, list[int]]:
    due: dict[str, list[int]] = defaultdict(list)
    for i, each in waiting.items():
        if each.query:
            due[each.query.key].append(i)
    return due


def _build_miss(each: _Pending, provider: str) -> Position:
    if not each.misses:
        return Position(reason=f"nothing to ask {provider} for")
    return Position(reason=f"{provider}: {'; '.join(dict.fromkeys(each.misses))}")


def _build_not_asked(fault: Fault) -> Position:
    return Position(reason=NotAsked(f"not asked: {fault}", str(fault)))
