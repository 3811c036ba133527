"""Slots are given in turn: many requests of one owner delay nobody else's."""

import threading
from contextlib import ExitStack

import pytest

from dashboard.library.fair_queue import FairQueue


class Served:
    """Requests on threads of their own, in the order they were served."""

    def __init__(self, queue: FairQueue) -> None:
        self._queue = queue
        self._threads: list[threading.Thread] = []
        self.order: list[str] = []

    def request(self, owner: str) -> None:
        """Ask for a slot, and return once the request waits in the queue."""
        asked = threading.Event()

        def run() -> None:
            with self._queue.turn(owner, asked.set):
                self.order.append(owner)

        thread = threading.Thread(target=run)
        thread.start()
        self._threads.append(thread)
        assert asked.wait(30)

    def finish(self) -> list[str]:
        """Wait for all; the order."""
        for thread in self._threads:
            thread.join(30)
        return self.order


def test_an_owner_with_many_requests_delays_nobody_else() -> None:
    queue = FairQueue(1)
    served = Served(queue)
    with queue.turn("hog"):
        for owner in ("hog", "hog", "hog", "ada", "bob"):
            served.request(owner)
    assert served.finish() == ["ada", "bob", "hog", "hog", "hog"]


def test_an_owner_holds_one_slot_at_a_time() -> None:
    queue = FairQueue(2)
    served = Served(queue)
    with queue.turn("hog"):
        served.request("hog")
        with queue.turn("ada"):
            assert served.order == []
        assert served.order == []
    assert served.finish() == ["hog"]


def test_who_gives_up_while_waiting_leaves_the_queue() -> None:
    queue = FairQueue(1)

    def give_up() -> None:
        raise TimeoutError

    with queue.turn("ada"), pytest.raises(TimeoutError), queue.turn("bob", give_up):
        pass
    with ExitStack() as stack:
        stack.enter_context(queue.turn("carol", give_up))
