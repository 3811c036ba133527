"""The ASGI app: the page, the API beside it, and the files the browser loads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.routing import BaseRoute

from dashboard.errors import FilterError
from dashboard.library.session_key import load_session_key
from dashboard.maps import bundle
from dashboard.maps.store import get_map_store
from dashboard.page import streamlit_internals
from dashboard.page.state import login
from dashboard.service.opener import check_settings
from dashboard.service.service import service
from dashboard.web import api, downloads, map_data, map_drawn, map_tiles
from dashboard.web.guards.allowed_hosts import AllowedHosts
from dashboard.web.guards.cookies import CookieGuard
from dashboard.web.guards.open_files import raise_open_files_limit
from dashboard.web.guards.pending_uploads import PendingUploads
from dashboard.web.guards.runtime_versions import warn_about_versions
from dashboard.web.guards.websocket_limits import WebsocketLimits, max_websockets
from dashboard.web.login_gate import LoginGate
from dashboard.web.logs import AccessLog, configure_logging
from dashboard.web.preload import PreloadLinks
from dashboard.web.security_headers import SecurityHeaders
from dashboard.web.session_cookie import COOKIE, SessionCookie
from dashboard.web.static_cache import StaticCache
from dashboard.web.unknown_paths import UnknownPaths

PAGE = Path(__file__).parent / "page" / "main.py"


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """Start opening the lists when the server starts; it answers meanwhile.

    The page's modules are imported now, so that the first visitor does not wait for them.

    Raises:
        ConfigurationError: a setting cannot work, or the login is incomplete; the server does not
            start.
    """
    settings = service().settings
    streamlit_internals.use_common_logging()
    configure_logging(settings.site_map_log)
    warn_about_versions()
    login.check_configuration(settings.access)
    check_settings(settings)
    import_module("dashboard.page.main")
    streamlit_internals.keep_on_import_path(PAGE.parent)
    service().opener.start()
    yield


def build_routes() -> list[BaseRoute]:
    """The routes beside the page."""
    return [
        *api.routes(service()),
        *map_data.routes(get_map_store(), _find_owner),
        *bundle.build_routes(),
        *map_tiles.build_routes(service().settings.site_map_tiles),
        downloads.build_route(downloads.get_download_store(), _find_owner),
        map_drawn.build_route(map_drawn.EVENTS),
    ]


def _find_owner(request: Request) -> str:
    """The session that makes a request, as the page names it."""
    person = login.read_login_cookie(request.cookies) if login.is_configured() else None
    session = request.cookies.get(COOKIE, "")
    return downloads.build_owner(session, person.subject if person else "")


def build_options() -> dict[str, Any]:
    """Keyword arguments for ``st.App``, which itself compresses what it sends."""
    settings = service().settings
    return {
        "routes": build_routes(),
        "lifespan": lifespan,
        "exception_handlers": {FilterError: api.filter_error},
        "middleware": [
            Middleware(AccessLog),
            Middleware(CookieGuard),
            Middleware(AllowedHosts, hosts=settings.hosts),
            Middleware(WebsocketLimits, most=max_websockets(raise_open_files_limit())),
            Middleware(
                SecurityHeaders,
                frame_ancestors=settings.frame_ancestors,
                tiles=settings.site_map_tiles,
            ),
            Middleware(
                LoginGate,
                is_configured=login.is_configured,
                read_cookies=login.read_login_cookie,
                access=settings.access,
            ),
            Middleware(PendingUploads, count_waiting=streamlit_internals.count_waiting_uploads),
            Middleware(SessionCookie, load_key=partial(load_session_key, settings)),
            Middleware(PreloadLinks),
            Middleware(StaticCache),
            Middleware(UnknownPaths),
        ],
    }


def __getattr__(name: str) -> Any:
    """``dashboard.server:app``, built when a server asks for it."""
    if name != "app":
        raise AttributeError(name)
    import streamlit as st  # noqa: PLC0415 - takes half a second, only needed to serve

    return st.App(PAGE, **build_options())
