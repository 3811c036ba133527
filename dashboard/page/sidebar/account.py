"""Who may see the page: a way in for those who are not known, and a way out for the others."""

import streamlit as st

from dashboard.page.state import login, session
from dashboard.page.widgets.markdown import escape
from dashboard.service.service import Service
from dashboard.service.viewer import Viewer


def require_login(service: Service) -> Viewer:
    """What this person may do; everything, where no login is set up.

    Draws the way in and stops the page for whoever may not open it.
    """
    if not login.is_configured():
        return service.viewer(session.owner())
    person = login.current_person()
    access = service.settings.access
    if person is None:
        _way_in()
        st.stop()
    if not access.may_open(person):
        _title()
        st.error(f"{escape(person.display_name)} may not open this dashboard. Ask who runs it.")
        _way_out()
        st.stop()
    return service.viewer(session.owner(), may_edit=access.may_edit(person))


def draw_account() -> None:
    """Say who is signed in, with a button to log out; nothing without a login."""
    known = login.current_person()
    if known is None:
        return
    with st.sidebar.container(horizontal=True, vertical_alignment="center", key="account"):
        st.text(f"Signed in as {known.display_name}", width="stretch")
        _way_out()


def _title() -> None:
    st.title("Trial site map", anchor=False)


def _way_in() -> None:
    _title()
    st.markdown("Log in to see the sites.")
    for name in login.list_providers():
        label = "Log in" if name == login.DEFAULT else f"Log in with {name}"
        words = () if name == login.DEFAULT else (name,)
        st.button(
            label,
            key=f"log_in_{name}",
            type="primary",
            icon=":material/login:",
            on_click=st.login,
            args=words,
        )


def _way_out() -> None:
    st.button("Log out", key="log_out", icon=":material/logout:", on_click=st.logout)
