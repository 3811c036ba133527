"""A small map of where a place could be, to choose a point on."""

from collections.abc import Sequence

import folium
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.viewport import fit_bounds
from dashboard.page.widgets import folium_map as component
from dashboard.query.coordinates import parse_point
from dashboard.service.viewer import Viewer
from geocache.geo.borders import extent
from geocache.place import Alternative

POINT = "pin_point"
"""Under it the session state holds what was clicked or typed."""

_KEY = "choose_map"
_WIDTH, _HEIGHT = 480, 300
_SIZE = 24


def draw_point_map(options: Sequence[Alternative], country: str, viewer: Viewer) -> None:
    """Draw the options by number, and the point that was chosen; a click chooses it.

    Args:
        options: where the place could be; the map shows them all.
        country: ISO 3166-1 alpha-2; shown where there are no options.
        viewer: for the settings.
    """
    base = folium_map.build_picker_map(
        dark=st.context.theme.type == "dark", tiles=viewer.settings.site_map_tiles
    )
    group = folium.FeatureGroup()
    shown = [(option.latitude, option.longitude) for option in options]
    for number, point in enumerate(shown, start=1):
        _mark(point, str(number)).add_to(group)
    chosen = _chosen()
    if chosen is not None:
        _mark(chosen, "✕", " sm-chosen").add_to(group)
    centre, zoom = fit_bounds(shown or _corners(country), width=_WIDTH, height=_HEIGHT)
    component.folium_map(
        base,
        group,
        key=_KEY,
        height=_HEIGHT,
        returned=("last_clicked",),
        on_change=_clicked,
        center=centre,
        zoom=zoom,
    )


def _mark(point: tuple[float, float], text: str, more: str = "") -> folium.Marker:
    icon = folium.DivIcon(
        html=f'<div class="sm-choice{more}">{text}</div>', icon_size=(_SIZE, _SIZE)
    )
    return folium.Marker(point, icon=icon)


def _corners(country: str) -> list[tuple[float, float]]:
    found = extent(country)
    if found is None:
        return []
    west, south, east, north = found
    return [(south, west), (north, east)]


def _chosen() -> tuple[float, float] | None:
    try:
        return parse_point(st.session_state.get(POINT, ""))
    except ValueError:
        return None  # said when it is to be pinned


def _clicked() -> None:
    where = (st.session_state.get(_KEY) or {}).get("last_clicked")
    if where:
        longitude = (where["lng"] + 180) % 360 - 180
        st.session_state[POINT] = f"{where['lat']:.5f}, {longitude:.5f}"
