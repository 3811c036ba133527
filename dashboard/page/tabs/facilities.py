"""Facilities across the open trials."""

import pandas as pd
import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.tabs import pagination
from dashboard.page.tabs import sites as sites_tab
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.facilities import add_years, count_by_facility


def draw_facilities(sites: pd.DataFrame, library: Library) -> None:
    """Draw the facilities of the filtered sites with the trials that run there."""
    counts = add_years(count_by_facility(sites), library.trials)
    if counts.empty:
        st.markdown("None of these sites names its facility.")
        return
    several = int((counts["trials"] > 1).sum())
    named = summary.plural(len(counts), "facility", "facilities")
    st.markdown(f"**{named}**" + (f", {several:,} in more than one trial" if several else ""))
    hidden = {"trial_ids", "facility_id", "country_code", "state"}
    sortable = [column for column in counts.columns if column not in hidden]
    page = pagination.paginate(counts, sortable, sites_tab.column_label, "facilities")
    number = st.column_config.NumberColumn
    st.dataframe(
        to_plain_text(page[sortable]),
        hide_index=True,
        height="auto" if len(counts) < 12 else 420,
        column_config={
            "facility_name": st.column_config.TextColumn("Facility", width="large"),
            "city": "City",
            "country": "Country",
            "sites": number("Sites", format="localized"),
            "trials": number("Trials", format="localized"),
            "recruiting_trials": number("Recruiting trials", format="localized"),
            "sponsors": number("Sponsors", format="localized"),
            "phases": "Phases",
            "first_year": "First year",
            "last_year": "Last year",
            "spellings": number("Spellings", format="localized"),
        },
        alt=f"Facilities, {len(counts):,} rows",
    )
    st.caption(
        "Spellings in other languages, acronyms, departments and site numbers count as one "
        "facility. Placeholders such as “Research Site” are left out."
    )
