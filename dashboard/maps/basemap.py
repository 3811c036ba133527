"""The basemap's colours, attribution and options, for the page and for the map as a file."""

from typing import Any

from dashboard.maps import bundle

MAX_ZOOM = 17
ATTRIBUTION = (
    'Borders <a href="https://www.naturalearthdata.com/" target="_blank" rel="noopener">Natural '
    "Earth</a>, not a statement on their status | Places <a "
    'href="https://www.geonames.org/" target="_blank" rel="noopener">GeoNames</a> CC BY 4.0'
)
LIGHT_COLOURS = {
    "sea": "#dfe8ee",
    "land": "#f7f6f2",
    "border": "#b9bec6",
    "shade": "#5b9bd5",
    "active": "#1d4ed8",
}
DARK_COLOURS = {
    "sea": "#141a21",
    "land": "#262e38",
    "border": "#465262",
    "shade": "#3d5a78",
    "active": "#7db4ff",
}


def build_options(
    *, dark: bool = False, tiles: str = "", in_page: bool = True, drawn_url: str = ""
) -> dict[str, Any]:
    """The options of ``siteMap.start`` in ``assets/site_map.js``.

    Args:
        dark: the theme.
        tiles: URL template of an online tile layer, empty for none.
        in_page: the map is part of the page, which can filter by the view and has a table below.
        drawn_url: URL to POST to once the map is drawn, empty for none.
    """
    return {
        "dark": dark,
        "label": "Map of the sites. The table below holds the same sites.",
        "home": True,
        "colours": DARK_COLOURS if dark else LIGHT_COLOURS,
        "countries": bundle.load_borders().path,
        "attribution": ATTRIBUTION,
        "tiles": bool(tiles),
        "viewFilter": in_page,
        "drawnUrl": drawn_url,
    }


def build_picker_options(*, dark: bool = False, tiles: str = "") -> dict[str, Any]:
    """The same for a map without sites, on which a person picks a point."""
    label = "Map to choose a point on, by mouse or touch."
    return build_options(dark=dark, tiles=tiles, in_page=False) | {"home": False, "label": label}
