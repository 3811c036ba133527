"""Parts of the page that are drawn once somebody opens them.

What nobody sees costs a rerun nothing. They stand in a fragment, which alone is run when one is
opened or something inside it changes. A callback in it that changes more of the page ends with
``st.rerun()``.
"""

from collections.abc import Callable

import streamlit as st

Body = Callable[[], None]


def expander(label: str, body: Body, *, key: str, icon: str, opened: bool = False) -> None:
    """Draw an expander; what it holds stays once it was opened, and so does what was typed in it.

    ``opened`` is how it begins, the same from rerun to rerun.
    """
    box = st.expander(label, icon=icon, key=key, expanded=opened, on_change="rerun")
    if box.open or st.session_state.get(f"{key}_was_open"):
        st.session_state[f"{key}_was_open"] = True
        with box:
            body()


def popover(label: str, body: Body, *, key: str, icon: str) -> None:
    """Draw a button that opens a popover."""
    box = st.popover(label, icon=icon, key=key, on_change="rerun")
    if box.open:
        with box:
            body()
