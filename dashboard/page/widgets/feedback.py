"""Runs a user action and reports the outcome; toasts, also across a full rerun."""

import logging
from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard.errors import DashboardError
from dashboard.page.widgets.markdown import escape
from dashboard.service.viewer import Viewer
from geocache.errors import InputError, ReadOnlyError, StoreError

log = logging.getLogger(__name__)


def run_action(viewer: Viewer, do: Callable[[], object], said: str, icon: str) -> bool:
    """Do it, and say so in a few words; whether it was done.

    What is refused says why. What is done but would not outlive the server (a full disk, a store
    that is away) says that too; the warning at the top of the page has the reason.
    """
    try:
        do()
    except StoreError:  # its words may name where the store lies
        log.exception("A change could not be saved")
        why = (*viewer.geocoder.warnings, "the server's log says why")[0]
        st.toast(f"Not done: {escape(why)}", icon=":material/error:", duration="long")
        return False
    except (DashboardError, InputError, ReadOnlyError) as error:
        st.toast(escape(str(error)), icon=":material/error:", duration="long")
        return False
    if viewer.geocoder.lasting:
        st.toast(escape(said), icon=icon)
    else:
        st.toast(
            f"{escape(said)}, but it cannot be saved now: see the warning at the top",
            icon=":material/warning:",
            duration="long",
        )
    return True


def check_length(label: str, text: str, most: int, instead: str = "shorten it") -> bool:
    """Whether a text has no more characters; otherwise say so, and what to do instead."""
    if len(text) <= most:
        return True
    words = f"{label}: {len(text):,} characters, and at most {most:,} are taken: {instead}"
    st.toast(words, icon=":material/error:")
    return False


_WAITING = "toasts_waiting"
Kind = Literal["check", "error", "info"]


def queue_toast(words: str, kind: Kind) -> None:
    """Have the next run of the whole page say this."""
    st.session_state[_WAITING] = (*st.session_state.get(_WAITING, ()), (words, kind))


def show_toasts() -> None:
    """Say what waits to be said."""
    for words, kind in st.session_state.pop(_WAITING, ()):
        st.toast(words, icon=f":material/{kind}:")
