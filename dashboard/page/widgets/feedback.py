"""A change that a person makes: done and said, or refused and said why."""

import logging
from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard.errors import DashboardError
from dashboard.page.widgets.markdown import plain
from dashboard.service.service import Service
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


def within(label: str, text: str, most: int, instead: str = "shorten it") -> bool:
    """Whether a text has no more characters; otherwise say so, and what to do instead."""
    if len(text) <= most:
        return True
    words = f"{label}: {len(text):,} characters, and at most {most:,} are taken: {instead}"
    st.toast(words, icon=":material/error:")
    return False


_WAITING = "toasts_waiting"
Kind = Literal["check", "error", "info"]


def tell(words: str, kind: Kind) -> None:
    """Have the next run of the whole page say this."""
    st.session_state[_WAITING] = (*st.session_state.get(_WAITING, ()), (words, kind))


def told() -> None:
    """Say what waits to be said."""
    for words, kind in st.session_state.pop(_WAITING, ()):
        st.toast(words, icon=f":material/{kind}:")
