"""Memoization of pure functions of a table, for as long as the table lives."""

import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

MAX_SUBJECTS = 2_048
"""Pairs of function and table that results are held for; the least recently used go first."""

MAX_RESULTS = 64
"""Results of one function for one table; the oldest go first."""

_Key = tuple[Callable[..., Any], int]


def memoize_per_table(
    function: Callable[Concatenate[Any, Arguments], Result],
) -> Callable[Concatenate[Any, Arguments], Result]:
    """Remember a pure function's results for its first argument as long as that lives.

    The first argument is a table or an index, never changed in place; the others are hashable. One
    rerun of the page asks for most results twice, and sessions with the same filter share them.
    """

    @wraps(function)
    def memoized(subject: Any, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        arguments = (args, tuple(sorted(kwargs.items())))
        results = _memo.results(function, subject)
        result: Result
        try:
            result = results[arguments]
        except KeyError:
            result = function(subject, *args, **kwargs)
            _memo.put(results, arguments, result)
        return result.copy(deep=False) if isinstance(result, pd.DataFrame) else result

    return memoized


class Memo:
    """Results by function and subject; a subject's results go when it does."""

    def __init__(self) -> None:
        self._entries: OrderedDict[_Key, tuple[weakref.ref[Any], dict[object, Any]]] = OrderedDict()
        self._dead: deque[_Key] = deque()
        self._lock = threading.Lock()

    def results(self, function: Callable[..., Any], subject: Any) -> dict[object, Any]:
        """The results of a function for a subject by arguments, to be read."""
        key = (function, id(subject))
        with self._lock:
            self._drop_dead()
            found = self._entries.get(key)
            if found is None or found[0]() is not subject:
                found = (weakref.ref(subject, partial(self._forget, key)), {})
                self._entries[key] = found
            self._entries.move_to_end(key)
            while len(self._entries) > MAX_SUBJECTS:
                self._entries.popitem(last=False)
            return found[1]

    def put(self, results: dict[object, Any], arguments: object, result: object) -> None:
        """Add a result."""
        with self._lock:
            results[arguments] = result
            while len(results) > MAX_RESULTS:
                del results[next(iter(results))]

    def holds(self, subject_id: int) -> bool:
        """Whether anything is held for the subject of that ``id``."""
        with self._lock:
            self._drop_dead()
            return any(key[1] == subject_id for key in self._entries)

    def _forget(self, key: _Key, _: object) -> None:
        """Drop a subject's results; runs wherever the subject dies, maybe while we hold the lock.

        A lock that is taken is not waited for: its holder may be this thread. The entry then goes
        at the next call.
        """
        self._dead.append(key)
        if self._lock.acquire(blocking=False):
            try:
                self._drop_dead()
            finally:
                self._lock.release()

    def _drop_dead(self) -> None:
        while self._dead:
            key = self._dead.popleft()
            found = self._entries.get(key)
            if found is not None and found[0]() is None:  # else another subject has the id now
                del self._entries[key]


_memo = Memo()
