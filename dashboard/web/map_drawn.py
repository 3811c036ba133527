"""Whether a browser has drawn the map.

A browser shows nothing of what is new on the page until the slowest of it is loaded, which is the
table, and while it takes one message after the other it draws nothing. So the page says the map
first, and the rest once the map says that it is drawn.
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
"""So long the rest of the page waits at the most, when it opens and later."""


class MapDrawnEvents:
    """Browser sessions that wait for their map. For threads."""

    def __init__(self) -> None:
        self._waiting: dict[str, list[threading.Event]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def expected(self, session: str) -> Iterator[threading.Event]:
        """An event that is set once that session's browser has drawn a map."""
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

    def note(self, session: str) -> None:
        """That session's browser has drawn a map."""
        with self._lock:
            for drawn in self._waiting.get(session, ()):
                drawn.set()


def build_route(arrivals: MapDrawnEvents) -> Route:
    """The route by which a map says that it is drawn."""

    async def drawn(request: Request) -> Response:
        arrivals.note(request.cookies.get(COOKIE, ""))
        return Response(status_code=204)

    return Route(PATH, drawn, methods=["POST"])


EVENTS = MapDrawnEvents()
"""Those of this process."""
