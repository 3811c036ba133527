"""uvicorn's HTTP protocol with a deadline for request headers (against Slowloris).

The only module that depends on uvicorn's protocol classes.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol

HEADER_SECONDS = 20.0
"""Time for a request's headers: from the connection's start, then from a request's first byte."""


class DeadlineProtocol(AutoHTTPProtocol):  # type: ignore[valid-type,misc]
    """Closes a connection whose request headers are not complete in time."""

    header_seconds = HEADER_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Start the clock for the first request."""
        super().connection_made(transport)
        self._start_clock()

    def data_received(self, data: bytes) -> None:
        """Stop the clock once headers are complete, start it for the next request."""
        if self._deadline is None and self._is_between_requests():
            self._start_clock()
        super().data_received(data)
        if not self._is_between_requests():
            self._stop_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._stop_clock()
        super().connection_lost(exc)

    def _is_between_requests(self) -> bool:
        """True until a request's headers are complete: then there is a cycle, or a websocket."""
        cycle: Any = self.cycle
        return self in self.connections and (cycle is None or cycle.response_complete)

    def _start_clock(self) -> None:
        self._deadline = self.loop.call_later(self.header_seconds, self._close)

    def _stop_clock(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close(self) -> None:
        self._deadline = None
        if self._is_between_requests() and not self.transport.is_closing():
            self.transport.close()
