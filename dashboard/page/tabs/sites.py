"""The site table: choose columns, select rows, and what is not on the map."""

from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard.exports import Provenance
from dashboard.page.state import address, selection
from dashboard.page.streamlit_internals import ColumnConfig
from dashboard.page.tabs import downloads, pagination
from dashboard.page.widgets import on_demand
from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.filters import Filters
from dashboard.query.near import KM_PER
from dashboard.sites import summary
from dashboard.sites.categoricals import factorize, memoize_per_table, to_arrow
from dashboard.sites.table import COLUMNS, TRIAL_COLUMNS
from dashboard.sites.vocabulary import NOT_STATED
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


def column_label(column: str) -> str:
    """What a column is called on screen."""
    return LABELS.get(column, column.replace("_", " ").capitalize())


def draw_site_table(
    sites: pd.DataFrame, whole: pd.DataFrame, link: downloads.Link, origins: Provenance, title: str
) -> None:
    """Draw the filtered site table, its columns chooser and its downloads.

    Args:
        sites: the filtered site table.
        whole: the site table that ``sites`` was filtered from.
        link: the address of this view.
        origins: where the trials come from.
        title: what the sites shown are called.
    """
    present = [c for c in ORDER if c in sites]
    shown = _chosen_columns(sites, whole, present)
    total = len(whole)
    words = (
        f"**{len(sites):,}** of {total:,} sites" if len(sites) != total else f"**{total:,}** sites"
    )

    @st.fragment
    def above() -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="over_table"):
            st.markdown(words, width="stretch")
            on_demand.popover(
                "Columns",
                partial(_columns_pills, present, shown),
                key="columns",
                icon=":material/view_column:",
            )
            downloads.draw_link_button(link)
            downloads.draw_download_buttons(sites, link, origins, title)

    above()
    lifted = selection.find_row_numbers(sites, selection.first_in_table())
    rows = pagination.paginate(sites, shown, column_label, search=True, first=lifted)
    selection.show_in_table(_TABLE, rows)
    st.dataframe(
        _on_screen(rows, address.unit()),
        hide_index=True,
        height=420 if len(rows) > 10 else "auto",
        column_order=shown,
        column_config={column: _config(column) for column in present},
        alt=f"Site table, {len(sites):,} rows",
        key=_TABLE,
        on_select=lambda: selection.select_in_table(st.session_state[_TABLE], rows),
        selection_mode="multi-row",
    )
    st.caption(
        "Select rows (by keyboard: Shift and Space) to highlight them on the map; what is picked "
        "on the map stands first."
    )


@memoize_per_table
def _on_screen(rows: pd.DataFrame, unit: str) -> pa.Table:
    """The rows as the browser takes them; distances in ``km`` or ``miles``."""
    columns = {str(name): to_arrow(column) for name, column in rows.items()}
    stated = columns["status"]
    columns["status"] = pc.if_else(pc.equal(stated, ""), NOT_STATED, stated)
    if DISTANCE_COLUMN in columns:
        columns[DISTANCE_COLUMN] = pc.divide(columns[DISTANCE_COLUMN], KM_PER[unit])
    return pa.table(columns)


def _config(column: str) -> ColumnConfig:
    if column == "score":
        return st.column_config.NumberColumn(column_label(column), format="%.2f")
    if column in {"facility", "trial_title", "reason"}:
        return st.column_config.TextColumn(column_label(column), width="medium")
    if column in {"city", "country"}:
        return st.column_config.TextColumn(column_label(column), width=130)
    if column in {"latitude", "longitude"}:
        return st.column_config.NumberColumn(column_label(column), format="%.5f")
    if column == DISTANCE_COLUMN:
        return st.column_config.NumberColumn(f"Distance ({address.unit()})", format="%.1f")
    return st.column_config.Column(column_label(column))


def _chosen_columns(sites: pd.DataFrame, whole: pd.DataFrame, present: list[str]) -> list[str]:
    """The columns asked for in the address bar; without, those that hold anything at all.

    A filter changes them only where it leaves one trial: else the table would jump about.
    """
    asked = [c for c in address.view("columns", "").split(",") if c in present]
    if asked:
        return asked
    of_one_trial = OF_TRIAL if len(summary.first_trials(sites, 2)) < 2 else ()
    empty = _empty(whole)
    return [c for c in present if c in FIRST or not (c in empty or c in of_one_trial)]


@memoize_per_table
def _empty(sites: pd.DataFrame) -> frozenset[str]:
    """The columns that hold no text in any row."""
    texts = {str(name): factorize(col) for name, col in sites.items() if col.dtype.kind != "f"}
    return frozenset(
        name for name, (codes, distinct) in texts.items() if np.asarray(distinct == "")[codes].all()
    )


def _columns_pills(present: list[str], shown: list[str]) -> None:
    st.session_state[_COLUMNS] = shown
    st.pills(
        "Columns shown",
        present,
        selection_mode="multi",
        key=_COLUMNS,
        format_func=column_label,
        on_change=_columns_changed,
        args=(present,),
    )


def _columns_changed(present: list[str]) -> None:
    asked = [c for c in present if c in st.session_state[_COLUMNS]]
    address.set_view("columns", ",".join(asked), "")
    st.rerun()


def draw_empty_state(filters: Filters, total: int) -> None:
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
