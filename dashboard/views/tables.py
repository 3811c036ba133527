"""The site table with its download, and what is not on the map."""

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.filters import Filters
from dashboard.selection import DISTANCE_COLUMN
from dashboard.sites import COLUMNS

FIRST = ("facility", "city", "country", "status")
ON_SCREEN = (
    *FIRST,
    *(c for c in COLUMNS if c not in FIRST and c not in {"trial_title", "trial_status"}),
    "trial_title",
    "trial_status",
)
LABELS = {
    "trial_id": "Trial",
    "trial_title": "Title",
    "trial_status": "Trial status",
    "site_number": "Site no.",
    "country_code": "Code",
    "place_name": "Placed at",
    DISTANCE_COLUMN: "Distance (km)",
}


def _label(column: str) -> str:
    return LABELS.get(column, column.replace("_", " ").capitalize())


def site_table_view(sites: pd.DataFrame, total: int) -> None:
    """Draw the filtered site table and its download."""
    with st.container(horizontal=True, vertical_alignment="center"):
        words = (
            f"**{len(sites):,}** of {total:,} sites"
            if len(sites) != total
            else f"**{total:,}** sites"
        )
        st.markdown(words, width="stretch")
        st.download_button(
            "Download CSV",
            lambda: exports.to_csv(sites),
            file_name="sites.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
            type="primary",
            key="download_csv",
            help="Exactly the rows and columns of this table",
        )
    distance = (DISTANCE_COLUMN,) if DISTANCE_COLUMN in sites else ()
    order = (*FIRST, *distance, *ON_SCREEN[len(FIRST) :])
    st.dataframe(
        sites,
        hide_index=True,
        height=420,
        column_order=order,
        column_config={
            column: st.column_config.NumberColumn(_label(column), format="%.2f")
            if column == "score"
            else st.column_config.Column(_label(column))
            for column in order
        },
        alt=f"Site table, {len(sites):,} rows",
        key="site_table",
    )


def unresolved_view(sites: pd.DataFrame) -> None:
    """Draw the sites that are not on the map, with the reason."""
    missing = sites[sites["latitude"].isna()]
    if missing.empty:
        st.markdown("Every site shown is on the map.")
        return
    st.markdown(f"**{len(missing):,}** of {len(sites):,} sites are not on the map.")
    st.dataframe(
        missing,
        hide_index=True,
        column_order=("reason", "facility", "city", "state", "country", "trial_id", "site_number"),
        column_config={c: st.column_config.Column(_label(c)) for c in COLUMNS},
        alt=f"Sites without a position, {len(missing):,} rows",
    )


def empty_state(filters: Filters) -> None:
    """What to do when no site matches."""
    words = "No site matches these filters." if filters else "No site list is open."
    st.info(words, icon=":material/filter_alt_off:")
