"""The map; beside it cards of the selected sites, and the counts per country."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.layer import Circle, build_layer_data
from dashboard.maps.palette import COLOUR_BY
from dashboard.maps.store import get_map_store
from dashboard.page.panels import countries, site_card
from dashboard.page.state import address, selection, session
from dashboard.page.widgets import folium_map as component
from dashboard.query.coordinates import BBox
from dashboard.sites.trial import Trial
from dashboard.web import map_drawn

MAP_HEIGHT = 460
MAX_CARDS = 3
_LAST_CLICK = "last_map_click"
_DRAWN = "drawn_map"


@st.fragment
def draw_map_panel(
    sites: pd.DataFrame,
    trials: Mapping[str, Trial],
    circle: Circle | None,
    tiles: str,
    whole: pd.DataFrame | None = None,
) -> None:
    """Draw the filtered sites; a click on one reruns only this panel.

    Args:
        sites: the filtered site table; its index names a site.
        trials: the open trials by id.
        circle: what "near" is measured from.
        tiles: URL template of an online tile layer, empty for none.
        whole: the site table that ``sites`` was filtered from.
    """
    colour_by = address.colour_by()
    selected = selection.find_selected(sites)
    data = build_layer_data(
        sites,
        colour_by=colour_by,
        selected=selected,
        active_countries=address.current().country,
        circle=circle,
        whole=whole,
        store=get_map_store(),
        owner=session.get_private_owner(),
    )
    dark = st.context.theme.type == "dark"
    key = f"map_{'dark' if dark else 'light'}"
    beside_map, beside = st.columns([2.15, 1], gap="medium")
    with beside_map:
        with _wait_until_drawn(sites, data["revision"]):
            component.draw_map(
                folium_map.build_base_map(dark=dark, tiles=tiles, drawn_url=map_drawn.PATH),
                folium_map.SiteLayer(data),
                key=key,
                height=MAP_HEIGHT,
                returned=("last_active_drawing", "last_object_clicked_count"),
                on_change=lambda: handle_click(st.session_state[key]),
            )
        decided = bool((sites["decision"] != "").any()) or colour_by == "decision"
        _draw_colour_choice(colour_by, has_decisions=decided)
    with beside, st.container(key="beside_map"):
        for row in selected[:MAX_CARDS]:
            site_card.draw_site_card(
                sites.loc[[row]].iloc[0], sites if whole is None else whole, trials
            )
        if len(selected) > MAX_CARDS:
            st.caption(f"… and {len(selected) - MAX_CARDS:,} more selected sites")
        countries.draw_chart(sites, 240 if selected else MAP_HEIGHT)
    if selection.take_table_outdated():
        st.rerun()  # the table is not part of this fragment


@contextmanager
def _wait_until_drawn(sites: pd.DataFrame, revision: str) -> Iterator[None]:
    """Let the browser draw new sites on the map before it gets more of the page."""
    cookie = session.read_cookie()
    last = st.session_state.get(_DRAWN)
    if not cookie or (last and (last[0] is sites or last[1] == revision)):
        yield
        return
    st.session_state[_DRAWN] = (sites, revision)
    with map_drawn.EVENTS.expect(cookie) as drawn:
        yield
        drawn.wait(map_drawn.RERUN_TIMEOUT_SECONDS if last else map_drawn.OPENING_TIMEOUT_SECONDS)


def _draw_colour_choice(colour_by: str, *, has_decisions: bool) -> None:
    st.session_state["view_colour"] = colour_by
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown("Colour by", width="content")
        st.segmented_control(
            "Colour by",
            [one for one in COLOUR_BY if one != "decision" or has_decisions],
            key="view_colour",
            format_func=str.capitalize,
            on_change=_choose_colour,
            label_visibility="collapsed",
        )


def _choose_colour() -> None:
    address.set_view("colour", st.session_state["view_colour"] or "status", "status")


def handle_click(value: Mapping[str, object] | None) -> None:
    """React to a click on the map: a country or the view filters, a site is selected."""
    value = value or {}
    count = value.get("last_object_clicked_count")
    drawing = value.get("last_active_drawing")
    if not count or count == st.session_state.get(_LAST_CLICK) or not isinstance(drawing, dict):
        return
    st.session_state[_LAST_CLICK] = count
    properties = drawing.get("properties") or {}
    kind = properties.get("kind")
    if kind == "country" and properties.get("code"):
        code = str(properties["code"])
        chosen = address.current().country
        rest = tuple(one for one in chosen if one != code)
        address.change(country=rest if code in chosen else (*chosen, code))
        st.rerun()
    elif kind == "view":
        west, south, east, north = (float(value) for value in properties["bbox"])
        address.change(bbox=BBox(west, south, east, north))
        st.rerun()
    elif kind == "site":
        selection.select_on_map([int(properties["site"])])
