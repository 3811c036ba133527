"""A small map with a few labelled points: candidates of a place, sites of a facility."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import folium
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.viewport import fit_bounds, list_corners, unwrap
from dashboard.page.widgets import folium_map as component
from dashboard.settings import Settings

_WIDTH, HEIGHT = 480, 300
_SIZE = 24


class Mark(NamedTuple):
    """A point on the map: (latitude, longitude), a number or a sign in it, and a style."""

    point: tuple[float, float]
    text: str
    css_class: str = ""


def _ignore() -> None:
    """Nothing is returned from a map that is only looked at."""


def draw_small_map(
    marks: Sequence[Mark],
    settings: Settings,
    *,
    key: str,
    country: str = "",
    shown: int | None = None,
    returned: Sequence[str] = (),
    on_change: Callable[[], None] = _ignore,
) -> None:
    """Draw points on the basemap, with all of them in view.

    Args:
        marks: the points.
        settings: for its tiles.
        key: the session state has what was clicked under this key.
        country: ISO 3166-1 alpha-2; shown if there are no points.
        shown: so many of the first points are in view, if not all.
        returned: which of streamlit-folium's values a click gives.
        on_change: called when one of them changed.
    """
    base = folium_map.build_picker_map(
        dark=st.context.theme.type == "dark", tiles=settings.site_map_tiles
    )
    group = folium.FeatureGroup()
    first = len(marks) if shown is None else shown
    in_view = unwrap([mark.point for mark in marks[:first]])
    places = [*in_view, *(mark.point for mark in marks[first:])]
    for mark, place in zip(marks, places, strict=True):
        _build_marker(mark, place).add_to(group)
    centre, zoom = fit_bounds(in_view or list_corners(country), width=_WIDTH, height=HEIGHT)
    component.draw_map(
        base,
        group,
        key=key,
        height=HEIGHT,
        returned=returned,
        on_change=on_change,
        center=centre,
        zoom=zoom,
    )


def _build_marker(mark: Mark, place: tuple[float, float]) -> folium.Marker:
    css_class = f"sm-choice {mark.css_class}".strip()
    icon = folium.DivIcon(
        html=f'<div class="{css_class}">{mark.text}</div>', icon_size=(_SIZE, _SIZE)
    )
    return folium.Marker(place, icon=icon)
