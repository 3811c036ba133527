"""“Who can take part”: condition, age, sex and health."""

from collections.abc import Mapping

import streamlit as st

from dashboard.page.state import address
from dashboard.page.widgets.feedback import check_length, queue_toast
from dashboard.page.widgets.markdown import escape
from dashboard.query.conditions.lookup import find_meaning
from dashboard.query.filters import FILTERS, Filters
from dashboard.query.parameters import MAX_NAME
from dashboard.query.trial_filters import MAX_AGE
from dashboard.sites.trial import Trial

_SEXES = {"Anyone": "", "Woman": "Female", "Man": "Male"}


def draw_eligibility(
    filters: Filters, facets: Mapping[str, Mapping[str, int]], trials: Mapping[str, Trial]
) -> None:
    """Draw the form; it is left out where no record says anything about conditions or people.

    Args:
        filters: those that are set.
        facets: how many sites each condition and sex would leave.
        trials: the open trials by id.
    """
    used = bool({"condition", "age", "sex", "healthy"} & set(filters))
    if not used and not any(one.conditions or one.criteria for one in trials.values()):
        return
    with st.expander("Who can take part", icon=":material/person_search:"):
        draw_condition(filters, facets["condition"])
        st.session_state["person_age"] = None if filters.age is None else int(filters.age)
        st.number_input(
            "Age in years",
            min_value=0,
            max_value=MAX_AGE,
            key="person_age",
            on_change=_write_age,
            placeholder="Any",
        )
        st.session_state["person_sex"] = next(
            label for label, sex in _SEXES.items() if sex == filters.sex
        )
        st.radio(
            "Sex",
            list(_SEXES),
            key="person_sex",
            on_change=_write_sex,
            horizontal=True,
        )
        st.session_state["person_healthy"] = bool(filters.healthy)
        st.checkbox("Healthy volunteers", key="person_healthy", on_change=_write_healthy)
        st.caption("A trial whose record does not say whom it takes stays in the list.")


def draw_condition(filters: Filters, counts: Mapping[str, int]) -> None:
    """Draw the box for a condition; what is chosen is added to the filter, and the box emptied."""
    st.session_state["person_condition"] = None
    chosen = {FILTERS["condition"].list_parts(filters.condition)[n].text
              for n in range(len(filters.condition))}  # fmt: skip
    st.selectbox(
        "Condition",
        [label for label in counts if label not in chosen],
        key="person_condition",
        index=None,
        format_func=lambda label: f"{label} ({counts[label]:,})" if label in counts else label,
        on_change=_add_condition,
        accept_new_options=True,
        placeholder="Breast cancer, Brustkrebs, asma …",
        help="In everyday or medical words, in English, German, French, Spanish or Italian. Finds "
        "trials of narrower conditions too.",
    )


def _add_condition() -> None:
    text = str(st.session_state["person_condition"] or "").strip()
    if not text or not check_length("Condition", text, MAX_NAME):
        return
    value = describe_condition(text)
    address.change(condition=(*address.current().condition, value))


def describe_condition(text: str) -> str:
    """The condition that a text means, as links name it; says so where it is another word."""
    meaning = find_meaning(text)
    if meaning.guessed:
        queue_toast(f"Showing {escape(meaning.label)} for “{escape(text)}”", "info")
    return meaning.concepts[0].label if len(meaning.concepts) == 1 else text


def _write_age() -> None:
    age = st.session_state["person_age"]
    address.change(age=None if age is None else float(age))


def _write_sex() -> None:
    address.change(sex=_SEXES[st.session_state["person_sex"]])


def _write_healthy() -> None:
    address.change(healthy=True if st.session_state["person_healthy"] else None)
