"""Limits on open websockets: in all, per client address, and for those that never say anything.

A page is one websocket and, with it, a session's memory and four file descriptors.
"""

import asyncio
from collections import Counter
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIRST_MESSAGE_SECONDS = 20.0
"""A page asks to be run as soon as its websocket is open."""
MAX_SHARE_PER_ADDRESS = 0.5
"""A hospital's users may share one address; one address may not take every connection."""
DESCRIPTORS_PER_PAGE = 4
DESCRIPTORS_RESERVED = 128
TRY_AGAIN_LATER = 1013


def max_websockets(open_files: int) -> int:
    """How many pages a process can serve with so many file descriptors."""
    return max(1, (open_files - DESCRIPTORS_RESERVED) // DESCRIPTORS_PER_PAGE)


class WebsocketLimits:
    """Middleware: refuses websockets beyond the limits and closes those that stay silent.

    Args:
        app: the application.
        most: open websockets in all.
        first_message_seconds: how long a new websocket may stay silent.
    """

    def __init__(
        self, app: ASGIApp, *, most: int, first_message_seconds: float = FIRST_MESSAGE_SECONDS
    ) -> None:
        self._app = app
        self._most = most
        self._most_per_address = max(1, int(most * MAX_SHARE_PER_ADDRESS))
        self._first_message_seconds = first_message_seconds
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a websocket for as long as it is open."""
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        client = scope.get("client")
        address = client[0] if client else ""
        if self._open.total() >= self._most or self._open[address] >= self._most_per_address:
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
            return
        self._open[address] += 1
        try:
            await self._app(scope, self._with_first_message(receive, send), send)
        finally:
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    def _with_first_message(self, receive: Receive, send: Send) -> Receive:
        """As ``receive``, but disconnects if the first message does not come in time."""
        spoken = False

        async def receive_in_time() -> Message:
            nonlocal spoken
            if spoken:
                return await receive()
            try:
                async with asyncio.timeout(self._first_message_seconds):
                    message = await receive()
            except TimeoutError:
                with suppress(Exception):  # it may be closing already
                    await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            spoken = message["type"] != "websocket.connect"
            return message

        return receive_in_time
