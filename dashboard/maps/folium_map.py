"""Adapter: the map as folium objects, and all that leans on folium's internals.

The base map stays the same at every filter, so the browser keeps its pan and zoom; only the
:class:`SiteLayer` is replaced. ``assets/site_map.js`` draws both.
``tests/dashboard/maps/test_folium_contract.py`` fails when what folium does not promise changes.
"""

from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import folium
from branca.element import Element, Figure, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from dashboard.maps import basemap, bundle
from dashboard.maps.javascript import dump_script_json

_STYLE = Element(
    "<style>html, body { width: 100%; height: 100%; margin: 0; padding: 0; }"
    " #map_div { position: relative; width: 100%; height: 100%; }"
    " .leaflet-container { font-size: 1rem; }</style>"
)


class _ComponentMap(folium.Map):
    """A map for Streamlit's component, which takes only its script, its style and its files.

    folium would render a whole page around them, through a template that it compiles each time.
    """

    def render(self, **_kwargs: Any) -> str:
        page = self.get_root()
        assert isinstance(page, Figure)  # noqa: S101 - folium puts every map into one
        page.header.add_child(copy(_STYLE), name="style")
        for child in self._children.values():
            if isinstance(child, folium.TileLayer):
                child.render()  # type: ignore[no-untyped-call] # only then it adds itself
        return ""


class _Start(JSCSSMixin, MacroElement):
    """The call of ``siteMap.start``, and the files it needs."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "siteMap.start({{ this._parent.get_name() }}, {{ this.options_json }});"
        "{% endmacro %}"
    )
    default_js = [("map", bundle.build_script().path)]  # noqa: RUF012 - folium's own form
    default_css = [("map_css", bundle.build_style().path)]  # noqa: RUF012

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "SiteMapStart"
        self.options_json = dump_script_json(options)


@dataclass(frozen=True, slots=True)
class _LayerData:
    """Layer data that equals other of the same revision."""

    revision: str
    data: dict[str, Any] = field(compare=False)


@lru_cache(maxsize=64)
def _dump_layer(layer: _LayerData) -> str:
    return dump_script_json(layer.data)


class SiteLayer(folium.FeatureGroup):
    """The sites of a filtered table, as ``siteMap.buildLayer`` draws them.

    Args:
        data: as :func:`~dashboard.maps.layer.build_layer_data` gives it.
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = siteMap.buildLayer({{ this.data_json }});"
        "{% endmacro %}"
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(name="Sites")
        self.data_json = _dump_layer(_LayerData(data["revision"], data))

    def render(self, **_kwargs: Any) -> str:
        """Nothing: the component takes the script alone and adds the layer itself."""
        return ""


def build_base_map(*, dark: bool = False, tiles: str = "", drawn_url: str = "") -> folium.Map:
    """A new map without sites; equal arguments give maps that the browser takes for the same one.

    Args:
        dark: the theme.
        tiles: as ``SITE_MAP_TILES``: tiles beside the bundled ones, empty for none.
        drawn_url: URL to POST to once the map is drawn, empty for none.
    """
    options = basemap.build_options(dark=dark, tiles=tiles, drawn_url=drawn_url)
    return _build_map(options, tiles if options["tiles"] else "")


def build_cards_map(
    language: basemap.MapLanguage, *, dark: bool = False, tiles: str = ""
) -> folium.Map:
    """A map beside cards (``data-sm-row``): a site on it leads to its card; it filters nothing."""
    options = basemap.build_options(dark=dark, tiles=tiles, in_page=False)
    options |= language.to_options() | {"cards": True}
    return _build_map(options, tiles if options["tiles"] else "")


def build_picker_map(*, dark: bool = False, tiles: str = "") -> folium.Map:
    """The same without controls for sites: a map to pick a point on."""
    options = basemap.build_picker_options(dark=dark, tiles=tiles)
    return _build_map(options, tiles if options["tiles"] else "")


def build_plain_map(*, dark: bool = False, tiles: str = "", label: str = "") -> folium.Map:
    """A map without controls, for layers of its own; ``label`` names it for screen readers."""
    options = {**basemap.build_picker_options(dark=dark, tiles=tiles), "label": label}
    return _build_map(options, tiles if options["tiles"] else "")


def _build_map(options: dict[str, Any], tiles: str) -> folium.Map:
    made = _ComponentMap(
        location=(25, 10),
        zoom_start=2,
        tiles=tiles or None,
        attr="Tiles: see the tile server's terms" if tiles else None,
        control_scale=True,
        world_copy_jump=True,
        zoom_snap=0.25,
        max_zoom=basemap.MAX_ZOOM,
    )
    made.options["maxZoom"] = basemap.MAX_ZOOM  # folium drops it where there are no tiles
    made.options["minZoom"] = 1
    made.default_js = made.default_css = []  # Leaflet is in the map's own script
    made.add_child(_Start(options))
    return made
