"""What folium does not document, and ``dashboard/maps/folium_map.py`` relies on."""

import re

import folium

from dashboard.maps import bundle, folium_map
from dashboard.maps.layer import build_layer_data
from dashboard.sites.table import empty_table


def render_script(element: folium.MacroElement) -> str:
    """The script of a folium element, as streamlit-folium takes it from its template."""
    return str(element._template.module.script(element))


def test_the_map_is_a_variable_named_after_its_id() -> None:
    base = folium_map.build_base_map()
    name = f"map_{base._id}"
    assert base.get_name() == name, "folium names a map's variable otherwise than map_ID"
    assert f"var {name} = L.map(" in render_script(base), "folium's map template changed"


def test_the_start_script_is_given_the_map_it_belongs_to() -> None:
    base = folium_map.build_base_map()
    (start,) = (child for child in base._children.values() if child._name == "SiteMapStart")
    script = render_script(start)
    assert script.startswith(f"siteMap.start({base.get_name()}, {{"), (
        "folium no longer gives a child's template the name of its parent"
    )


def test_a_layer_is_a_variable_that_the_component_can_add() -> None:
    layer = folium_map.SiteLayer(build_layer_data(empty_table()))
    pattern = r"var feature_group_[0-9a-f]+ = siteMap\.buildLayer\(\{.*\}\);"
    assert re.fullmatch(pattern, render_script(layer), re.DOTALL), (
        "folium names a feature group's variable otherwise, or escapes its data"
    )


def test_only_our_files_are_loaded_and_no_page_is_rendered() -> None:
    base = folium_map.build_base_map()
    assert base.render() == ""
    loaded = [
        url
        for element in (base, *base._children.values())
        for kind in ("default_js", "default_css")
        for _, url in getattr(element, kind, [])
    ]
    assert loaded == [bundle.build_script().path, bundle.build_style().path], (
        "folium loads a file from another host"
    )


def test_tiles_are_a_layer_that_adds_itself_when_rendered() -> None:
    base = folium_map.build_base_map(tiles="https://tiles.invalid/{z}/{x}/{y}.png")
    base.render()
    (tiles,) = (c for c in base._children.values() if isinstance(c, folium.TileLayer))
    assert f"tile_layer_{tiles._id}.addTo({base.get_name()});" in "".join(
        render_script(child) for child in tiles._children.values()
    ) + render_script(tiles), "folium's tile layer no longer adds itself to the map"
