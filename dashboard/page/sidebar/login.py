"""Who may see the page: a way in for those who are not known, and a way out for the others."""

import streamlit as st

from dashboard.page.state import signed_in
from dashboard.page.widgets.markdown import plain
from dashboard.service.service import Service


def entered(opened: Service) -> Service:
    """The service as this person may use it; without a login, as it is.

    Draws the way in and stops the page for whoever may not open it.
    """
    if not signed_in.configured():
        return opened
    person = signed_in.person_on_page()
    access = opened.settings.access
    if person is None:
        _way_in()
        st.stop()
    if not access.may_open(person):
        _title()
        st.error(f"{plain(person.shown)} may not open this dashboard. Ask who runs it.")
        _way_out()
        st.stop()
    return opened if access.may_edit(person) else opened.for_reader(person.shown)


def account() -> None:
    """Say who is signed in, with a button to log out; nothing without a login."""
    known = signed_in.person_on_page()
    if known is None:
        return
    with st.sidebar.container(horizontal=True, vertical_alignment="center", key="account"):
        st.text(f"Signed in as {known.shown}", width="stretch")
        _way_out()


def _title() -> None:
    st.title("Trial site map", anchor=False)


def _way_in() -> None:
    _title()
    st.markdown("Log in to see the sites.")
    for name in signed_in.providers():
        label = "Log in" if name == signed_in.DEFAULT else f"Log in with {name}"
        words = () if name == signed_in.DEFAULT else (name,)
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
