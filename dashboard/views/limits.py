"""Text that people type or paste, within limits that are told.

Streamlit's own limit takes nothing of a text that is too long, and says nothing.
"""

import streamlit as st


def within(label: str, text: str, most: int, instead: str = "shorten it") -> bool:
    """Whether a text has no more characters; otherwise say so, and what to do instead."""
    if len(text) <= most:
        return True
    words = f"{label}: {len(text):,} characters, and at most {most:,} are taken: {instead}"
    st.toast(words, icon=":material/error:")
    return False
