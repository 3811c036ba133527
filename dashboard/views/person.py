"""For a person who looks for a site: what is near, and which trials could take them."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from dashboard.eligibility import matching, offered
from dashboard.filters import Filters
from dashboard.nearness import KM_PER_MILE
from dashboard.parameters import MAX_TEXT
from dashboard.trials import Trial
from dashboard.views import address, on_demand
from dashboard.views.limits import within

RADII = (10, 25, 50, 100, 250, 500)
_OPENED = "nearest_sites_opened"


def _set_near() -> None:
    place = st.session_state["near_place"].strip()
    if not within("Near", place, MAX_TEXT):
        return
    reach = st.session_state["near_radius"]
    per_unit = KM_PER_MILE if st.session_state["near_unit"] == "miles" else 1.0
    address.set_view("unit", st.session_state["near_unit"] or "km", "km")
    radius = round(reach * per_unit, 1) if place and reach else None
    address.change(near=place, radius_km=radius)
    st.rerun()


@st.fragment
def nearest(filters: Filters) -> None:
    """Draw the form for the nearest sites."""
    opened = st.session_state.setdefault(_OPENED, bool(filters.near))
    on_demand.expander(
        "Nearest sites",
        partial(_near, filters),
        key="nearest_sites",
        icon=":material/near_me:",
        opened=opened,
    )


def _near(filters: Filters) -> None:
    unit = "miles" if address.view("unit", "km") == "miles" else "km"
    per_unit = KM_PER_MILE if unit == "miles" else 1.0
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
    st.selectbox(
        "Within",
        options,
        key="near_radius",
        format_func=lambda value: f"{value:g} {unit}",
        placeholder="Any distance",
        on_change=_set_near,
    )
    st.radio("Unit", ["km", "miles"], key="near_unit", on_change=_set_near, horizontal=True)


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
    found = matching(trials, conditions=chosen[0], age=chosen[1], sex=chosen[2])
    address.change(trial=found or ("no trial fits",))


def who_can_take_part(trials: Mapping[str, Trial]) -> None:
    """Draw the choice of trials by condition, age and sex, where the open records tell them.

    What is chosen becomes the trial filter, so that links, queries and files keep it.
    """
    conditions, ages, sexes = offered(trials)
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
