"""Counts per state or province as a table."""

import pandas as pd
import streamlit as st

from dashboard.page.panels.countries import draw_counts
from dashboard.sites import summary


def draw_table(sites: pd.DataFrame) -> None:
    """Draw the counts per state or province with each one's share."""
    counts = summary.count_by_state(sites)
    named = counts.assign(state=counts["state"].where(counts["state"] != "", "Not known"))
    labels = {"state": "State or province", "country": "Country"}
    draw_counts(named, len(sites), labels, "Counts per state or province")
    if (counts["state"] == "").any():
        st.caption(
            "A site counts for the state that its position lies in. “Not known” are sites without "
            "a position, and those that are only placed in their country."
        )
