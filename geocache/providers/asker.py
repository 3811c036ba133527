"""Asking an online provider about many places: nothing twice, by nobody else either."""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import isinf

from geocache.place import Place, Position
from geocache.providers.attempts import Run, TimeBudget, try_query
from geocache.providers.faults import Fault
from geocache.providers.geopy_provider import OnlineProvider
from geocache.providers.queries import Query
from geocache.records import NEVER, Answer
from geocache.store import FallbackStore

LEASE_SECONDS = 7.0
"""A claim not renewed for so long belongs to nobody: its owner is dead."""

_RENEW_SECONDS = 1.0
_TOGETHER = 8  # queries claimed in one go where there is no limit to wait for
_POLL_SECONDS = (0.005, 0.2)  # first and longest pause while others ask


class _Open:
    """A place that is not answered yet: which of its queries is due."""

    __slots__ = ("_queries", "allowance", "missed", "place", "query")

    def __init__(self, place: Place, queries: Iterator[Query]) -> None:
        self.place = place
        self.allowance = TimeBudget()
        self.missed: list[str] = []
        self._queries = queries
        self.query: Query | None = next(queries, None)

    def miss(self, reason: str) -> None:
        """The query due is answered: not known. On to the next."""
        self.missed.append(reason)
        self.query = next(self._queries, None)


class Asker:
    """Positions of places from one online provider and what is remembered of it.

    Args:
        store: where answers are looked up and kept, and queries claimed.
        provider: who is asked.
    """

    def __init__(self, store: FallbackStore, provider: OnlineProvider) -> None:
        self._store = store
        self._provider = provider

    def build_first_key(self, place: Place) -> str:
        """As the provider's."""
        return self._provider.build_first_key(place)

    def remembered(self, places: Sequence[Place]) -> dict[int, Position]:
        """By index, the positions of places whose first query is remembered with a hit."""
        keys = [self._provider.build_first_key(place) for place in places]
        known = self._recall(keys)
        return {i: known[key] for i, key in enumerate(keys) if key in known and known[key].resolved}

    def ask(self, places: Sequence[Place], run: Run | None) -> Iterator[tuple[int, Position]]:
        """Index and position of every place, as they become known.

        ``run=None`` asks nobody: what is not remembered comes back as ``not asked yet``.
        """
        done = self.remembered(places)
        yield from done.items()
        waiting = {
            i: _Open(place, self._provider.queries(place))
            for i, place in enumerate(places)
            if i not in done
        }
        yield from self._settle(waiting)
        if run is None:
            for i in waiting:
                yield i, Position(reason=f"not asked yet: {self._provider.name}")
        elif waiting:
            yield from self._ask_all(waiting, run)

    def _ask_all(self, waiting: dict[int, _Open], run: Run) -> Iterator[tuple[int, Position]]:
        claims = _Claims(self._store, self._provider)
        pause, longest = _POLL_SECONDS
        try:
            while waiting and not run.stopped:
                mine = claims.take(list(_by_key(waiting)))
                if mine:
                    pause = _POLL_SECONDS[0]
                else:
                    time.sleep(pause)
                    pause = min(pause * 1.5, longest)
                # Between looking and claiming another may have answered and let go.
                yield from self._settle(waiting)
                for key in mine:
                    sharing = _by_key(waiting).get(key)
                    if not sharing:
                        continue
                    if run.stopped or not claims.hold():
                        break
                    failed = self._ask_one(waiting[sharing[0]], run, claims)
                    if failed:
                        for i in sharing:
                            del waiting[i]
                            yield i, _not_asked(failed)
                    else:
                        yield from self._settle(waiting, sharing)
        finally:
            claims.drop()
        if run.stopped:
            for i in waiting:
                yield i, _not_asked(run.stopped)

    def _ask_one(self, asking: _Open, run: Run, claims: "_Claims") -> Fault | None:
        """Ask the query that is due and remember the answer; the fault if there is none."""
        query = asking.query
        assert query is not None  # noqa: S101
        try:
            judged = try_query(
                self._provider, query, self._store, run, asking.allowance, claims.renew
            )
        except Fault as fault:
            return fault
        now = time.time()
        expires = self._provider.expires_at(judged.position, now)
        answer = Answer(
            query.key,
            self._provider.name,
            self._provider.version,
            judged.position,
            NEVER if isinf(expires) else int(expires),
            query.as_asked,
            judged.reply,
            int(now),
        )
        lasting = self._provider.terms.keep_days != 0
        self._store.remember([answer], lasting=lasting)
        if lasting:
            claims.answered(query.key)
        return None

    def _settle(
        self, waiting: dict[int, _Open], among: Sequence[int] | None = None
    ) -> Iterator[tuple[int, Position]]:
        """Follow what is remembered; take out of ``waiting``, and yield, what that settles."""
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
                    yield i, _unknown(each, self._provider.name)
                elif found and found.resolved:
                    del waiting[i]
                    yield i, found
                elif found:
                    each.miss(found.reason)
                    onward.append(i)
            moving = onward

    def _recall(self, keys: list[str]) -> dict[str, Position]:
        if not keys:
            return {}
        now = int(time.time())
        return self._store.recall(self._provider.name, self._provider.version, keys, now)


class _Claims:
    """The queries this asker may send now."""

    def __init__(self, store: FallbackStore, provider: OnlineProvider) -> None:
        self._store = store
        self._provider = provider.name
        self._together = 1 if provider.interval_seconds(scheduled=False) else _TOGETHER
        self._owner = uuid.uuid4().hex
        self._renewed = 0.0
        self._held: set[str] = set()

    def take(self, keys: list[str]) -> list[str]:
        """Claim some of the keys, in their order; none if others hold them all."""
        self.drop()
        free = self._store.unclaimed(self._provider, keys)[: self._together]
        if not free:
            return []
        self._renewed = time.monotonic()
        self._held = self._store.claim(self._provider, free, self._owner, LEASE_SECONDS)
        return [key for key in free if key in self._held]

    def hold(self) -> bool:
        """Whether the claims still hold; a reader of positions may have let us wait."""
        if time.monotonic() - self._renewed > LEASE_SECONDS / 2:
            return False
        self.renew()
        return True

    def renew(self) -> None:
        """Keep the claims, if it is time."""
        if self._held and time.monotonic() - self._renewed > _RENEW_SECONDS:
            self._renewed = time.monotonic()
            self._store.renew(self._owner, LEASE_SECONDS)

    def answered(self, key: str) -> None:
        """A claim went with its answer."""
        self._held.discard(key)

    def drop(self) -> None:
        """Give back what is held."""
        if self._held:
            self._held = set()
            self._store.release(self._owner)


def _by_key(waiting: dict[int, _Open]) -> dict[str, list[int]]:
    due: dict[str, list[int]] = defaultdict(list)
    for i, each in waiting.items():
        if each.query:
            due[each.query.key].append(i)
    return due


def _unknown(each: _Open, provider: str) -> Position:
    if not each.missed:
        return Position(reason=f"nothing to ask {provider} for")
    return Position(reason=f"{provider}: {'; '.join(dict.fromkeys(each.missed))}")


def _not_asked(fault: Fault) -> Position:
    return Position(reason=f"not asked: {fault}")
