"""Whose data is shown, and the terms of the services that are switched on."""

from functools import cache

import streamlit as st

from dashboard.assets import libraries
from dashboard.links import plain
from dashboard.service import Service
from geocache.version import __version__

_FOR_KEYBOARDS = """<style>
[data-testid="stBaseButton-elementToolbar"]:focus-visible { box-shadow: 0 0 0 3px currentcolor; }
[data-testid="stMain"]:focus-visible { box-shadow: inset 0 0 0 3px currentcolor; }
[data-testid="stCode"] > :has(button) { visibility: visible; opacity: 1; }
[data-testid="stCode"] pre { padding-right: 3rem; }
[data-testid="stSidebarCollapseButton"],
[data-testid="stSidebarCollapseButton"] button { visibility: visible; }
[data-testid="stSidebar"][data-collapsed="true"] * { visibility: hidden !important; }
</style>"""
"""What Streamlit leaves out for who comes by keyboard: a visible focus on the small buttons over
tables and on the page itself, buttons that copy a link and fold the sidebar without a mouse over
them, no stops in one out of sight."""


@cache
def _popovers() -> str:
    return f"<script>{(libraries.OWN / 'popovers.js').read_text(encoding='utf-8')}</script>"


def footer(opened: Service) -> None:
    """Draw the credits, and in short the policies of public services."""
    st.html(_FOR_KEYBOARDS)
    st.html(_popovers(), unsafe_allow_javascript=True)
    lines = [f"Positions: {plain(words)}" for words in opened.cache.attributions]
    lines += [plain(notice) for notice in opened.cache.notices]
    lines.append(f"Trial site map {plain(__version__)}. Borders are no statement on their status.")
    st.caption("  \n".join(lines))
