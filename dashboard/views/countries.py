"""Counts per country as a bar chart and as a table."""

import pandas as pd
import streamlit as st

from dashboard import summary
from dashboard.vocabulary import NOT_STATED

BAR_PX = 25


def country_chart(sites: pd.DataFrame, height: int, *, dark: bool = False) -> None:
    """Draw sites per country as bars, most first, with their numbers."""
    counts = summary.by_country(sites)[["country", "sites"]]
    if counts.empty:
        return
    first = counts.iloc[0]
    ink = "#e5e7eb" if dark else "#1f2937"
    spec = {
        "height": {"step": BAR_PX},
        "encoding": {
            "y": {
                "field": "country",
                "type": "nominal",
                "sort": None,
                "title": None,
                "axis": {
                    "labelLimit": 150,
                    "ticks": False,
                    "domain": False,
                    "labelPadding": 6,
                    "labelColor": ink,
                },
            },
            "x": {
                "field": "sites",
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": [0, int(first["sites"]) * 1.18]},
            },
            "tooltip": [
                {"field": "country", "title": "Country"},
                {"field": "sites", "title": "Sites", "format": ","},
            ],
        },
        "layer": [
            {"mark": {"type": "bar", "cornerRadiusEnd": 3, "height": {"band": 0.72}}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5, "color": ink},
                "encoding": {"text": {"field": "sites", "format": ","}},
            },
        ],
        "config": {"view": {"stroke": None}},
    }
    with st.container(height=height, border=False):
        st.markdown("**Sites per country**")
        st.vega_lite_chart(
            counts,
            spec,
            alt=f"Sites per country; most in {first['country']}, {first['sites']:,}. "
            "The Countries tab has the same numbers as a table.",
        )


def country_table(sites: pd.DataFrame) -> None:
    """Draw the counts per country as a table with each country's share."""
    counts = summary.by_country(sites)
    shares = counts.assign(share=100 * counts["sites"] / max(1, len(sites)))
    st.dataframe(
        shares,
        hide_index=True,
        height="auto" if len(counts) < 12 else 420,
        column_order=("country", "sites", "share", "cities", "trials", "recruiting"),
        column_config={
            "country": st.column_config.TextColumn("Country"),
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "share": st.column_config.ProgressColumn(
                "Share of sites", format="%.1f %%", min_value=0.0, max_value=100.0
            ),
            "cities": st.column_config.NumberColumn("Cities", format="localized"),
            "trials": st.column_config.NumberColumn("Trials", format="localized"),
            "recruiting": st.column_config.NumberColumn("Recruiting", format="localized"),
        },
        alt=f"Counts per country, {len(counts)} rows",
    )
    if (counts["country"] == NOT_STATED).any():
        st.caption("Sites whose list names no country are counted as “Not stated”.")
