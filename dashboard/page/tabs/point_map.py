"""A small map of the candidates of a place, to choose a point on."""

from collections.abc import Sequence

import folium
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.viewport import fit_bounds, list_corners, unwrap
from dashboard.page.widgets import folium_map as component
from dashboard.query.coordinates import parse_point
from dashboard.service.viewer import Viewer
from geocache.place import Alternative

POINT = "pin_point"
"""The session state has the point that was clicked or typed under this key."""

_KEY = "choose_map"
_WIDTH, _HEIGHT = 480, 300
_SIZE = 24


def draw_point_map(candidates: Sequence[Alternative], country: str, viewer: Viewer) -> None:
    """Draw the numbered candidates and the chosen point; a click chooses one.

    Args:
        candidates: where the place could be; the map shows all of them.
        country: ISO 3166-1 alpha-2; shown if there are no candidates.
        viewer: for the settings.
    """
    base = folium_map.build_picker_map(
        dark=st.context.theme.type == "dark", tiles=viewer.settings.site_map_tiles
    )
    group = folium.FeatureGroup()
    shown = unwrap([(one.latitude, one.longitude) for one in candidates])
    for number, point in enumerate(shown, start=1):
        _build_marker(point, str(number)).add_to(group)
    chosen = _read_point()
    if chosen is not None:
        _build_marker(chosen, "✕", " sm-chosen").add_to(group)
    centre, zoom = fit_bounds(shown or list_corners(country), width=_WIDTH, height=_HEIGHT)
    component.draw_map(
        base,
        group,
        key=_KEY,
        height=_HEIGHT,
        returned=("last_clicked",),
        on_change=_choose_clicked,
        center=centre,
        zoom=zoom,
    )


def _build_marker(point: tuple[float, float], text: str, css_class: str = "") -> folium.Marker:
    icon = folium.DivIcon(
        html=f'<div class="sm-choice{css_class}">{text}</div>', icon_size=(_SIZE, _SIZE)
    )
    return folium.Marker(point, icon=icon)


def _read_point() -> tuple[float, float] | None:
    try:
        return parse_point(st.session_state.get(POINT, ""))
    except ValueError:
        return None  # reported when it is pinned


def _choose_clicked() -> None:
    where = (st.session_state.get(_KEY) or {}).get("last_clicked")
    if where:
        longitude = (where["lng"] + 180) % 360 - 180
        st.session_state[POINT] = f"{where['lat']:.5f}, {longitude:.5f}"
