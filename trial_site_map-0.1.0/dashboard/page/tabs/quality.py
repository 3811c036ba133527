"""Positions in doubt among the filtered sites, and the pins that people set."""

import pandas as pd
import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.tabs import ask_online, correction
from dashboard.page.tabs.pins import draw_pins
from dashboard.service.viewer import Viewer
from dashboard.sites import doubts, summary

_KEYBOARD_HELP = "Keyboard: arrow keys move in the table, Shift+Space selects a row."


def draw_quality(sites: pd.DataFrame, library: Library, viewer: Viewer) -> None:
    """Draw the places in doubt among the filtered sites, and the pins that people set."""
    ask_online.draw_offer(sites, viewer)
    every = doubts.find_doubts(sites)
    found = every.shown
    if not found:
        st.markdown("All these sites are on the map, and none of their positions is in doubt.")
    else:
        st.markdown(
            f"{_describe_counts(every)} Select a row to see why, and to correct it.",
            help=_KEYBOARD_HELP,
        )
        if every.places > len(found):
            st.caption(f"Showing {len(found):,} of {every.places:,} places. Filter to see others.")
        state = st.dataframe(
            doubts.build_doubt_table(found),
            hide_index=True,
            height=320 if len(found) > 8 else "auto",
            key=f"doubts_{hash(found)}",  # other rows, no selection
            on_select="rerun",
            selection_mode="single-row",
            column_config={
                "question": st.column_config.TextColumn("Question", width="large"),
                "city": "City",
                "state": "State",
                "country": "Country",
                "sites": "Sites",
                "place_name": "Placed at",
                "problem": st.column_config.TextColumn(
                    "Term", help="The flags of the position, as files and the API have them"
                ),
                "reason": st.column_config.TextColumn(
                    "How it was found", width="large", help="Which name matched by which rule"
                ),
            },
            alt=f"Places in doubt, {len(found):,} rows",
        )
        rows = state["selection"]["rows"]
        if rows and rows[0] < len(found):
            correction.draw_correction(found[rows[0]], library, viewer)
    draw_pins(viewer)


def _describe_counts(found: doubts.Doubts) -> str:
    counts = {
        "Not on the map": found.missing,
        "Doubtful": found.flagged,
        "Left off the map": found.left_off,
    }
    return " ".join(
        f"{label}: **{summary.plural(n, 'site')}**." for label, n in counts.items() if n
    )
