"""Middleware: caches responses for static files, per path and encoding."""

import asyncio
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.maps import bundle
from dashboard.web.streamlit_server import STATIC_FOLDERS

FOLDERS = (*STATIC_FOLDERS, f"{bundle.PREFIX}/")
"""Files that do not change while the server runs."""

MAX_BYTES = 64 * 2**20
"""A limit is needed: one file answers to many spellings of its path."""


class CachedResponse(NamedTuple):
    """A whole response: its start message and its body."""

    start: Message
    body: bytes


class StaticCache:
    """Keeps whole responses for files, compressed or not as the browser asked.

    A page loads some 160 files; compressing them for every visitor was most of what opening the
    page cost the server. Only complete responses with status 200 are kept.

    Args:
        app: the app behind it.
        max_bytes: how much is kept.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BYTES) -> None:
        self._app = app
        self._bytes_left = max_bytes
        self._responses: dict[tuple[str, bool], CachedResponse] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from the cache, or ask the app and cache its response."""
        if scope["type"] != "http" or not _is_cacheable(scope):
            await self._app(scope, receive, send)
            return
        key = (scope["path"], "gzip" in Headers(scope=scope).get("accept-encoding", ""))
        if (response := self._responses.get(key)) is None:
            response = await self._fetch(key, scope)
        await send({**response.start, "headers": list(response.start["headers"])})
        await send({"type": "http.response.body", "body": response.body})

    async def _fetch(self, key: tuple[str, bool], scope: Scope) -> CachedResponse:
        """Get the whole response, even if the browser that asked has left meanwhile."""
        request: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            if not request:
                await asyncio.Event().wait()  # until the app is done: then it is cancelled
            return request.pop()

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        body = b"".join(part.get("body", b"") for part in sent[1:])
        headers = MutableHeaders(raw=list(sent[0]["headers"]))
        headers["content-length"] = str(len(body))
        response = CachedResponse({**sent[0], "headers": headers.raw}, body)
        complete = len(sent) > 1 and not sent[-1].get("more_body", False)
        if sent[0]["status"] == 200 and complete and len(body) <= self._bytes_left:
            self._responses[key] = response
            self._bytes_left -= len(body)
        return response


def _is_cacheable(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return (
        scope["method"] == "GET"
        and scope["path"].startswith(FOLDERS)
        and not any(name in headers for name in ("range", "if-none-match", "if-modified-since"))
    )
