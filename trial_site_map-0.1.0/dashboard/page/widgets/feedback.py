"""Reports the outcome of user actions in toasts, also across a full rerun."""

import logging
from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard.errors import DashboardError
from dashboard.page.widgets.markdown import escape
from dashboard.service.viewer import Viewer
from geocache.errors import InputError, ReadOnlyError, StoreError

log = logging.getLogger(__name__)

ToastKind = Literal["check", "error", "info"]
_QUEUE = "toast_queue"


def show_error(error: Exception | str) -> None:
    """Show why an action was refused."""
    st.toast(escape(str(error)), icon=":material/error:", duration="long")


def queue_toast(message: str, kind: ToastKind) -> None:
    """Show a toast in the next run of the whole page: a rerun removes those shown before it."""
    st.session_state[_QUEUE] = (*st.session_state.get(_QUEUE, ()), (message, kind))


def show_queued_toasts() -> None:
    """Show the toasts queued before this run."""
    for message, kind in st.session_state.pop(_QUEUE, ()):
        st.toast(message, icon=f":material/{kind}:")


def run_action(viewer: Viewer, action: Callable[[], object], done: str, icon: str) -> bool:
    """Run a user action and report the outcome; returns whether it was done.

    A change that would not outlive the server (full disk, database away) is reported as such; the
    warning at the top of the page has the reason.

    Args:
        viewer: its geocoder says whether changes are saved.
        action: what to run.
        done: the message on success.
        icon: its icon.
    """
    try:
        action()
    except StoreError:  # its message may name where the store is
        log.exception("A change could not be saved")
        reason = (*viewer.geocoder.warnings, "the server's log has the reason")[0]
        show_error(f"Not saved: {reason}")
        return False
    except (DashboardError, InputError, ReadOnlyError) as error:
        show_error(error)
        return False
    if viewer.geocoder.persistent:
        st.toast(escape(done), icon=icon)
    else:
        st.toast(
            f"{escape(done)}, but it cannot be saved now: see the warning at the top of the page",
            icon=":material/warning:",
            duration="long",
        )
    return True


def check_length(label: str, text: str, limit: int, advice: str = "Please shorten it.") -> bool:
    """True if a text is within the limit; otherwise explains in a toast."""
    if len(text) <= limit:
        return True
    show_error(f"{label}: {len(text):,} characters, but at most {limit:,} are allowed. {advice}")
    return False
