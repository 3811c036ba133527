"""A random cookie that tells one browser session from another, across reloads of the page."""

import secrets
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "site_map_session"


def parse_session_cookie(header: str) -> str:
    """The session's name in a ``Cookie`` header, empty where there is none."""
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


class SessionCookie:
    """Middleware: the page itself sets the cookie where a browser brings none.

    It lives as long as the browser does, scripts cannot read it, and other sites do not send it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; add the cookie to the page's answer."""
        wanted = scope["type"] == "http" and scope["path"] == "/"
        if not wanted or parse_session_cookie(Headers(scope=scope).get("cookie", "")):
            await self.app(scope, receive, send)
            return
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        cookie = f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Lax{secure}"

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        await self.app(scope, receive, with_cookie)
