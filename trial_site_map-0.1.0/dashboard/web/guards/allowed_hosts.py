"""Which names this server answers to: a defence against DNS rebinding and foreign origins.

A page on another site can make a browser call this server under a name of its own (rebinding), or
open a websocket here. Both show in the ``Host`` and ``Origin`` headers.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def _split_host(value: str) -> str:
    """The host of ``HOST`` or ``HOST:PORT``, in lower case, empty if it is neither."""
    try:
        parts = urlsplit(f"//{value}")
        _ = parts.port  # raises if it is not a port
    except ValueError:
        return ""
    extra = parts.username or parts.password or parts.path or parts.query or parts.fragment
    return "" if extra or not parts.hostname else parts.hostname.rstrip(".")


class AllowedHosts:
    """Middleware: 421 for a host that is not ours, 403 for a request that another site makes.

    A request is ours if its host is a local name, in ``hosts``, or the very address the connection
    came in at. The origin of a websocket, or of a request that could change something, must be that
    same host or in ``hosts``; a page served from ``localhost`` on another port may connect while
    the server itself is used as ``localhost`` (development).

    Args:
        app: the application.
        hosts: as :func:`dashboard.access.parse_hosts` gives them.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = ()) -> None:
        self._app = app
        self._exact = LOCAL_NAMES | {name for name in hosts if not name.startswith("*.")}
        self._below = tuple(name[1:] for name in hosts if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        host = _split_host(named[0]) if len(named) == 1 else ""
        if not self._answers_to(host, scope):
            await _refuse(scope, receive, send, _unknown_host())
        elif not self._accepts_origin(scope, headers, host):
            await _refuse(scope, receive, send, _foreign_origin())
        else:
            await self._app(scope, receive, send)

    def _answers_to(self, host: str, scope: Scope) -> bool:
        return host != "" and (self._is_listed(host) or host == _local_address(scope))

    def _is_listed(self, host: str) -> bool:
        return host in self._exact or (bool(self._below) and host.endswith(self._below))

    def _accepts_origin(self, scope: Scope, headers: Headers, host: str) -> bool:
        origin = headers.get("origin")
        if origin is None or (scope["type"] == "http" and scope["method"] in _SAFE_METHODS):
            return True
        try:
            found = urlsplit(origin)
        except ValueError:
            return False
        if found.scheme not in {"http", "https"}:
            return False
        if found.netloc.casefold() == headers["host"].casefold():
            return True
        name = _split_host(found.netloc)
        if name in LOCAL_NAMES:
            return host in LOCAL_NAMES
        return self._is_listed(name)


def _unknown_host() -> JSONResponse:
    body = {
        "error": "unknown_host",
        "message": "this server does not answer to that name; its operator sets SITE_MAP_HOSTS",
    }
    return JSONResponse(body, 421)


def _foreign_origin() -> JSONResponse:
    body = {"error": "foreign_origin", "message": "a page of another site may not do this"}
    return JSONResponse(body, 403)


def _local_address(scope: Scope) -> str:
    """The address the connection came in at, empty if it is not an IP address."""
    server = scope.get("server")
    try:
        return str(ipaddress.ip_address(server[0])) if server else ""
    except ValueError:
        return ""


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: JSONResponse) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
    else:
        await refusal(scope, receive, send)
