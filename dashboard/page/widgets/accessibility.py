"""Keyboard and reduced-motion fixes for Streamlit's page: a style sheet and scripts."""

from functools import cache

import streamlit as st

from dashboard.maps import bundle


@cache
def _build_html() -> str:
    style = bundle.join_assets(("streamlit.css",))
    return f"<style>{style}</style><script>{bundle.join_assets(bundle.PAGE_SCRIPTS)}</script>"


def add_fixes() -> None:
    """Add them at the top of the sidebar.

    They come first, because an empty sidebar takes no width: what stands beside it would be drawn
    too wide, and then move.
    """
    with st.sidebar.container(key="page_fixes"):
        st.html(_build_html(), unsafe_allow_javascript=True)
