"""Nothing that shows data is answered before somebody is known: what the server asks of a request.

The page's own shell and its websocket stay open, because logging in begins there; what the page
draws for whom is decided in :mod:`dashboard.page.sidebar.login`.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.access import Access, Person

RETURN_COOKIE = "site_map_wanted"
"""The cookie that keeps a link's query string while somebody logs in, which leads back to ``/``."""

_WANTED_SECONDS = 900
_LONGEST_WANTED = 3000

OPEN_PATHS = {
    "/",
    "/api/health",
    "/auth/login",
    "/auth/logout",
    "/favicon.ico",
    "/favicon.png",
    "/oauth2callback",
    "/_stcore/health",
    "/_stcore/host-config",
    "/_stcore/stream",
}
OPEN_FOLDERS = ("/assets/", "/component/", "/static/")
"""Scripts, styles and fonts of ours and of Streamlit; no site of any list."""


class LoginGate:
    """Middleware: with a login configured, answers people who may open the dashboard only.

    Args:
        app: what answers.
        configured: whether there is a login; asked at the first request, not before, because
            Streamlit's options are not in force earlier.
        person_of: who a request's cookies say is there.
        access: who may open the dashboard.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        configured: Callable[[], bool],
        person_of: Callable[[Mapping[str, str]], Person | None],
        access: Access,
    ) -> None:
        self._app = app
        self._ask_configured = configured
        self._configured: bool | None = None
        self._person_of = person_of
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what anybody may have, and the rest to people who are known."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if self._configured is None:
            self._configured = self._ask_configured()
        if not self._configured:
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path != "/" and is_open(path):
            await self._app(scope, receive, send)
            return
        cookies = HTTPConnection(scope).cookies
        person = self._person_of(cookies)
        if path == "/":
            await self._shell(person, cookies.get(RETURN_COOKIE, ""))(scope, receive, send)
        elif self._access.may_open(person):
            await self._app(scope, receive, _private(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await build_refusal(person)(scope, receive, send)

    def _shell(self, person: Person | None, wanted: str) -> ASGIApp:
        """The page itself; a link that somebody came with outlives the login."""

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            query = scope.get("query_string", b"").decode("latin-1")
            if scope["type"] == "http" and person and wanted and not query:
                back = RedirectResponse(f"/?{unquote(wanted)}", 302)
                back.delete_cookie(RETURN_COOKIE)
                await back(scope, receive, send)
                return
            kept = quote(query, safe="")
            if person or not query or len(kept) > _LONGEST_WANTED:
                await self._app(scope, receive, send)
                return
            cookie = (
                f"{RETURN_COOKIE}={kept}; Path=/; HttpOnly; SameSite=Lax; Max-Age={_WANTED_SECONDS}"
            )

            async def with_cookie(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).append("Set-Cookie", cookie)
                await send(message)

            await self._app(scope, receive, with_cookie)

        return app


def is_open(path: str) -> bool:
    """Whether a path needs no login: it shows nothing of any list."""
    return path in OPEN_PATHS or path.startswith(OPEN_FOLDERS)


def build_refusal(person: Person | None) -> JSONResponse:
    """401 where nobody is known, 403 where it is somebody who may not open the dashboard."""
    if person is None:
        body = {
            "error": "login_required",
            "message": "log in on the page first; its cookie opens this too",
        }
        return JSONResponse(body, 401, headers={"Cache-Control": "no-store"})
    body = {
        "error": "not_a_reader",
        "message": f"{person.display_name} may not open this dashboard: ask who runs it "
        "(SITE_MAP_READERS)",
    }
    return JSONResponse(body, 403, headers={"Cache-Control": "no-store"})


def _private(send: Send) -> Send:
    """No cache between the server and the browser may keep an answer for the next person."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            kept = headers.get("cache-control", "")
            if "private" not in kept and "no-store" not in kept:
                named = [part.strip() for part in kept.split(",")]
                rest = [part for part in named if part and part != "public"]
                headers["cache-control"] = ", ".join(["private", *rest])
            headers.add_vary_header("Cookie")
        await send(message)

    return marked
