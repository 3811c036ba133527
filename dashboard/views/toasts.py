"""What a callback tells that has the whole page run anew: a toast before that would be lost."""

from typing import Literal

import streamlit as st

_WAITING = "toasts_waiting"
Kind = Literal["check", "error", "info"]


def tell(words: str, kind: Kind) -> None:
    """Have the next run of the whole page say this."""
    st.session_state[_WAITING] = (*st.session_state.get(_WAITING, ()), (words, kind))


def told() -> None:
    """Say what waits to be said."""
    for words, kind in st.session_state.pop(_WAITING, ()):
        st.toast(words, icon=f":material/{kind}:")
