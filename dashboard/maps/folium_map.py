"""The folium map: a base that never changes, and a layer of places made anew at every filter.

The base keeps its identity in the browser, so pan and zoom survive every filter; the layer holds
plain arrays that ``assets/site-map.js`` draws. Every text enters the browser as text.
"""

import json
import re
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from dashboard.maps import bundle
from dashboard.maps.layer import Circle, layer_data
from dashboard.maps.places import doubt, site_detail, site_title

__all__ = [
    "Circle", "SiteLayer", "base_map", "doubt", "layer_data", "script_json", "site_detail",
    "site_title",
]  # fmt: skip

MAX_ZOOM = 17
ATTRIBUTION = (
    'Borders <a href="https://www.naturalearthdata.com/" target="_blank" rel="noopener">Natural '
    "Earth</a>, not a statement on their status | Places <a "
    'href="https://www.geonames.org/" target="_blank" rel="noopener">GeoNames</a> CC BY 4.0'
)
COLOURS = {
    False: {
        "sea": "#dfe8ee",
        "land": "#f7f6f2",
        "border": "#b9bec6",
        "shade": "#5b9bd5",
        "active": "#1d4ed8",
    },
    True: {
        "sea": "#141a21",
        "land": "#262e38",
        "border": "#465262",
        "shade": "#3d5a78",
        "active": "#7db4ff",
    },
}


_STYLE = Element(
    "<style>html, body { width: 100%; height: 100%; margin: 0; padding: 0; }"
    " #map_div { position: relative; width: 100%; height: 100%; }"
    " .leaflet-container { font-size: 1rem; }</style>"
)


class _PageMap(folium.Map):
    """A map for Streamlit's component, which takes its script and its style apart.

    folium would write it into a whole page first, each part through a template compiled anew.
    """

    def render(self, **_kwargs: Any) -> str:
        page = self.get_root()
        assert isinstance(page, Figure)  # noqa: S101 - folium puts every map into one
        page.header.add_child(copy(_STYLE), name="style")
        for child in self._children.values():
            if isinstance(child, folium.TileLayer):
                child.render()  # type: ignore[no-untyped-call] # only then it adds itself
        return ""


class _Base(JSCSSMixin, MacroElement):
    """The sea, the countries and the controls; see ``site-map.js``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "siteMap.base({{ this._parent.get_name() }}, {{ this.options_json }});"
        "{% endmacro %}"
    )
    default_js = [("map", bundle.script().path)]  # noqa: RUF012 - folium's own form
    default_css = [("map_css", bundle.style().path)]  # noqa: RUF012

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "SiteMapBase"
        self.options_json = script_json(options)


@dataclass(frozen=True, slots=True)
class _Revised:
    """What its revision stands for."""

    revision: str
    data: dict[str, Any] = field(compare=False)


@lru_cache(maxsize=64)
def _written(revised: _Revised) -> str:
    return script_json(revised.data)


class SiteLayer(folium.FeatureGroup):
    """The places of a site table with their sites, drawn by ``site-map.js``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = siteMap.layer({{ this.data_json }});"
        "{% endmacro %}"
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(name="Sites")
        self.data_json = _written(_Revised(data["revision"], data))

    def render(self, **_kwargs: Any) -> str:
        """Nothing: the component takes the script as it stands, and adds the layer itself."""
        return ""


_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_UNSAFE = re.compile(r"\\.|[<>&$`_/{}'()=;]")


def _escaped(found: re.Match[str]) -> str:
    """A character by its number; what JSON escaped already stays."""
    return found[0] if found[0][0] == "\\" else f"\\u{ord(found[0]):04x}"


def script_json(value: object) -> str:
    """JSON that is safe inside a script that others search and replace in.

    Inside strings every character but letters, digits and a few signs is written as ``\\u….``: no
    markup, template or variable pattern survives to be taken for one.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return _STRINGS.sub(lambda string: _UNSAFE.sub(_escaped, string[0]), text)


def base_map(
    *, dark: bool = False, tiles: str = "", chooser: bool = False, said_at: str = ""
) -> folium.Map:
    """A new map without data; equal arguments give maps the browser takes for the same one.

    Args:
        dark: the theme.
        tiles: URL template of an online tile layer, empty for none.
        chooser: it shows no sites, but where to click for a point.
        said_at: a path of this server that is told once the map is drawn, empty for none.
    """
    made = _PageMap(
        location=(25, 10),
        zoom_start=2,
        tiles=tiles or None,
        attr="Tiles: see the tile server's terms" if tiles else None,
        control_scale=True,
        world_copy_jump=True,
        zoom_snap=0.5,
        max_zoom=MAX_ZOOM,
    )
    made.options["maxZoom"] = MAX_ZOOM
    made.options["minZoom"] = 1
    made.default_js = made.default_css = []  # Leaflet is in the base's own file
    options = base_options(dark=dark, tiles=tiles, view_filter=not chooser)
    if chooser:
        options |= {"home": False, "label": "Map to choose a point on, by mouse or touch."}
    made.add_child(_Base(options | {"saidAt": said_at}))
    return made


def base_options(*, dark: bool, tiles: str = "", view_filter: bool = True) -> dict[str, Any]:
    """What ``siteMap.base`` takes; ``view_filter``: whether there is somebody to filter for."""
    return {
        "dark": dark,
        "label": "Map of the sites. The table below holds the same sites.",
        "home": True,
        "colours": COLOURS[dark],
        "countries": bundle.countries().path,
        "attribution": ATTRIBUTION,
        "tiles": bool(tiles),
        "viewFilter": view_filter,
    }
