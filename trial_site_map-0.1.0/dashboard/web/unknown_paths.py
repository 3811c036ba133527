"""Middleware: 404 for paths that are neither a route nor a file.

Streamlit answers them with the page's empty shell, as a page of that name might exist.
"""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OTHER_PAGES = ("/api/", "/component/")
"""Where HTML is answered that is not the shell."""


class UnknownPaths:
    """Turns the shell into a 404 everywhere but at ``/``.

    Args:
        app: the app behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a response, unless it is the shell under another path."""
        path = scope.get("path", "")
        if scope["type"] != "http" or path in {"/", "/api"} or path.startswith(_OTHER_PAGES):
            await self._app(scope, receive, send)
            return
        refused = False

        async def send_unless_shell(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and _is_shell(message):
                refused = True
                body = {"error": "not_found", "message": "there is nothing at this address"}
                answer = JSONResponse(body, 404, headers={"Cache-Control": "no-store"})
                await answer(scope, receive, send)
            elif not refused:
                await send(message)

        await self._app(scope, receive, send_unless_shell)


def _is_shell(start: Message) -> bool:
    headers = Headers(raw=list(start["headers"]))
    is_page = headers.get("content-type", "").startswith("text/html")
    return start["status"] == 200 and is_page and "content-disposition" not in headers
