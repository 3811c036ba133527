"""What the map needs in the browser: Leaflet, this map's own scripts, styles and borders.

One file of each kind, named by its content: a browser asks once and keeps it for good. The
XStatic package carries Leaflet; nothing is loaded from another host.
"""

import re
from collections.abc import Awaitable, Callable
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from xstatic.pkg import leaflet

PREFIX = "/assets"
OWN = Path(str(files("dashboard.assets")))
LEAFLET_FOLDER = Path(leaflet.BASE_DIR)
OWN_SCRIPTS = (
    "places.js",
    "clusters.js",
    "countries.js",
    "keyboard.js",
    "room.js",
    "taps.js",
    "markers.js",
    "site-map.js",
)
FOR_GOOD = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file the browser loads."""

    path: str
    """Its address on this server."""
    text: str
    media_type: str


@cache
def script() -> Asset:
    """Leaflet and what draws this map over it."""
    paths = [LEAFLET_FOLDER / "leaflet.js", *(OWN / name for name in OWN_SCRIPTS)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    return _asset("map.js", re.sub(r"//# sourceMappingURL=.*", "", text), "text/javascript")


@cache
def style() -> Asset:
    """Leaflet's style and this map's own; Leaflet's pictures are of controls it does not have."""
    of_leaflet = (LEAFLET_FOLDER / "leaflet.css").read_text(encoding="utf-8")
    own = (OWN / "site-map.css").read_text(encoding="utf-8")
    return _asset("map.css", re.sub(r"url\([^)]*\)", "none", of_leaflet) + "\n" + own, "text/css")


@cache
def countries() -> Asset:
    """The borders, GeoJSON with a country's name and code."""
    text = (OWN / "countries.json").read_text(encoding="utf-8")
    return _asset("countries.json", text, "application/json")


def routes() -> list[BaseRoute]:
    """The routes that serve them."""
    return [Route(asset.path, _answer(asset)) for asset in (script(), style(), countries())]


def _asset(name: str, text: str, media_type: str) -> Asset:
    stem, _, kind = name.rpartition(".")
    digest = blake2b(text.encode(), digest_size=6).hexdigest()
    return Asset(f"{PREFIX}/{stem}-{digest}.{kind}", text, media_type)


def _answer(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        headers = {"Cache-Control": FOR_GOOD}
        return Response(asset.text, media_type=asset.media_type, headers=headers)

    return answer
