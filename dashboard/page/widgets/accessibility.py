"""What Streamlit leaves out for keyboards and for who wants less motion: a style, two scripts."""

from functools import cache

import streamlit as st

from dashboard.maps import bundle

_STYLE = """<style id="for-keyboards">
[data-testid="stBaseButton-elementToolbar"]:focus-visible { box-shadow: 0 0 0 3px currentcolor; }
[data-testid="stMain"]:focus-visible { box-shadow: inset 0 0 0 3px currentcolor; }
[data-testid="stCode"] > :has(button) { visibility: visible; opacity: 1; }
[data-testid="stCode"] pre { padding-right: 3rem; }
[data-testid="stSidebarCollapseButton"],
[data-testid="stSidebarCollapseButton"] button { visibility: visible; }
[data-testid="stSidebar"][data-collapsed="true"] * { visibility: hidden !important; }
.st-key-over_table { margin-bottom: 1.3rem; }
[data-testid="stElementContainer"]:has(> [data-testid="stHtml"] > #for-keyboards) { display: none; }
</style>"""
"""A visible focus on the small buttons over tables and on the page itself, buttons that copy a link
and fold the sidebar without a mouse over them, no stops in one out of sight, and room for the small
buttons over the site table, which come up under the mouse where "Other files" would stand."""

_SCRIPTS = ("popovers.js", "motion.js")


@cache
def _html() -> str:
    scripts = "".join((bundle.OWN / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return f"{_STYLE}<script>{scripts}</script>"


def add_fixes() -> None:
    """Add it in the sidebar, and first: with something in it the sidebar takes its room at once.

    What stands beside it would else be drawn too wide, and then move.
    """
    with st.sidebar:
        st.html(_html(), unsafe_allow_javascript=True)
