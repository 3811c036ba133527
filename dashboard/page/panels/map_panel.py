"""The map with its choices; beside it cards of the selected sites, and counts per country."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

import pandas as pd
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.colours import SHADES
from dashboard.maps.layer import Circle, build_layer_data
from dashboard.maps.palette import COLOUR_BY, FIELD_PREFIX, LIST_PREFIX
from dashboard.maps.store import get_map_store
from dashboard.page.panels import countries, nearest_list, site_card
from dashboard.page.state import address, selection, session
from dashboard.page.widgets import folium_map as component
from dashboard.query.area_filter import list_corners
from dashboard.query.coordinates import BBox
from dashboard.query.filter_kinds import name_uniquely
from dashboard.query.filters import FILTERS
from dashboard.sites import list_rows
from dashboard.sites.fields import list_fields
from dashboard.sites.table import COLUMNS
from dashboard.sites.trial import Trial
from dashboard.web import map_drawn
from geocache.geo.states import find_codes

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
    *,
    directions: str = "",
) -> None:
    """Draw the filtered sites; a click on one reruns only this panel.

    Args:
        sites: the filtered site table; its index names a site.
        trials: the open trials by id.
        circle: what "near" is measured from.
        tiles: as ``SITE_MAP_TILES``.
        whole: the site table that ``sites`` was filtered from.
        directions: as ``SITE_MAP_DIRECTIONS_URL``.
    """
    colour_by, shade = address.colour_by(), address.shade()
    own = [FIELD_PREFIX + name for name in list_fields(sites, COLUMNS)]
    if colour_by not in (*COLOUR_BY, *own):
        colour_by = "status"
    selected = selection.find_selected(sites)
    data = build_layer_data(
        sites,
        colour_by=colour_by,
        selected=selected,
        active=(*address.current().country, *_list_state_codes(address.current().state)),
        shade=shade,
        chosen=_list_chosen(colour_by),
        circle=circle,
        whole=whole,
        store=get_map_store(),
        owner=session.get_private_owner(),
        within=list_corners(address.current().within),
        fields=tuple(name for name in address.list_columns() if FIELD_PREFIX + name in own),
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
        several = len(list_rows.get_lists(sites if whole is None else whole)) > 1
        hidden = {"decision"} - ({"decision"} if decided else set())
        hidden |= {"list"} - ({"list"} if several or colour_by == "list" else set())
        _draw_choices(colour_by, shade, own, hidden)
    with beside, st.container(key="beside_map"):
        if selected:
            _draw_selected(sites, trials, sites if whole is None else whole, selected, directions)
        if circle is not None:
            nearest_list.draw_nearest_list(sites, address.unit())
        countries.draw_chart(sites, 240 if selected else MAP_HEIGHT)
    if selection.take_table_outdated():
        st.rerun()  # the table is not part of this fragment


def _draw_selected(
    sites: pd.DataFrame,
    trials: Mapping[str, Trial],
    whole: pd.DataFrame,
    selected: tuple[int, ...],
    directions: str,
) -> None:
    """Draw the cards of the selected sites: on a phone, those tapped are a sheet from below."""
    tapped = selection.get_first_in_table() == selected
    with st.container(key="site_sheet" if tapped else "selected_sites"):
        st.button(
            "Close",
            key="close_sheet",
            icon=":material/close:",
            on_click=selection.select_on_map,
            args=((),),
            width="stretch",
        )
        for row in selected[:MAX_CARDS]:
            one = sites.loc[[row]]
            name = list_rows.name_rows(one)[0]
            site_card.draw_site_card(one.iloc[0], whole, trials, name, directions)
        if len(selected) > MAX_CARDS:
            st.caption(f"… and {len(selected) - MAX_CARDS:,} more selected sites")


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


def _list_chosen(colour_by: str) -> tuple[str, ...]:
    """The values of the legend's entries that are filtered by."""
    filters = address.current()
    chosen: tuple[str, ...] = filters.get(colour_by, ())
    if colour_by == "trial":
        chosen = (*chosen, *(f"{LIST_PREFIX}{name}" for name in filters.list))
    return chosen


