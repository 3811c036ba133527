"""A queue for a few slots that serves owners in turn: many requests of one delay nobody else's."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

_WAIT_SECONDS = 0.2


class FairQueue:
    """Slots that owners take one at a time each; thread-safe.

    Of those who wait, the owner who was served longest ago is next.

    Args:
        slots: how many may be served at the same time.
    """

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._waiting: list[tuple[str, object]] = []
        self._serving: set[str] = set()
        self._served: dict[str, int] = {}
        self._numbers = count()
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, owner: str, while_waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Wait for a slot and hold it.

        ``while_waiting`` is called now and then until it is ``owner``'s turn, and may raise to give
        up.
        """
        ticket = (owner, object())
        with self._changed:
            self._waiting.append(ticket)
        try:
            while not self._take(ticket):
                while_waiting()
        except BaseException:
            self._leave(ticket)
            raise
        try:
            yield
        finally:
            with self._changed:
                self._serving.discard(owner)
                self._forget_absent()
                self._changed.notify_all()

    def _take(self, ticket: tuple[str, object]) -> bool:
        """Take a slot if it is the ticket's turn, else wait a moment."""
        with self._changed:
            if self._next() is not ticket:
                self._changed.wait(_WAIT_SECONDS)
            if self._next() is not ticket:
                return False
            owner = ticket[0]
            self._waiting.remove(ticket)
            self._serving.add(owner)
            self._served[owner] = next(self._numbers)
            self._changed.notify_all()
            return True

    def _next(self) -> tuple[str, object] | None:
        if len(self._serving) >= self._slots:
            return None
        free = [ticket for ticket in self._waiting if ticket[0] not in self._serving]
        return min(free, key=lambda ticket: self._served.get(ticket[0], -1), default=None)

    def _leave(self, ticket: tuple[str, object]) -> None:
        with self._changed:
            if ticket in self._waiting:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _forget_absent(self) -> None:
        present = self._serving | {owner for owner, _ in self._waiting}
        self._served = {owner: turn for owner, turn in self._served.items() if owner in present}
