"""“Add trials from the registry”: fetches trials by NCT number or by a search."""

from functools import partial

import streamlit as st

from dashboard.library.registry.search import RegistrySearch, find_trial_ids
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import check_length, queue_toast, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.jobs.runner import TooManyJobsError
from dashboard.service.viewer import Viewer
from dashboard.sites.vocabulary import TRIAL_STATUSES

MAX_NUMBERS = 1_000
MAX_NUMBERS_LENGTH = 100_000
MAX_SEARCH_LENGTH = 200
MAX_MISSING_NAMED = 10
_SEARCH_FIELDS = {
    "Condition": "registry_condition",
    "Intervention": "registry_intervention",
    "Sponsor": "registry_sponsor",
    "Country": "registry_country",
}


def draw_registry_form(viewer: Viewer) -> None:
    """Draw the form; the registry is asked only when its button is pressed."""
    if viewer.editor is not None:
        on_demand.expander(
            "Add trials from the registry",
            partial(_draw_form, viewer.editor),
            key="add_trials",
            icon=":material/cloud_download:",
        )


def draw_missing_trials(viewer: Viewer, trial_ids: tuple[str, ...]) -> None:
    """Name trials of a link that are not open, with a button to fetch them."""
    numbers = find_trial_ids(" ".join(trial_ids))
    if not numbers:
        return
    named = ", ".join(numbers[:MAX_MISSING_NAMED])
    rest = len(numbers) - MAX_MISSING_NAMED
    more = f" and {rest:,} more" if rest > 0 else ""
    st.info(f"Not open here: {escape(named)}{more}", icon=":material/travel_explore:")
    if viewer.editor is not None:
        st.button(
            "Fetch from the registry",
            key="fetch_missing",
            on_click=_start_fetch,
            args=(viewer.editor, numbers, RegistrySearch()),
        )


def _draw_form(editor: Editor) -> None:
    with st.form("registry", border=False):
        st.text_area(
            "NCT numbers",
            key="registry_numbers",
            height=70,
            placeholder="NCT01207388, NCT04556084 …",
            help="In any spelling, separated by spaces, commas or line breaks.",
        )
        st.caption("Or search by:")
        for label, key in _SEARCH_FIELDS.items():
            st.text_input(label, key=key)
        st.multiselect("Trial status", TRIAL_STATUSES, key="registry_status", placeholder="Any")
        st.form_submit_button("Fetch", icon=":material/download:", on_click=_fetch, args=(editor,))
    st.caption(f"Asks {escape(editor.registry_host)}. Everyone here will see what is fetched.")


def _fetch(editor: Editor) -> None:
    state = st.session_state
    text = str(state["registry_numbers"])
    if not check_length("NCT numbers", text, MAX_NUMBERS_LENGTH, "Fetch them in several parts."):
        return
    if not all(
        check_length(label, state[key], MAX_SEARCH_LENGTH) for label, key in _SEARCH_FIELDS.items()
    ):
        return
    condition, intervention, sponsor, country = (str(state[key]) for key in _SEARCH_FIELDS.values())
    numbers = find_trial_ids(text)
    statuses = tuple(state["registry_status"])
    search = RegistrySearch(condition, intervention, sponsor, country, statuses)
    if len(numbers) > MAX_NUMBERS:
        show_error(
            f"{len(numbers):,} NCT numbers, but at most {MAX_NUMBERS:,} can be fetched at a time. "
            "Fetch them in several parts."
        )
    elif text.strip() and not numbers:
        show_error("No NCT number found. They look like NCT01207388.")
    elif not numbers and search.empty:
        show_error("Enter NCT numbers, or something to search for.")
    else:
        _start_fetch(editor, numbers, search)
        st.rerun()


def _start_fetch(editor: Editor, numbers: list[str], search: RegistrySearch) -> None:
    """Start the job; people who ask for the same share one."""
    try:
        editor.fetch(numbers, search)
    except TooManyJobsError as error:
        queue_toast(escape(str(error)), "error")
