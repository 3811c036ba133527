"""One query, tried as often as it deserves, in its turn, and no longer than it may take."""

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
"""The longest that asking for one place may take, waiting for a turn aside."""

LONGEST_WAIT_SECONDS = 120.0
"""Told to wait longer than this, a provider is left alone for the rest of the run."""

FAILURES_IN_A_ROW = 5
RUN_IS_LONG_SECONDS = 86_400.0
_ATTEMPTS = 3
_LEAST_SECONDS = 0.3  # with less left, another try could not succeed
_SLICE_SECONDS = 1.0


class Run:
    """What a run has met at one provider, and whether it goes on.

    A refusal (401, 403), a repeated 429 or five failures in a row stop it: what was answered is
    kept, the rest is not asked.
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
        """Whether the limit for scheduled jobs holds: asked for, or running for a day."""
        return self._scheduled or time.monotonic() - self._began > RUN_IS_LONG_SECONDS

    def sent(self) -> None:
        """Count a request."""
        with self._lock:
            self.requests += 1

    def answered(self) -> None:
        """An answer came: failures before it no longer count."""
        with self._lock:
            self._failures = 0

    def failed(self, fault: Fault) -> None:
        """A query failed for good."""
        with self._lock:
            self._failures += 1
            if fault.refusal or fault.rate_limited or self._failures >= FAILURES_IN_A_ROW:
                self.stopped = self.stopped or fault


class TimeBudget:
    """How many seconds a place may still take. Waiting for a turn is not counted."""

    def __init__(self, seconds: float = PLACE_SECONDS) -> None:
        self.left_seconds = seconds

    def take(self, began: float) -> None:
        """Count the time since ``began`` (monotonic seconds)."""
        self.left_seconds -= time.monotonic() - began


def try_query(  # noqa: PLR0917 # each is another thing it hangs on
    provider: OnlineProvider,
    query: Query,
    store: FallbackStore,
    run: Run,
    allowance: TimeBudget,
    alive: Callable[[], None],
) -> Interpretation:
    """The provider's answer to a query.

    Args:
        provider: who is asked.
        query: what.
        store: whose turns are taken, so that all its users together keep to the limit.
        run: whose failures count.
        allowance: what the place may still take; less afterwards.
        alive: called before each request, and at least once a second while waiting.

    Raises:
        Fault: there is no answer, after as many tries as its kind deserves.
    """

    def stop(state: RetryCallState) -> bool:
        fault = state.outcome.exception() if state.outcome else None
        if not isinstance(fault, Fault):
            return True
        if fault.rate_limited:
            return state.attempt_number >= 2 or pause(state) > LONGEST_WAIT_SECONDS
        patient = allowance.left_seconds - pause(state) >= _LEAST_SECONDS
        return state.attempt_number >= _ATTEMPTS or not patient

    def pause(state: RetryCallState) -> float:
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Fault) and fault.retry_after is not None:
            return fault.retry_after
        return 0.5 * 2.0 ** (state.attempt_number - 1)

    def rest(seconds: float) -> None:
        _sleep(seconds, alive)

    def before_sleep(state: RetryCallState) -> None:
        fault = state.outcome.exception() if state.outcome else None
        if isinstance(fault, Fault) and fault.retry_after is not None:
            store.postpone(provider.name, fault.retry_after)  # the others wait too
        elif isinstance(fault, Fault) and not fault.rate_limited:
            allowance.left_seconds -= pause(state)

    def once() -> Interpretation:
        _wait_for_turn(provider, store, run, alive)
        seconds = min(provider.terms.timeout_seconds, allowance.left_seconds)
        if seconds <= 0:
            raise Fault("timeout", provider=provider.name)
        alive()
        run.sent()
        began = time.monotonic()
        try:
            return provider.ask(query, timeout_seconds=seconds)
        finally:
            allowance.take(began)

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Fault) and error.passing),
        stop=stop,
        wait=pause,
        sleep=rest,
        before_sleep=before_sleep,
        reraise=True,
    )
    try:
        judged = retrying(once)
    except Fault as fault:
        run.failed(fault)
        raise
    run.answered()
    return judged


def _wait_for_turn(
    provider: OnlineProvider, store: FallbackStore, run: Run, alive: Callable[[], None]
) -> None:
    interval = provider.interval_seconds(scheduled=run.scheduled)
    if not interval:
        return
    seconds = store.reserve(provider.name, interval, most_seconds=LONGEST_WAIT_SECONDS)
    if seconds is None:
        raise Fault("429", provider=provider.name, refusal=True)
    _sleep(seconds, alive)


def _sleep(seconds: float, alive: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _SLICE_SECONDS))
        alive()
