"""Adding trials from the live registry, by number or by a search."""

from functools import partial

import streamlit as st

from dashboard.jobs.runner import TooManyJobsError
from dashboard.page.widgets import feedback, on_demand
from dashboard.page.widgets.feedback import check_length
from dashboard.page.widgets.markdown import escape
from dashboard.registry.search import RegistrySearch, find_trial_ids
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer
from dashboard.sites.vocabulary import TRIAL_STATUSES

MAX_NUMBERS = 1_000
MAX_NUMBERS_TEXT = 100_000
MAX_WORDS = 200
_WORDS = {
    "Condition": "registry_condition",
    "Intervention": "registry_intervention",
    "Sponsor": "registry_sponsor",
    "Country": "registry_country",
}


def draw_registry_form(viewer: Viewer) -> None:
    """Draw the form; nothing is asked of the registry before its button is pressed."""
    if viewer.editor is None:
        return
    on_demand.expander(
        "Add trials from the registry",
        partial(_form, viewer.editor),
        key="add_trials",
        icon=":material/cloud_download:",
    )


def _form(editor: Editor) -> None:
    with st.form("registry", border=False):
        st.text_area(
            "NCT numbers",
            key="registry_numbers",
            height=70,
            placeholder="NCT01207388, NCT04556084 …",
            help="However they are written or set apart.",
        )
        st.caption("Or a search:")
        for label, key in _WORDS.items():
            st.text_input(label, key=key)
        st.multiselect("Trial status", TRIAL_STATUSES, key="registry_status", placeholder="Any")
        st.form_submit_button("Fetch", icon=":material/download:", on_click=_fetch, args=(editor,))
    st.caption(f"Asks {escape(editor.registry_host)}. What is fetched is open to everyone here.")


def _fetch(editor: Editor) -> None:
    state = st.session_state
    text = str(state["registry_numbers"])
    if not check_length("NCT numbers", text, MAX_NUMBERS_TEXT, "fetch them in several parts"):
        return
    if not all(check_length(label, state[key], MAX_WORDS) for label, key in _WORDS.items()):
        return
    numbers = find_trial_ids(text)
    condition, intervention, sponsor, country = (str(state[key]) for key in _WORDS.values())
    search = RegistrySearch(
        condition, intervention, sponsor, country, tuple(state["registry_status"])
    )
    if len(numbers) > MAX_NUMBERS:
        st.toast(
            f"{len(numbers):,} NCT numbers, and at most {MAX_NUMBERS:,} are fetched at a time: "
            "fetch them in several parts",
            icon=":material/error:",
        )
    elif text.strip() and not numbers:
        st.toast("That holds no NCT number such as NCT01207388", icon=":material/error:")
    elif not numbers and search.empty:
        st.toast("Give NCT numbers, or something to search for", icon=":material/error:")
    else:
        start_fetch(editor, numbers, search)
        st.rerun()


def start_fetch(editor: Editor, numbers: list[str], search: RegistrySearch) -> None:
    """Begin fetching; two who ask for the same share one job."""
    try:
        editor.fetch(numbers, search)
    except TooManyJobsError as error:
        feedback.queue_toast(escape(str(error)), "error")


def draw_missing_trials(viewer: Viewer, wanted: tuple[str, ...]) -> None:
    """For a link to trials that are not open: say so, and offer to fetch them."""
    numbers = find_trial_ids(" ".join(wanted))
    if not numbers:
        return
    st.info(f"Not open here: {escape(', '.join(numbers[:10]))}", icon=":material/travel_explore:")
    if viewer.editor is not None:
        st.button(
            "Fetch from the registry",
            key="fetch_missing",
            on_click=start_fetch,
            args=(viewer.editor, numbers, RegistrySearch()),
        )
