"""Whose data is shown, and the terms of the services that are switched on."""

import streamlit as st

from dashboard.links import plain
from dashboard.service import Service
from geocache.version import __version__


def footer(opened: Service) -> None:
    """Draw the credits, and in short the policies of public services."""
    lines = [f"Positions: {plain(words)}" for words in opened.cache.attributions]
    lines += [plain(notice) for notice in opened.cache.notices]
    lines.append(f"Trial site map {plain(__version__)}. Borders are no statement on their status.")
    st.caption("  \n".join(lines))
