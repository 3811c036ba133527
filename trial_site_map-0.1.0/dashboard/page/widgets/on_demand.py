"""Expanders and popovers whose content is drawn once somebody opens them.

Call them inside a fragment, so that opening one reruns the fragment alone. A callback in the
content that changes more of the page ends with ``st.rerun()``.
"""

from collections.abc import Callable

import streamlit as st

DrawContent = Callable[[], None]


def expander(
    label: str, draw_content: DrawContent, *, key: str, icon: str, expanded: bool = False
) -> None:
    """Draw an expander; once opened its content stays, and with it what was typed there.

    ``expanded`` is its initial state, and must be the same at every rerun.
    """
    box = st.expander(label, icon=icon, key=key, expanded=expanded, on_change="rerun")
    if box.open or st.session_state.get(f"{key}_was_open"):
        st.session_state[f"{key}_was_open"] = True
        with box:
            draw_content()


def popover(label: str, draw_content: DrawContent, *, key: str, icon: str) -> None:
    """Draw a button that opens a popover."""
    box = st.popover(label, icon=icon, key=key, on_change="rerun")
    if box.open:
        with box:
            draw_content()
