"""The site table: choose columns, select rows, and what is not on the map."""

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from dashboard import summary
from dashboard.exports import Origins
from dashboard.filters import Filters
from dashboard.selection import DISTANCE_COLUMN
from dashboard.sites import COLUMNS, TRIAL_COLUMNS
from dashboard.views import address, downloads, pages, picked
from dashboard.vocabulary import NOT_STATED
from geocache.place import POSITION_COLUMNS

FIRST = ("facility", "city", "country", "status")
OF_TRIAL = tuple(TRIAL_COLUMNS)
"""Columns that say the same in every row where one trial is shown."""
MACHINE = ("country_code", *POSITION_COLUMNS)
ORDER = (
    *FIRST,
    DISTANCE_COLUMN,
    "site_number",
    "trial_id",
    *(c for c in COLUMNS if c not in {*FIRST, *MACHINE, "site_number", "trial_id"}),
    *MACHINE,
)
"""Columns on screen: who and where first, what machines need last."""

LABELS = {
    "trial_id": "Trial",
    "trial_title": "Title",
    "trial_status": "Trial status",
    "site_number": "Site no.",
    "country_code": "Code",
    "place_name": "Placed at",
    DISTANCE_COLUMN: "Distance (km)",
}
_TABLE = "site_table"
_COLUMNS = "view_columns"


def label(column: str) -> str:
    """What a column is called on screen."""
    return LABELS.get(column, column.replace("_", " ").capitalize())


def site_table_view(
    sites: pd.DataFrame, total: int, link: downloads.Link, origins: Origins, title: str
) -> None:
    """Draw the filtered site table, its columns chooser and its downloads.

    Args:
        sites: the filtered site table.
        total: how many sites there are without filters.
        link: the address of this view.
        origins: where the trials come from.
        title: what the sites shown are called.
    """
    present = [c for c in ORDER if c in sites]
    shown = _chosen_columns(sites, present)
    with st.container(horizontal=True, vertical_alignment="center"):
        words = (
            f"**{len(sites):,}** of {total:,} sites"
            if len(sites) != total
            else f"**{total:,}** sites"
        )
        st.markdown(words, width="stretch")
        _columns_chooser(present, shown)
        downloads.link_button(link)
        downloads.download_buttons(sites, link, origins, title)
    lifted = picked.numbers(sites, picked.lifted())
    rows = pages.page_of(sites, shown, label, search=True, first=lifted)
    rows = rows.assign(status=rows["status"].replace("", NOT_STATED))
    picked.show_in_table(_TABLE, rows)
    st.dataframe(
        rows,
        hide_index=True,
        height=420 if len(rows) > 10 else "auto",
        column_order=shown,
        column_config={column: _config(column) for column in present},
        alt=f"Site table, {len(sites):,} rows",
        key=_TABLE,
        on_select=lambda: picked.from_table(st.session_state[_TABLE], rows),
        selection_mode="multi-row",
    )
    st.caption(
        "Select rows (by keyboard: Shift and Space) to highlight them on the map; what is picked "
        "on the map stands first."
    )


def _config(column: str) -> ColumnConfig:
    if column == "score":
        return st.column_config.NumberColumn(label(column), format="%.2f")
    if column in {"facility", "trial_title", "reason"}:
        return st.column_config.TextColumn(label(column), width="medium")
    if column in {"city", "country"}:
        return st.column_config.TextColumn(label(column), width=130)
    if column in {"latitude", "longitude"}:
        return st.column_config.NumberColumn(label(column), format="%.5f")
    if column == DISTANCE_COLUMN:
        return st.column_config.NumberColumn(label(column), format="%.1f")
    return st.column_config.Column(label(column))


def _chosen_columns(sites: pd.DataFrame, present: list[str]) -> list[str]:
    """The columns asked for in the address bar; without, those that hold anything."""
    asked = [c for c in address.view("columns", "").split(",") if c in present]
    if asked:
        return asked
    plain_enough = OF_TRIAL if sites["trial_id"].nunique() < 2 else ()
    return [
        c
        for c in present
        if c in FIRST
        or (c not in plain_enough and (sites[c].dtype.kind == "f" or (sites[c] != "").any()))
    ]


def _columns_chooser(present: list[str], shown: list[str]) -> None:
    with st.popover("Columns", icon=":material/view_column:"):
        st.session_state[_COLUMNS] = shown
        st.pills(
            "Columns shown",
            present,
            selection_mode="multi",
            key=_COLUMNS,
            format_func=label,
            on_change=_columns_changed,
            args=(present,),
        )


def _columns_changed(present: list[str]) -> None:
    asked = [c for c in present if c in st.session_state[_COLUMNS]]
    address.set_view("columns", ",".join(asked), "")


def empty_state(filters: Filters, total: int) -> None:
    """What to do when no site matches."""
    if filters and total:
        st.info(
            f"No site matches these filters. Remove one of them above: without any there are "
            f"{summary.plural(total, 'site')}.",
            icon=":material/filter_alt_off:",
        )
    else:
        st.info(
            "No site list is open. Add one with “Add sites” in the sidebar.",
            icon=":material/upload_file:",
        )
