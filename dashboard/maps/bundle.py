"""The map's scripts and style sheet, each as one file with its content's hash in its URL.

A browser loads them once and caches them for good. Leaflet comes from an XStatic package, what
draws tiles from npm (``scripts/install_npm.py``), so that nothing is loaded from another host.
"""

import json
import re
import sys
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

from geocache.geo.states import list_states

PREFIX = "/assets"
ASSETS_FOLDER = Path(str(files("dashboard.assets")))
LEAFLET_FOLDER = Path(leaflet.BASE_DIR)
NPM_FOLDER = next(
    (folder for folder in (ASSETS_FOLDER / "npm", Path(sys.prefix) / "npm") if folder.is_dir()),
    ASSETS_FOLDER / "npm",
)
"""Scripts of npm packages: in the installed package, or in the environment of a checkout."""
NPM_SCRIPTS = ("pmtiles.js", "protomaps-leaflet.js")
ADAPTER_SCRIPTS = ("streamlit_folium.js", "streamlit_page.js", "leaflet_internals.js")
"""What is not promised by streamlit-folium, Streamlit and Leaflet; all other scripts use these."""
MAP_SCRIPTS = (
    "dom.js",
    "words.js",
    *ADAPTER_SCRIPTS,
    "clusters.js",
    "places.js",
    "map_style.js",
    "tile_layers.js",
    "basemap.js",
    "gestures.js",
    "land.js",
    "controls.js",
    "legend.js",
    "distance_circle.js",
    "draw_area.js",
    "double_tap.js",
    "free_area.js",
    "icons.js",
    "keyboard.js",
    "popup.js",
    "markers.js",
    "site_map.js",
)
"""Scripts of the map in the order they run; each adds to the global ``siteMap``."""
PAGE_SCRIPTS = ("streamlit_page.js", "popover_tab_order.js", "finder.js")
"""Scripts that run in Streamlit's own page, outside the map's frame."""
CACHE_FOREVER = "public, max-age=31536000, immutable"


class Asset(NamedTuple):
    """A file the browser loads."""

    path: str
    """Its URL path on this server."""
    text: str
    media_type: str


@cache
def build_script() -> Asset:
    """Leaflet, :data:`NPM_SCRIPTS` and :data:`MAP_SCRIPTS` as one script.

    Raises:
        FileNotFoundError: the checkout was not set up (``make run`` or ``scripts/setup.sh run``).
    """
    others = (LEAFLET_FOLDER / "leaflet.js", *(NPM_FOLDER / name for name in NPM_SCRIPTS))
    text = "\n".join([*(path.read_text("utf-8") for path in others), join_assets(MAP_SCRIPTS)])
    return _build_asset("map.js", re.sub(r"//# sourceMappingURL=.*", "", text), "text/javascript")


@cache
def build_style() -> Asset:
    """Leaflet's style sheet and this map's own, without the images of controls not used here."""
    of_leaflet = (LEAFLET_FOLDER / "leaflet.css").read_text("utf-8")
    own = join_assets(("site_map.css",))
    text = re.sub(r"url\([^)]*\)", "none", of_leaflet) + "\n" + own
    return _build_asset("map.css", text, "text/css")


@cache
def build_state_names() -> Asset:
    """English names of states and provinces by their ISO 3166-2 code, as JSON."""
    names = {state.code: state.name for state in list_states()}
    text = json.dumps(names, ensure_ascii=False, separators=(",", ":"))
    return _build_asset("states.json", text, "application/json")


def join_assets(names: tuple[str, ...]) -> str:
    """The text of files in the assets folder, one after the other."""
    return "\n".join((ASSETS_FOLDER / name).read_text("utf-8") for name in names)


def build_routes() -> list[BaseRoute]:
    """The routes that serve script, style sheet and names."""
    assets = (build_script(), build_style(), build_state_names())
    return [Route(asset.path, _build_endpoint(asset)) for asset in assets]


def _build_asset(name: str, text: str, media_type: str) -> Asset:
    stem, _, ending = name.rpartition(".")
    digest = blake2b(text.encode(), digest_size=6).hexdigest()
    return Asset(f"{PREFIX}/{stem}-{digest}.{ending}", text, media_type)


def _build_endpoint(asset: Asset) -> Callable[[Request], Awaitable[Response]]:
    async def respond(_: Request) -> Response:
        headers = {"Cache-Control": CACHE_FOREVER}
        return Response(asset.text, media_type=asset.media_type, headers=headers)

    return respond
