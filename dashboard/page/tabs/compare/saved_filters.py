"""Filters saved by name: saved from what is shown now, deleted, and offered as sides to compare."""

from functools import partial
from urllib.parse import urlencode

import streamlit as st

from dashboard.errors import SavedViewError
from dashboard.library.saved_views import MAX_NAME, NamedView
from dashboard.page.state import session
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import queue_toast, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.query.parameters import VIEW
from dashboard.service.service import service

_HELD = "saved_filters_held"
_NAME, _CHOSEN = "saved_filter_name", "saved_filter_chosen"


def load() -> tuple[NamedView, ...]:
    """What this session saved, by name; none if it cannot be read. Read once, then held."""
    if _HELD not in st.session_state:
        try:
            st.session_state[_HELD] = service().views.list_named(session.get_owner())
        except SavedViewError:
            return ()
    found: tuple[NamedView, ...] = st.session_state[_HELD]
    return found


def to_side(saved: NamedView) -> str:
    """A saved filter as a side of a comparison."""
    return urlencode({VIEW: saved.key})


@st.fragment
def draw_saved_filters(filters: Filters) -> None:
    """Draw the button that opens the form to save and the choice to delete."""
    on_demand.popover(
        "Saved filters",
        partial(_draw_forms, filters),
        key="saved_filters",
        icon=":material/bookmark:",
    )


def _draw_forms(filters: Filters) -> None:
    if filters:
        with st.form("saved_filter_form", border=False):
            st.text_input(
                "Save the filter of the sites shown now as",
                key=_NAME,
                max_chars=MAX_NAME,
                placeholder="Open sites in Germany",
                help="Only you see its name. It can be chosen as A or B.",
            )
            st.form_submit_button(
                "Save", icon=":material/bookmark_add:", on_click=_save, args=(filters,)
            )
    else:
        st.caption("Set a filter first: it can then be saved by name and chosen as A or B.")
    names = [one.name for one in load()]
    if names:
        st.selectbox("Saved", names, key=_CHOSEN)
        st.button(
            "Delete this saved filter",
            key="saved_filter_delete",
            icon=":material/delete:",
            on_click=_delete,
        )


def _save(filters: Filters) -> None:
    try:
        query = urlencode(to_query(filters))
        saved = service().views.save_named(query, session.get_owner(), st.session_state[_NAME])
    except SavedViewError as error:
        show_error(error)
        return
    st.session_state.pop(_HELD, None)
    queue_toast(f"Saved: {escape(saved.name)}", "check")
    st.rerun()


def _delete() -> None:
    try:
        service().views.delete_name(session.get_owner(), str(st.session_state[_CHOSEN]))
    except SavedViewError as error:
        show_error(error)
        return
    st.session_state.pop(_HELD, None)
    st.rerun()
