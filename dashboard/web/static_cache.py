"""Middleware: files that never change while the server runs are read and compressed once."""

import asyncio
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.maps import bundle

PREFIXES = ("/static/", "/component/", f"{bundle.PREFIX}/")
"""Streamlit's scripts, those of its map component, and this map's own."""


MOST_BYTES = 64 * 2**20
"""More is not kept: a file answers to many spellings of its path."""


class CachedResponse(NamedTuple):
    """An answer as it went out."""

    start: Message
    body: bytes


class StaticCache:
    """Keeps whole answers for files, compressed as the first browser wanted them.

    A page is some 160 files; compressing them anew for every visitor was most of what opening the
    page cost the server. Only what exists is kept, and :data:`MOST_BYTES` of it at the most.

    Args:
        app: what answers.
        most_bytes: how much is kept.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int = MOST_BYTES) -> None:
        self._app = app
        self._room = most_bytes
        self._kept: dict[tuple[str, bool], CachedResponse] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or pass on and keep."""
        if scope["type"] != "http" or not _wanted(scope):
            await self._app(scope, receive, send)
            return
        key = (scope["path"], "gzip" in Headers(scope=scope).get("accept-encoding", ""))
        if (kept := self._kept.get(key)) is None:
            kept = await self._asked(key, scope)
        await send({**kept.start, "headers": list(kept.start["headers"])})
        await send({"type": "http.response.body", "body": kept.body})

    async def _asked(self, key: tuple[str, bool], scope: Scope) -> CachedResponse:
        """Ask for a file to the end, whether or not who wanted it first is still there."""
        request: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]
        said: list[Message] = []

        async def stay() -> Message:
            if not request:
                await asyncio.Event().wait()  # until the answer is whole: then it is cancelled
            return request.pop()

        async def listen(message: Message) -> None:
            said.append(message)

        await self._app(scope, stay, listen)
        body = b"".join(part.get("body", b"") for part in said[1:])
        headers = MutableHeaders(raw=list(said[0]["headers"]))
        headers["content-length"] = str(len(body))
        kept = CachedResponse({**said[0], "headers": headers.raw}, body)
        whole = len(said) > 1 and not said[-1].get("more_body", False)
        if said[0]["status"] == 200 and whole and len(body) <= self._room:
            self._kept[key] = kept
            self._room -= len(body)
        return kept


def _wanted(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return (
        scope["method"] == "GET"
        and scope["path"].startswith(PREFIXES)
        and not any(name in headers for name in ("range", "if-none-match", "if-modified-since"))
    )
