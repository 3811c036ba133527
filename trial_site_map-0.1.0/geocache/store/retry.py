"""One retry policy for calls to a database: after a lost connection or a lock conflict."""

import sqlite3
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFreeError

from geocache.store.database import Database, Trouble

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

DATABASE_ERRORS = (sqlite3.Error, DBAPIError, NoConnectionFreeError, OSError)
"""What a database on a disk or a server may raise."""

_PAUSES_SECONDS = (0.0, 0.05, 0.2, 0.5)
_MAX_SECONDS = 2.0
"""No further attempt after this time."""

_TRANSIENT = {Trouble.PASSING, Trouble.AWAY}


def call_with_retries(
    call: Callable[[], T], backend: type[Database], reset: Callable[[], object]
) -> T:
    """Call, and call again after a lost connection or a lock conflict: four times in two seconds.

    Args:
        call: a whole transaction or a single read.
        backend: classifies the errors.
        reset: drops lost connections, before the next attempt makes new ones.

    Raises:
        Exception: the last attempt's, or the first that no retry can help.
    """
    try:
        return call()
    except DATABASE_ERRORS as error:
        return _retry(error, call, backend, reset)


def summarize_error(error: Exception) -> str:
    """An error's own message, without the statement that caused it."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return lines[0] if lines else type(error).__name__


def _retry(
    first: Exception, call: Callable[[], T], backend: type[Database], reset: Callable[[], object]
) -> T:
    # Only here: a call that succeeds at once, as nearly all do, pays nothing for the policy.
    from tenacity import (  # noqa: PLC0415
        Retrying,
        retry_if_exception,
        stop_after_attempt,
        stop_after_delay,
        wait_chain,
        wait_fixed,
    )

    failed: list[Exception] = [first]

    def attempt() -> T:
        if failed:
            raise failed.pop()
        return call()

    def is_transient(error: BaseException) -> bool:
        return isinstance(error, DATABASE_ERRORS) and backend.classify(error) in _TRANSIENT

    def drop_connections(state: "RetryCallState") -> None:
        error = state.outcome.exception() if state.outcome else None
        if error is not None and backend.classify(error) is Trouble.AWAY:
            reset()

    retrying = Retrying(
        retry=retry_if_exception(is_transient),
        stop=stop_after_attempt(len(_PAUSES_SECONDS) + 1) | stop_after_delay(_MAX_SECONDS),
        wait=wait_chain(*map(wait_fixed, _PAUSES_SECONDS)),
        before_sleep=drop_connections,
        reraise=True,
    )
    result: T = retrying(attempt)
    return result
