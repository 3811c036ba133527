"""Where Leaflet and the other scripts lie, so that the server itself can serve them.

The XStatic packages carry the files; nothing is loaded from another host.
"""

from importlib.resources import files
from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from xstatic.pkg import leaflet

PREFIX = "/assets"
OWN = Path(str(files("dashboard.assets")))
LEAFLET_FOLDER = Path(leaflet.BASE_DIR)

LEAFLET_JS = f"{PREFIX}/leaflet/leaflet.js"
LEAFLET_CSS = f"{PREFIX}/leaflet/leaflet.css"
PLACES_JS = f"{PREFIX}/own/places.js"
CLUSTERS_JS = f"{PREFIX}/own/clusters.js"
MARKERS_JS = f"{PREFIX}/own/markers.js"
SITE_MAP_JS = f"{PREFIX}/own/site-map.js"
SITE_MAP_CSS = f"{PREFIX}/own/site-map.css"
COUNTRIES = f"{PREFIX}/own/countries.json"


def mount() -> Mount:
    """The route that serves every script, style and border file of the page."""
    folders = {
        "leaflet": LEAFLET_FOLDER,
        "own": OWN,
    }
    return Mount(
        PREFIX,
        routes=[
            Mount(f"/{name}", StaticFiles(directory=folder)) for name, folder in folders.items()
        ],
    )
