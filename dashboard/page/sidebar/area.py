"""“Area”: filters by a circle, typed corners or a saved area, without drawing; saves areas."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.errors import DashboardError, FilterError
from dashboard.library.own_lists.area_file import MAX_NAME
from dashboard.page.state import address
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import queue_toast, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.area_forms import build_box, build_circle, parse_corners
from dashboard.query.filters import Filters
from dashboard.query.near import KM_PER, find_centre
from dashboard.query.parameters import MAX_TEXT
from dashboard.service.viewer import Viewer

MAX_CORNERS_TEXT = 10_000
_SUGGESTIONS = 3
_PLACE, _RADIUS, _UNIT, _CORNERS = "area_place", "area_radius", "area_unit", "area_corners"
_SAVED, _NAME = "area_saved", "area_name"


@st.fragment
def draw_area(filters: Filters, sites: pd.DataFrame, viewer: Viewer) -> None:
    """Draw the expander; ``sites`` is the whole site table."""
    on_demand.expander(
        "Area",
        partial(_draw_forms, filters, sites, viewer),
        key="area",
        icon=":material/activity_zone:",
    )


def _draw_forms(filters: Filters, sites: pd.DataFrame, viewer: Viewer) -> None:
    st.caption("Draw on the map with the two buttons at its left, or say here where.")
    _draw_saved(filters, viewer)
    with st.form("area_circle", border=False):
        st.text_input("Around a place", key=_PLACE, placeholder="Graz, Austria · 47.07, 15.44")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.number_input(
                "Radius",
                min_value=0.1,
                max_value=9_000.0,
                value=100.0,
                step=10.0,
                format="%g",
                key=_RADIUS,
                width=130,
            )
            st.segmented_control(
                "Unit", ["km", "miles"], default=address.unit(), key=_UNIT, required=True
            )
        st.form_submit_button(
            "Use this circle", on_click=_use, args=(partial(_read_circle, sites, viewer),)
        )
    with st.form("area_corners_form", border=False):
        st.text_area(
            "Corners",
            key=_CORNERS,
            placeholder="48.5, 9.5\n46.4, 17.2",
            height=110,
            help="Latitude and longitude in degrees, one corner a line. Two are opposite corners "
            "of a rectangle, three or more an outline.",
        )
        st.form_submit_button("Use these corners", on_click=_use, args=(_read_corners,))


def _draw_saved(filters: Filters, viewer: Viewer) -> None:
    """Draw the choice of a saved area, and what names, saves or deletes the one that is used."""
    areas = {one.name: one for one in viewer.uploads.areas()}
    used = next((name for name, one in areas.items() if one.line == filters.within), None)
    if areas:
        st.session_state[_SAVED] = used
        st.selectbox(
            "Saved areas",
            list(areas),
            key=_SAVED,
            placeholder="None of them",
            on_change=lambda: _use_saved(viewer),
        )
    if used is not None:
        st.button(
            "Delete this saved area",
            key="area_delete",
            icon=":material/delete:",
            on_click=_delete,
            args=(viewer, used),
        )
    elif filters.within or filters.bbox:
        what = "the area" if filters.within else "the map’s view"
        named = address.view(address.AREA, "")
        with st.form("area_save", border=False):
            st.text_input(f"Name of {what}", value=named, key=_NAME, max_chars=MAX_NAME)
            st.form_submit_button(
                "Save under this name",
                icon=":material/bookmark_add:",
                on_click=_save,
                args=(filters, viewer),
            )


def _use_saved(viewer: Viewer) -> None:
    name = st.session_state[_SAVED]
    line = next((one.line for one in viewer.uploads.areas() if one.name == name), "")
    address.set_area(line, name or "")
    st.rerun()


def _save(filters: Filters, viewer: Viewer) -> None:
    line = filters.within or (build_box(filters.bbox) if filters.bbox else "")
    try:
        saved = viewer.uploads.save_area(st.session_state[_NAME], line)
    except DashboardError as error:
        show_error(error)
        return
    if not filters.within:
        address.change(bbox=None)
    address.set_area(saved.line, saved.name)
    queue_toast(f"Saved: {escape(saved.name)}", "check")
    st.rerun()


def _delete(viewer: Viewer, name: str) -> None:
    try:
        viewer.uploads.delete_area(name)
    except DashboardError as error:
        show_error(error)
    else:
        st.rerun()


def _use(read: Callable[[], str]) -> None:
    """Filter by the area that a form describes, or say why it is none."""
    try:
        line = read()
    except FilterError as error:
        reason = str(error).removeprefix(f"{error.parameter}: ")
        places = "; ".join(error.allowed[:_SUGGESTIONS]) if error.parameter == "near" else ""
        show_error(f"{reason}. Try: {places}" if places else reason)
        return
    address.set_area(line)
    st.rerun()


def _read_circle(sites: pd.DataFrame, viewer: Viewer) -> str:
    place = str(st.session_state[_PLACE]).strip()
    if len(place) > MAX_TEXT:
        raise FilterError("near", place[:40], f"near: at most {MAX_TEXT} characters")
    centre = find_centre(place, viewer.geocoder.search, sites)
    if centre is None:
        raise FilterError("near", "", "say first around which place")
    radius_km = float(st.session_state[_RADIUS] or 0) * KM_PER[st.session_state[_UNIT] or "km"]
    return build_circle(centre.latitude, centre.longitude, radius_km)


def _read_corners() -> str:
    text = str(st.session_state[_CORNERS])
    if len(text) > MAX_CORNERS_TEXT:
        raise FilterError("within", "", f"within: at most {MAX_CORNERS_TEXT:,} characters")
    return parse_corners(text)
