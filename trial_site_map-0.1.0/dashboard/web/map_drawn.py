"""Lets the page wait until the browser has drawn the map.

Streamlit's browser side draws a batch of new elements only when the slowest of them, the table, is
loaded. So the page sends the map first, and the rest once the map reports that it is drawn.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.web.session_cookie import COOKIE

PATH = "/assets/drawn"
OPENING_TIMEOUT_SECONDS, RERUN_TIMEOUT_SECONDS = 2.0, 0.3
"""How long the rest of the page waits at most, when the page opens and at later reruns."""


class MapDrawnEvents:
    """An event for each browser session that waits for its map; safe to use from threads."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[threading.Event]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def expect(self, session: str) -> Iterator[threading.Event]:
        """An event that is set once the session's browser has drawn a map."""
        drawn = threading.Event()
        with self._lock:
            self._waiting.setdefault(session, []).append(drawn)
        try:
            yield drawn
        finally:
            with self._lock:
                self._waiting[session].remove(drawn)
                if not self._waiting[session]:
                    del self._waiting[session]

    def set(self, session: str) -> None:
        """Set the session's events: its browser has drawn a map."""
        with self._lock:
            for drawn in self._waiting.get(session, ()):
                drawn.set()


def build_route(events: MapDrawnEvents) -> Route:
    """The route that the map calls when it is drawn."""

    async def drawn(request: Request) -> Response:
        events.set(request.cookies.get(COOKIE, ""))
        return Response(status_code=204)

    return Route(PATH, drawn, methods=["POST"])


EVENTS = MapDrawnEvents()
"""The events of this process."""
