"""The filtered sites grouped by a column of one's own, by country or by state."""

import pandas as pd
import streamlit as st

from dashboard.sites import summary
from dashboard.sites.fields import find_field_type, group_sites, list_fields
from dashboard.sites.table import COLUMNS
from dashboard.sites.vocabulary import NOT_STATED

_PLACES = {"country": "Country", "state": "State or province"}


def draw_groups(sites: pd.DataFrame) -> None:
    """Draw the choice of a column and the sites of each of its values; nothing without own ones."""
    own = list_fields(sites, COLUMNS)
    if not own or sites.empty:
        return
    numbers = [name for name in own if sites[name].dtype.kind == "f"]
    texts = [name for name in own if name not in numbers]
    few = [name for name in texts if find_field_type(sites[name]) == "choice"]
    choices = [*few, *(name for name in texts if name not in few)]
    st.markdown("**Columns of your lists**")
    with st.grid(2, min_column_width=220):
        by = st.selectbox(
            "Group by",
            [*choices, *_PLACES],
            key="group_by",
            format_func=lambda name: _PLACES.get(name, name) if name not in own else name,
        )
        number = st.selectbox(
            "Sum up",
            numbers,
            index=0 if numbers else None,
            key="group_sum",
            placeholder="No column of numbers",
            disabled=not numbers,
        )
    by, number = str(by), str(number or "")
    grouped = group_sites(sites, by, number if number in numbers else "")
    grouped["value"] = grouped["value"].where(grouped["value"] != "", NOT_STATED)
    st.dataframe(
        grouped,
        hide_index=True,
        placeholder="",
        height="auto" if len(grouped) < 12 else 420,
        column_config={
            "value": st.column_config.TextColumn(_PLACES.get(by, by)),
            "sites": st.column_config.NumberColumn("Sites", format="localized"),
            "stated": st.column_config.NumberColumn("With a number", format="localized"),
            "sum": st.column_config.NumberColumn(f"Sum of {number}", format="localized"),
            "mean": st.column_config.NumberColumn("Mean", format="%.1f"),
            "least": st.column_config.NumberColumn("Least", format="localized"),
            "most": st.column_config.NumberColumn("Most", format="localized"),
        },
        alt=f"Sites by {by}, {summary.plural(len(grouped), 'row')}",
    )
