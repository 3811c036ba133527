"""“Nearest sites”: filters and sorts sites by their distance from a place."""

from functools import partial

import streamlit as st

from dashboard.errors import FilterError
from dashboard.page.state import address
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import check_length, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.coordinates import parse_distance
from dashboard.query.filter_kinds import NEAR_FORMS
from dashboard.query.filters import Filters
from dashboard.query.near import KM_PER
from dashboard.query.parameters import MAX_TEXT

RADII = (10, 25, 50, 100, 250, 500)
MAX_CHOICES = 4
_EXPANDED = "nearest_sites_expanded"


@st.fragment
def draw_nearest(filters: Filters, lost: FilterError | None = None) -> None:
    """Draw the form; ``lost`` says why the place in it was not found."""
    on_demand.expander(
        "Nearest sites",
        partial(_draw_form, filters, lost),
        key="nearest_sites",
        icon=":material/near_me:",
        expanded=st.session_state.setdefault(_EXPANDED, bool(filters.near)),
    )


def _draw_form(filters: Filters, lost: FilterError | None) -> None:
    unit = address.unit()
    radius = round(filters.radius_km / KM_PER[unit], 1) if filters.radius_km else None
    options = sorted({*RADII, *((radius,) if radius else ())})
    st.session_state["near_place"] = filters.near
    st.session_state["near_radius"] = next((o for o in options if o == radius), None)
    st.session_state["near_unit"] = unit
    st.text_input(
        "Near",
        key="near_place",
        placeholder="Graz, Austria · 80331 Munich · 47.07, 15.44",
        help="A place with its country, a postcode, or latitude and longitude.",
        on_change=_filter_near,
    )
    if lost is not None:
        draw_place_choices(lost, "sidebar")
    st.selectbox(
        "Within",
        options,
        key="near_radius",
        format_func=lambda value: value if isinstance(value, str) else f"{value:g} {unit}",
        placeholder="Any distance",
        on_change=_filter_near,
        accept_new_options=True,
        help="Or type a distance, such as 40 km or 25 mi.",
    )
    st.radio("Unit", ["km", "miles"], key="near_unit", on_change=_filter_near, horizontal=True)


def _filter_near() -> None:
    place = st.session_state["near_place"].strip()
    if not check_length("Near", place, MAX_TEXT):
        return
    radius = st.session_state["near_radius"]
    unit = st.session_state["near_unit"] or "km"
    if isinstance(radius, str):
        try:
            radius, unit = parse_distance(radius, unit)
        except FilterError as error:
            show_error(error)
            return
    km_per_unit = KM_PER[unit]
    address.set_view("unit", unit, "km")
    radius_km = round(radius * km_per_unit, 1) if place and radius else None
    address.change(near=place, radius_km=radius_km)
    st.rerun()


def draw_place_choices(lost: FilterError, where: str) -> None:
    """Draw why the place was not found, and a button for each place that may be meant."""
    places = [place for place in lost.allowed if place not in NEAR_FORMS][:MAX_CHOICES]
    hint = "" if places else " Try it with its country, a postcode, or latitude and longitude."
    st.warning(f"“{escape(lost.value)}”: {escape(str(lost).partition(': ')[2])}.{hint}")
    with st.container(horizontal=True, gap="small"):
        for place in places:
            key = f"place_{where}_{place}"
            st.button(escape(place), key=key, on_click=_choose_place, args=(place,))


def _choose_place(place: str) -> None:
    address.change(near=place)
    st.rerun()
