"""Keyboard and reduced-motion fixes for Streamlit's page: a style sheet and scripts."""

from functools import cache

import streamlit as st

from dashboard.maps import bundle

_LANGUAGE = "page_language"


@cache
def _build_html() -> str:
    style = bundle.join_assets(("streamlit.css",))
    return f"<style>{style}</style><script>{bundle.join_assets(bundle.PAGE_SCRIPTS)}</script>"


def set_language(language: str) -> None:
    """Say in which language the page is, for screen readers.

    Nothing is drawn as long as it has been English all the time, as the page itself says.
    """
    if language == "en" and _LANGUAGE not in st.session_state:
        return
    st.session_state[_LANGUAGE] = language
    with st.sidebar.container(key="page_language"):
        code = language if language.isalpha() else "en"
        script = f"<script>document.documentElement.lang = '{code}'</script>"
        st.html(script, unsafe_allow_javascript=True)


def add_fixes() -> None:
    """Add them at the top of the sidebar.

    They come first, because an empty sidebar takes no width: what stands beside it would be drawn
    too wide, and then move.
    """
    with st.sidebar.container(key="page_fixes"):
        st.html(_build_html(), unsafe_allow_javascript=True)
