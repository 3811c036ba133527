"""Facilities across the open trials."""

import pandas as pd
import streamlit as st

from dashboard.page.tabs import pagination
from dashboard.page.tabs import sites as sites_tab
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.facilities import count_by_facility


def draw_facilities(sites: pd.DataFrame) -> None:
    """Draw the facilities of the filtered sites with the trials that run there."""
    counts = count_by_facility(sites)
    if counts.empty:
        st.markdown("None of these sites names its facility.")
        return
    several = int((counts["trials"] > 1).sum())
    named = summary.plural(len(counts), "named facility", "named facilities")
    st.markdown(f"**{named}**" + (f", {several:,} in more than one trial" if several else ""))
    sortable = [column for column in counts.columns if column != "trial_ids"]
    st.dataframe(
        to_plain_text(pagination.paginate(counts, sortable, sites_tab.column_label, "facilities")),
        hide_index=True,
        height="auto" if len(counts) < 12 else 420,
        column_config={
            "facility": st.column_config.TextColumn("Facility", width="large"),
            "city": "City",
            "country": "Country",
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "trials": st.column_config.NumberColumn("Trials", format="localized"),
            "trial_ids": st.column_config.ListColumn("Trial IDs", width="large"),
        },
        alt=f"Facilities, {len(counts):,} rows",
    )
    st.caption(
        "Spellings that differ only in case, accents, punctuation or small words count as one "
        "facility. "
        "Placeholders such as “Research Site” are left out."
    )
