"""Middleware: a random, signed cookie that identifies a browser session across reloads."""

import secrets
from collections.abc import Callable
from functools import cached_property
from hashlib import sha256

from itsdangerous import BadSignature, Signer
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.web.guards.cookies import read_cookies, replace_cookies

COOKIE = "site_map_session"
_BYTES = 24


class SessionCookie:
    """Gives each browser an id of this server's making, and passes on no other.

    The browser holds the id with a signature. The application behind this middleware finds the bare
    id under :data:`COOKIE`, or no such cookie: an id without a valid signature is replaced when the
    page is loaded, and removed from every other request.

    The cookie lasts until the browser is closed, scripts cannot read it, and other sites do not
    send it.

    Args:
        app: the application.
        load_key: gives the key of signatures; called once, at the first request.
    """

    def __init__(self, app: ASGIApp, *, load_key: Callable[[], str]) -> None:
        self._app = app
        self._load_key = load_key

    @cached_property
    def _signer(self) -> Signer:
        return Signer(self._load_key(), salt=COOKIE, digest_method=sha256)

    def sign(self, session: str) -> str:
        """The cookie's value for a session id."""
        return self._signer.sign(session).decode()

    def read(self, value: str) -> str:
        """The session id of a cookie's value, empty unless it is signed with this server's key."""
        try:
            return self._signer.unsign(value).decode()
        except BadSignature:
            return ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the cookie set by the page's response where there is no valid one."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        cookies = read_cookies(scope)
        session = self.read(cookies.pop(COOKIE, ""))
        is_page = scope["type"] == "http" and scope["path"] == "/"
        if session or not is_page:
            known = {COOKIE: session} if session else {}
            await self._app(replace_cookies(scope, known | cookies), receive, send)
            return
        session = secrets.token_urlsafe(_BYTES)
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        header = f"{COOKIE}={self.sign(session)}; Path=/; HttpOnly; SameSite=Lax{secure}"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", header)
            await send(message)

        scope = replace_cookies(scope, {COOKIE: session} | cookies)
        await self._app(scope, receive, send_with_cookie)
