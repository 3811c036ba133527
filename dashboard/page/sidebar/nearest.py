"""For a person who looks for a site: what is near, and which trials could take them."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.errors import FilterError
from dashboard.page.state import address
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import check_length
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters
from dashboard.query.near import KM_PER
from dashboard.query.parameters import MAX_TEXT, NEAR_FORMS
from dashboard.sites.eligibility import find_criteria, find_matching_trials
from dashboard.sites.trial import Trial

RADII = (10, 25, 50, 100, 250, 500)
_OPENED = "nearest_sites_opened"


def _set_near() -> None:
    place = st.session_state["near_place"].strip()
    if not check_length("Near", place, MAX_TEXT):
        return
    reach = st.session_state["near_radius"]
    per_unit = KM_PER[st.session_state["near_unit"]]
    address.set_view("unit", st.session_state["near_unit"] or "km", "km")
    radius = round(reach * per_unit, 1) if place and reach else None
    address.change(near=place, radius_km=radius)
    st.rerun()


@st.fragment
def draw_nearest(filters: Filters, lost: FilterError | None = None) -> None:
    """Draw the form for the nearest sites; ``lost`` says why the place in it was not found."""
    opened = st.session_state.setdefault(_OPENED, bool(filters.near))
    on_demand.expander(
        "Nearest sites",
        partial(_near, filters, lost),
        key="nearest_sites",
        icon=":material/near_me:",
        opened=opened,
    )


def _near(filters: Filters, lost: FilterError | None) -> None:
    unit = address.unit()
    per_unit = KM_PER[unit]
    reach = round(filters.radius_km / per_unit, 1) if filters.radius_km else None
    options = sorted({*RADII, *((reach,) if reach else ())})
    st.session_state["near_place"] = filters.near
    st.session_state["near_radius"] = next((o for o in options if o == reach), None)
    st.session_state["near_unit"] = unit
    st.text_input(
        "Near",
        key="near_place",
        placeholder="Graz, Austria · 10115 · 47.07, 15.44",
        help="A place with its country, a US ZIP code, or latitude and longitude.",
        on_change=_set_near,
    )
    if lost is not None:
        draw_place_choices(lost, "sidebar")
    st.selectbox(
        "Within",
        options,
        key="near_radius",
        format_func=lambda value: f"{value:g} {unit}",
        placeholder="Any distance",
        on_change=_set_near,
    )
    st.radio("Unit", ["km", "miles"], key="near_unit", on_change=_set_near, horizontal=True)


def draw_place_choices(lost: FilterError, where: str) -> None:
    """Say why nobody knows where "near" is, and offer what it may mean, a button each."""
    places = [place for place in lost.allowed if place not in NEAR_FORMS][:4]
    hint = "" if places else " Try it with its country, a US ZIP code, or latitude and longitude."
    st.warning(f"“{escape(lost.value)}”: {escape(str(lost).partition(': ')[2])}.{hint}")
    with st.container(horizontal=True, gap="small"):
        for place in places:
            key = f"place_{where}_{place}"
            st.button(escape(place), key=key, on_click=_choose_place, args=(place,))


def _choose_place(place: str) -> None:
    address.change(near=place)
    st.rerun()


def _set_person(trials: Mapping[str, Trial]) -> None:
    state = st.session_state
    chosen = (
        state["person_conditions"],
        state["person_age"],
        "" if state["person_sex"] == "Any" else state["person_sex"],
    )
    if not any(value not in ([], None, "") for value in chosen):
        address.change(trial=())
        return
    found = find_matching_trials(trials, conditions=chosen[0], age=chosen[1], sex=chosen[2])
    address.change(trial=found or ("no trial fits",))


def draw_eligibility(trials: Mapping[str, Trial]) -> None:
    """Draw the choice of trials by condition, age and sex, where the open records tell them.

    What is chosen becomes the trial filter, so that links, queries and files keep it.
    """
    conditions, ages, sexes = find_criteria(trials)
    if len(trials) < 2 or not (conditions or ages or sexes):
        return
    with st.expander("Who can take part", icon=":material/person_search:"):
        if conditions:
            st.multiselect(
                "Condition",
                list(conditions),
                key="person_conditions",
                format_func=lambda c: f"{c} ({conditions[c]:,})",
                on_change=_set_person,
                args=(trials,),
                placeholder="Any",
            )
        else:
            st.session_state["person_conditions"] = []
        st.number_input(
            "Age in years",
            min_value=0,
            max_value=120,
            value=None,
            key="person_age",
            on_change=_set_person,
            args=(trials,),
            placeholder="Any",
        )
        st.radio(
            "Sex",
            ["Any", "Female", "Male"],
            key="person_sex",
            on_change=_set_person,
            args=(trials,),
            horizontal=True,
        )
        st.caption("Keeps the trials whose record fits; a record that states no limit sets none.")
