"""Counts per state or province as a table."""

import pandas as pd
import streamlit as st

from dashboard.sites import summary


def draw_table(sites: pd.DataFrame) -> None:
    """Draw the counts per state or province with each one's share."""
    counts = summary.count_by_state(sites)
    shares = counts.assign(
        state=counts["state"].where(counts["state"] != "", "Not known"),
        share=100 * counts["sites"] / max(1, len(sites)),
    )
    st.dataframe(
        shares,
        hide_index=True,
        height="auto" if len(counts) < 12 else 420,
        column_order=("state", "country", "sites", "share", "cities", "trials", "recruiting"),
        column_config={
            "state": st.column_config.TextColumn("State or province"),
            "country": st.column_config.TextColumn("Country"),
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "share": st.column_config.ProgressColumn(
                "Share of sites", format="%.1f %%", min_value=0.0, max_value=100.0
            ),
            "cities": st.column_config.NumberColumn("Cities", format="localized"),
            "trials": st.column_config.NumberColumn("Trials", format="localized"),
            "recruiting": st.column_config.NumberColumn("Recruiting", format="localized"),
        },
        alt=f"Counts per state or province, {len(counts)} rows",
    )
    if (counts["state"] == "").any():
        st.caption(
            "A site counts for the state that its position lies in. “Not known” are sites without "
            "a position, and those that are only placed in their country."
        )
