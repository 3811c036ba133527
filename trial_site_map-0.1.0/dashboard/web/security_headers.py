"""Middleware: security headers, so that nothing is loaded from other hosts or framed by them."""

import re
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_FRAMES = "'self'"
COMPRESSED = (".xlsx", ".parquet", ".pmtiles")
"""Formats that are compressed already."""


def build_content_policy(frame_ancestors: str = OWN_FRAMES, tiles: str = "") -> str:
    """The Content-Security-Policy of every response.

    Streamlit uses inline styles, and the map's component evaluates the script that folium writes;
    still, all scripts come from this server. A tile layer adds its host for images.

    Args:
        frame_ancestors: sites that may show the page in a frame.
        tiles: URL template of the tile layer.
    """
    images = ["'self'", "data:", "blob:", *([parse_tile_origin(tiles)] if tiles else [])]
    rules = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(part for part in images if part),
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": frame_ancestors,
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def parse_tile_origin(tiles: str) -> str:
    """The origin of a tile URL template, as a policy writes it; ``{s}.`` matches any subdomain."""
    parts = urlsplit(re.sub(r"\{s\}", "*", tiles))
    host = re.sub(r"[^a-zA-Z0-9.:*-]", "", parts.netloc.rpartition("@")[2])
    if parts.scheme not in {"http", "https"} or not host:
        return ""
    if "*" in host:  # a policy takes `*` only as the whole first label
        host = "*." + host.partition(".")[2]
    return f"{parts.scheme}://{host}"


class SecurityHeaders:
    """Sets the headers on every HTTP response, the page's and the API's.

    Args:
        app: the app behind it.
        frame_ancestors: as ``SITE_MAP_FRAME_ANCESTORS``.
        tiles: as ``SITE_MAP_TILES``.
    """

    def __init__(self, app: ASGIApp, *, frame_ancestors: str = OWN_FRAMES, tiles: str = "") -> None:
        self._app = app
        self._headers = {
            "Content-Security-Policy": build_content_policy(frame_ancestors, tiles),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Permissions-Policy": "camera=(), microphone=(), payment=(), usb=()",
        }
        if frame_ancestors == OWN_FRAMES:
            self._headers["X-Frame-Options"] = "SAMEORIGIN"
        elif frame_ancestors == "'none'":
            self._headers["X-Frame-Options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with the headers added."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["path"].endswith(COMPRESSED):  # or Streamlit would compress it again
            headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": headers}
        await self._app(scope, receive, send_with_headers)
