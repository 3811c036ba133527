"""Middleware: a random cookie that identifies a browser session across reloads of the page."""

import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "site_map_session"


def parse_session_cookie(header: str) -> str:
    """The session's id in a ``Cookie`` header, empty if there is none."""
    try:
        cookie = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


class SessionCookie:
    """Sets the cookie with the page's response when the browser sent none.

    It lasts until the browser is closed, scripts cannot read it, and other sites do not send it.

    Args:
        app: the app behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the cookie added to the page's response where it is missing."""
        is_page = scope["type"] == "http" and scope["path"] == "/"
        if not is_page or parse_session_cookie(Headers(scope=scope).get("cookie", "")):
            await self._app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Lax{secure}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self._app(scope, receive, send_with_cookie)
