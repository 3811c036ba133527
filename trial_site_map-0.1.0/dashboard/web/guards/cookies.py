"""Cookies of a request: parsed in bounded time, and cleaned before anything else reads them.

Python's own parser undoes quoting in quadratic time up to 3.11.9 and 3.12.5 (CVE-2024-7592), and
both Starlette and Streamlit call it for every request. No cookie of ours or of Streamlit is quoted.
"""

import re
from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

MAX_COOKIE_BYTES = 8_192
_PAIR = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)=([!#-+\--:<-\[\]-~]*)")
"""A name and an unquoted value as RFC 6265 allows them, without backslash and quotation mark."""


def parse_cookies(header: str) -> dict[str, str]:
    """The cookies of a ``Cookie`` header by name, the first of each; malformed ones are left out.

    A header over :data:`MAX_COOKIE_BYTES` has none.
    """
    found: dict[str, str] = {}
    if len(header) > MAX_COOKIE_BYTES:
        return found
    for part in header.split(";"):
        pair = _PAIR.fullmatch(part.strip())
        if pair:
            found.setdefault(pair[1], pair[2])
    return found


def read_cookies(scope: Scope) -> dict[str, str]:
    """The cookies of a request, as :func:`parse_cookies`; several headers count as one."""
    return parse_cookies("; ".join(Headers(scope=scope).getlist("cookie")))


def replace_cookies(scope: Scope, cookies: Mapping[str, str]) -> Scope:
    """The same request with these cookies only."""
    headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    if cookies:
        pairs = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers.append((b"cookie", pairs.encode("latin-1")))
    return {**scope, "headers": headers}


class CookieGuard:
    """Middleware: refuses large ``Cookie`` headers and passes on only well-formed cookies.

    Must stand before everything that reads cookies. Answers 431, or closes a websocket with 1008.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the request's cookies and pass it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        sizes = [len(value) for name, value in scope["headers"] if name == b"cookie"]
        if not sizes:
            await self._app(scope, receive, send)
        elif sum(sizes) <= MAX_COOKIE_BYTES:
            await self._app(replace_cookies(scope, read_cookies(scope)), receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            body = {
                "error": "cookies_too_large",
                "message": f"the Cookie header may have {MAX_COOKIE_BYTES:,} bytes: delete this "
                "site's cookies in your browser",
            }
            await JSONResponse(body, 431)(scope, receive, send)
