"""Middleware: data routes require a logged-in person.

The page's empty shell and its websocket stay open, because logging in starts there; what the page
then draws is decided in :mod:`dashboard.page.sidebar.account`.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import Access, Person
from dashboard.web.streamlit_server import SHELL_PATHS, STATIC_FOLDERS

RETURN_COOKIE = "site_map_wanted"
"""Keeps a link's query string during the login, which leads back to a bare ``/``."""

_RETURN_SECONDS = 900
_MAX_RETURN_LENGTH = 3000

OPEN_PATHS = SHELL_PATHS | {"/api/health", "/favicon.ico"}
OPEN_FOLDERS = (*STATIC_FOLDERS, "/assets/")
"""Scripts, styles and fonts; nothing of any list."""


class LoginGate:
    """If a login is configured, answers only people who may open the dashboard.

    Args:
        app: the app behind it.
        is_configured: whether there is a login; called at the first request, not before, because
            Streamlit's options are not in force earlier.
        read_cookies: the person whom a request's cookies name.
        access: who may open the dashboard.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        is_configured: Callable[[], bool],
        read_cookies: Callable[[Mapping[str, str]], Person | None],
        access: Access,
    ) -> None:
        self._app = app
        self._is_configured = is_configured
        self._active: bool | None = None
        self._read_cookies = read_cookies
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on open paths, and all others for people who may open the dashboard."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if self._active is None:
            self._active = self._is_configured()
        path = scope["path"]
        if not self._active or (path != "/" and is_open(path)):
            await self._app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        person = self._read_cookies(cookies)
        if path == "/":
            page = self._keep_link(person, cookies.get(RETURN_COOKIE, ""))
            await page(scope, receive, send)
        elif self._access.may_open(person):
            await self._app(scope, receive, _mark_private(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await build_refusal(person)(scope, receive, send)

    def _keep_link(self, person: Person | None, kept: str) -> ASGIApp:
        """The page; a link's query string is kept before the login and restored after it."""

        async def page(scope: Scope, receive: Receive, send: Send) -> None:
            query = scope.get("query_string", b"").decode("latin-1")
            if scope["type"] == "http" and person and kept and not query:
                redirect = RedirectResponse(f"/?{unquote(kept)}", 302)
                redirect.delete_cookie(RETURN_COOKIE)
                await redirect(scope, receive, send)
                return
            value = quote(query, safe="")
            if person or not query or len(value) > _MAX_RETURN_LENGTH:
                await self._app(scope, receive, send)
                return
            rules = f"Path=/; HttpOnly; SameSite=Lax; Max-Age={_RETURN_SECONDS}"

            async def send_with_cookie(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = MutableHeaders(scope=message)
                    headers.append("Set-Cookie", f"{RETURN_COOKIE}={value}; {rules}")
                await send(message)

            await self._app(scope, receive, send_with_cookie)

        return page


def is_open(path: str) -> bool:
    """Whether a path needs no login because it shows nothing of any list."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def build_refusal(person: Person | None) -> JSONResponse:
    """401 where nobody is logged in, 403 for a person who may not open the dashboard."""
    if person is None:
        status, error = 401, "login_required"
        message = "log in on the page first; its cookie is valid here too"
    else:
        status, error = 403, "not_a_reader"
        message = (
            f"{person.display_name} may not open this dashboard; its operator can add people "
            "(SITE_MAP_READERS)"
        )
    body = {"error": error, "message": message}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store"})


def _mark_private(send: Send) -> Send:
    """Keep caches between server and browser from handing a response to another person."""

    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            rules = headers.get("cache-control", "")
            if "private" not in rules and "no-store" not in rules:
                parts = [part.strip() for part in rules.split(",")]
                rest = [part for part in parts if part and part != "public"]
                headers["cache-control"] = ", ".join(["private", *rest])
            headers.add_vary_header("Cookie")
        await send(message)

    return send_private
