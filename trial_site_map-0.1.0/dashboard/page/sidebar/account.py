"""Login screen, and the account line with “Log out”."""

import streamlit as st

from dashboard.page.state import login, session
from dashboard.page.widgets.markdown import escape
from dashboard.service.service import Service
from dashboard.service.viewer import Viewer


def require_login(service: Service) -> Viewer:
    """What this person may do; everything if no login is configured.

    Draws the login screen and stops the page for anybody who may not open it.
    """
    if not login.is_configured():
        return service.viewer(session.get_owner())
    person = login.current_person()
    access = service.settings.access
    if person is None:
        _draw_login()
        st.stop()
    if not access.may_open(person):
        _draw_title()
        st.error(
            f"{escape(person.display_name)} does not have access to this dashboard. Please ask "
            "the person who runs it."
        )
        _draw_logout()
        st.stop()
    return service.viewer(session.get_owner(), may_edit=access.may_edit(person))


def draw_account() -> None:
    """Draw who is logged in and a button to log out; nothing without a login."""
    person = login.current_person()
    if person is None:
        return
    with st.sidebar.container(horizontal=True, vertical_alignment="center", key="account"):
        st.text(f"Logged in as {person.display_name}", width="stretch")
        _draw_logout()


def _draw_title() -> None:
    st.title("Trial site map", anchor=False)


def _draw_login() -> None:
    _draw_title()
    st.markdown("Log in to see the sites.")
    for name in login.list_providers():
        is_default = name == login.DEFAULT
        st.button(
            "Log in" if is_default else f"Log in with {name}",
            key=f"log_in_{name}",
            type="primary",
            icon=":material/login:",
            on_click=st.login,
            args=() if is_default else (name,),
        )


def _draw_logout() -> None:
    st.button("Log out", key="log_out", icon=":material/logout:", on_click=st.logout)