def _draw_choices(colour_by: str, shade: str, own: list[str], hidden: Collection[str]) -> None:
    """Draw what the markers are coloured by and what the land is shaded by."""
    st.session_state["view_colour"] = colour_by if colour_by in COLOUR_BY else None
    st.session_state["view_shade"] = shade
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="map_choices"):
        st.markdown("Colour by", width="content")
        st.segmented_control(
            "Colour by",
            [one for one in COLOUR_BY if one not in hidden],
            key="view_colour",
            format_func=lambda name: "How exact" if name == "precision" else name.capitalize(),
            on_change=_choose_colour,
            label_visibility="collapsed",
            width="content",
        )
        if own:
            st.session_state["view_colour_own"] = colour_by if colour_by in own else None
            st.selectbox(
                "Colour by an own column",
                own,
                key="view_colour_own",
                format_func=lambda name: name.removeprefix(FIELD_PREFIX),
                placeholder="Own column",
                on_change=_choose_own_colour,
                label_visibility="collapsed",
                width=180,
            )
        with st.container(
            horizontal=True, gap="small", vertical_alignment="center", width="content"
        ):
            st.markdown("Shade", width="content")
            st.segmented_control(
                "Shade",
                list(SHADES),
                key="view_shade",
                format_func=str.capitalize,
                on_change=_choose_shade,
                label_visibility="collapsed",
                width="content",
            )


def _choose_own_colour() -> None:
    address.set_view("colour", st.session_state["view_colour_own"] or "status", "status")


def _choose_colour() -> None:
    address.set_view("colour", st.session_state["view_colour"] or "status", "status")


def _choose_shade() -> None:
    address.set_view("shade", st.session_state["view_shade"] or "none", "countries")


def _list_state_codes(values: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the states that are filtered by."""
    return tuple(dict.fromkeys(code for value in values for code in find_codes(value)))


def handle_click(value: Mapping[str, object] | None) -> None:
    """React to a click on the map: land, a legend entry or the view filters, a site is selected."""
    value = value or {}
    count = value.get("last_object_clicked_count")
    drawing = value.get("last_active_drawing")
    if not count or count == st.session_state.get(_LAST_CLICK) or not isinstance(drawing, dict):
        return
    st.session_state[_LAST_CLICK] = count
    properties = drawing.get("properties") or {}
    kind = properties.get("kind")
    if kind == "country" and properties.get("code"):
        _toggle("country", str(properties["code"]))
    elif kind == "state" and properties.get("code"):
        _toggle_state(str(properties["code"]))
    elif kind == "category" and properties.get("value"):
        _toggle_category(address.colour_by(), str(properties["value"]))
    elif kind == "view":
        west, south, east, north = (float(value) for value in properties["bbox"])
        address.change(bbox=BBox(west, south, east, north))
        st.rerun()
    elif kind == "area":
        address.set_area(FILTERS["within"].convert(str(properties["line"])))
        st.rerun()
    elif kind == "site":
        selection.select_on_map([int(properties["site"])])


def _toggle_state(code: str) -> None:
    """Filter by a state, or no more if it is filtered by under any of its names."""
    chosen = address.current().state
    rest = tuple(one for one in chosen if code not in find_codes(one))
    address.change(state=(*chosen, name_uniquely(code)) if rest == chosen else rest)
    st.rerun()


def _toggle_category(colour_by: str, value: str) -> None:
    """Filter by an entry of the legend; among trials there are lists without one."""
    if colour_by == "trial" and value.startswith(LIST_PREFIX):
        _toggle("list", value.removeprefix(LIST_PREFIX))
    else:
        _toggle(colour_by, value)


def _toggle(name: str, value: str) -> None:
    """Add a value to a filter, or remove it if it is there."""
    chosen = address.current().get(name, ())
    rest = tuple(one for one in chosen if one != value)
    address.change(**{name: rest if value in chosen else (*chosen, value)})
    st.rerun()
