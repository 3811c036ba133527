"""A change that a person makes: done and said, or refused and said why."""

import logging
from collections.abc import Callable

import streamlit as st

from dashboard.errors import DashboardError
from dashboard.links import plain
from dashboard.service import Service
from geocache.errors import InputError, ReadOnlyError, StoreError

log = logging.getLogger(__name__)


def change(opened: Service, do: Callable[[], object], said: str, icon: str) -> bool:
    """Do it, and say so in a few words; whether it was done.

    What is refused says why. What is done but would not outlive the server (a full disk, a store
    that is away) says that too; the warning at the top of the page has the reason.
    """
    try:
        do()
    except StoreError:  # its words may name where the store lies
        log.exception("A change could not be saved")
        why = (*opened.cache.warnings, "the server's log says why")[0]
        st.toast(f"Not done: {plain(why)}", icon=":material/error:", duration="long")
        return False
    except (DashboardError, InputError, ReadOnlyError) as error:
        st.toast(plain(str(error)), icon=":material/error:", duration="long")
        return False
    if opened.cache.lasting:
        st.toast(plain(said), icon=icon)
    else:
        st.toast(
            f"{plain(said)}, but it cannot be saved now: see the warning at the top",
            icon=":material/warning:",
            duration="long",
        )
    return True
