"""Sends one query with rate limit, retries and time budget."""

import threading
import time
from collections.abc import Callable

from tenacity import RetryCallState, Retrying, retry_if_exception

from geocache.providers.faults import Fault
from geocache.providers.geopy_provider import OnlineProvider
from geocache.providers.interpret import Interpretation
from geocache.providers.queries import Query
from geocache.store import FallbackStore

PLACE_SECONDS = 5.0
"""The longest that one place may take, not counting waits for the rate limit."""

MAX_WAIT_SECONDS = 120.0
"""A provider that demands a longer wait is not asked again in the run."""

MAX_FAILURES_IN_A_ROW = 5
LONG_RUN_SECONDS = 86_400.0
_ATTEMPTS = 3
_MIN_SECONDS = 0.3  # with less left, another attempt could not succeed
_SLICE_SECONDS = 1.0


class Run:
    """Counts requests and failures at one provider, and stops after too many.

    A refusal (401, 403), a repeated 429 or five failures in a row stop a run: its answers are
    kept, its remaining places are not asked.
    """

    def __init__(self, *, scheduled: bool = False) -> None:
        self.stopped: Fault | None = None
        self.requests = 0
        self._scheduled = scheduled
        self._failures = 0
        self._began = time.monotonic()
        self._lock = threading.Lock()

    @property
    def scheduled(self) -> bool:
        """Whether the limit for scheduled jobs applies: requested, or after a day."""
        return self._scheduled or time.monotonic() - self._began > LONG_RUN_SECONDS

    def record_request(self) -> None:
        """Count a request."""
        with self._lock:
            self.requests += 1

    def record_answer(self) -> None:
        """Reset the count of failures in a row."""
        with self._lock:
            self._failures = 0

    def record_failure(self, fault: Fault) -> None:
        """Count a query that failed for good; may stop the run."""
        with self._lock:
            self._failures += 1
            if fault.refusal or fault.rate_limited or self._failures >= MAX_FAILURES_IN_A_ROW:
                self.stopped = self.stopped or fault


class TimeBudget:
    """The seconds left for a place. Waiting for the rate limit is not counted."""

    def __init__(self, seconds: float = PLACE_SECONDS) -> None:
        self.left_seconds = seconds

    def spend_since(self, began: float) -> None:
        """Subtract the time since ``began`` (monotonic seconds)."""
        self.left_seconds -= time.monotonic() - began


def try_query(  # noqa: PLR0917
    provider: OnlineProvider,
    query: Query,
    store: FallbackStore,
    run: Run,
    budget: TimeBudget,
    renew: Callable[[], None],
) -> Interpretation:
    """The provider's answer to a query.

    Args:
        provider: the provider to ask.
        query: the query to send.
        store: keeps the rate limit over all its users.
        run: counts the request and its failure.
        budget: the time left for the place; reduced by this call.
        renew: called before each request, and at least once a second while waiting.

    Raises:
        Fault: no attempt brought an answer.
    """

    def stop(state: RetryCallState) -> bool:
        fault = state.outcome.exception() if state.outcome else None
        if not isinstance(fault, Fault):
            return True
        if fault.rate_limited:
            return state.attempt_number >= 2 or pause(state) > MAX_WAIT_SECONDS
        worth_waiting = budget.left_seconds - pause(state) >= _MIN_SECONDS
        return state.attempt_number >= _ATTEMPTS or not worth_waiting

    def pause(state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Fault) and fault.retry_after is not None:
            return fault.retry_after
        return 0.5 * 2.0 ** (state.attempt_number - 1)

    def rest(seconds: float) -> None:
        _sleep(seconds, renew)

    def before_sleep(state: RetryCallState) -> None:
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Fault) and fault.retry_after is not None:
            store.back_off(provider.name, fault.retry_after)  # for all users of the store
        elif isinstance(fault, Fault) and not fault.rate_limited:
            budget.left_seconds -= pause(state)

    def attempt() -> Interpretation:
        _wait_for_slot(provider, store, run, renew)
        seconds = min(provider.terms.timeout_seconds, budget.left_seconds)
        if seconds <= 0:
            raise Fault("timeout", provider=provider.name)
        renew()
        run.record_request()
        began = time.monotonic()
        try:
            return provider.ask(query, timeout_seconds=seconds)
        finally:
            budget.spend_since(began)

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Fault) and error.passing),
        stop=stop,
        wait=pause,
        sleep=rest,
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        result = retrying(attempt)
    except Fault as fault:
        run.record_failure(fault)
        raise
    run.record_answer()
    return result


def _wait_for_slot(
    provider: OnlineProvider, store: FallbackStore, run: Run, renew: Callable[[], None]
) -> None:
    interval = provider.interval_seconds(scheduled=run.scheduled)
    if not interval:
        return
    seconds = store.acquire_slot(provider.name, interval, max_wait_seconds=MAX_WAIT_SECONDS)
    if seconds is None:
        raise Fault("429", provider=provider.name, refusal=True)
    _sleep(seconds, renew)


def _sleep(seconds: float, renew: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE_SECONDS))
        renew()
