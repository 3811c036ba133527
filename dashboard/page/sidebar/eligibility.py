"""“Who can take part”: filters the open trials by condition, age and sex."""

from collections.abc import Mapping

import streamlit as st

from dashboard.page.state import address
from dashboard.sites.eligibility import find_criteria, find_matching_trials
from dashboard.sites.trial import Trial

NO_MATCH = "no matching trial"
"""Stands in the trial filter when no trial matches."""


def draw_eligibility(trials: Mapping[str, Trial]) -> None:
    """Draw the choices that the open trials' records allow.

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
                on_change=_filter_trials,
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
            on_change=_filter_trials,
            args=(trials,),
            placeholder="Any",
        )
        st.radio(
            "Sex",
            ["Any", "Female", "Male"],
            key="person_sex",
            on_change=_filter_trials,
            args=(trials,),
            horizontal=True,
        )
        st.caption("Shows trials whose record matches. A trial without a limit accepts everyone.")


def _filter_trials(trials: Mapping[str, Trial]) -> None:
    conditions = st.session_state["person_conditions"]
    age = st.session_state["person_age"]
    sex = st.session_state["person_sex"]
    if not conditions and age is None and sex == "Any":
        address.change(trial=())
        return
    sex = "" if sex == "Any" else sex
    found = find_matching_trials(trials, conditions=conditions, age=age, sex=sex)
    address.change(trial=found or (NO_MATCH,))
