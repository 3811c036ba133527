"""The site table: its columns, row selection, and downloads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from dashboard.exports import Provenance
from dashboard.page.state import address, selection
from dashboard.page.streamlit_internals import ColumnConfig
from dashboard.page.tabs import decisions, downloads, pagination, site_cards
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.markdown import escape
from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.filters import Filters
from dashboard.query.near import describe_distance
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.categoricals import factorize, to_arrow
from dashboard.sites.decisions import DECISION_COLUMNS, Decision
from dashboard.sites.fields import list_fields
from dashboard.sites.list_rows import get_lists, name_rows
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.table import COLUMNS, TRIAL_COLUMNS
from dashboard.sites.vocabulary import NOT_STATED
from geocache.place import POSITION_COLUMNS

FIRST = ("facility", "city", "country", "status")
OF_TRIAL = tuple(TRIAL_COLUMNS)
"""Columns that are the same in all rows of one trial."""
MACHINE = ("country_code", *POSITION_COLUMNS, "facility_id")
ORDER = (
    DISTANCE_COLUMN,
    *FIRST,
    *DECISION_COLUMNS,
    "site_number",
    "trial_id",
    *(
        c
        for c in COLUMNS
        if c not in {*FIRST, *DECISION_COLUMNS, *MACHINE, "site_number", "trial_id"}
    ),
    *MACHINE,
)
"""The order of columns on screen: what people read first, what programs need last."""

LABELS = {
    "trial_id": "Trial",
    "trial_title": "Title",
    "trial_status": "Trial status",
    "site_number": "Site no.",
    "country_code": "Country code",
    "place_name": "Placed at",
    "facility_id": "Facility ID",
    "facility_name": "Hospital",
    DISTANCE_COLUMN: "Distance (km)",
}
_OURS = {*COLUMNS, "sites", "cities", "trials", "countries", "recruiting", "trial_ids"}
_TABLE = "site_table"
_COLUMNS = "view_columns"


def column_label(column: str) -> str:
    """A column's name on screen; an own column is called as its list calls it."""
    if column in LABELS or column not in _OURS:
        return LABELS.get(column, column)
    return column.replace("_", " ").capitalize()


def draw_site_table(
    sites: pd.DataFrame,
    whole: pd.DataFrame,
    link: downloads.Link,
    provenance: Provenance,
    *,
    title: str,
    viewer: Viewer,
    made: Sequence[Decision] = (),
) -> None:
    """Draw the filtered site table, the choice of its columns, decisions, and its downloads.

    Args:
        sites: the filtered site table.
        whole: the site table that ``sites`` was filtered from.
        link: the link to this view.
        provenance: where the trials come from.
        title: the title of the sites, for the map file.
        viewer: the session, which decides about sites.
        made: the decisions about these sites, its own and those of others that it sees.
    """
    decisions.draw_decisions(sites, whole, viewer)
    own = list_fields(whole, COLUMNS)
    leading = (*FIRST, DISTANCE_COLUMN, *DECISION_COLUMNS)
    present = [c for c in (*leading, *own, *ORDER[len(leading) :]) if c in sites]
    shown = _find_shown_columns(sites, whole, present)
    total = len(whole)
    count = (
        f"**{len(sites):,}** of {total:,} sites" if len(sites) != total else f"**{total:,}** sites"
    )

    as_cards = site_cards.is_wanted()

    @st.fragment
    def draw_buttons() -> None:
        with st.container(horizontal=True, vertical_alignment="center", key="over_table"):
            st.markdown(count, width="stretch")
            site_cards.draw_choice()
            if not as_cards:
                on_demand.popover(
                    "Columns",
                    partial(_draw_columns, present, shown),
                    key="columns",
                    icon=":material/view_column:",
                )
            downloads.draw_link_button(link)
            rows, query = decisions.choose_rows(sites, whole, made, link.query)
            downloads.draw_download_buttons(rows, replace(link, query=query), provenance, title)

    draw_buttons()
    # Cards stay where they are when one is tapped; its sheet says what it is.
    picked = () if as_cards else selection.get_first_in_table()
    first = selection.find_row_numbers(sites, picked)
    rows = pagination.paginate(sites, shown, column_label, first=first)
    if as_cards:
        site_cards.draw_site_cards(rows, address.unit())
        return
    selection.show_in_table(_TABLE, rows)
    st.dataframe(
        _build_page(rows, address.unit()),
        hide_index=True,
        height=420 if len(rows) > 10 else "auto",
        column_order=shown,
        column_config={column: _configure(column) for column in present},
        alt=f"Site table, {len(sites):,} rows",
        **pagination.react_to_headers(
            len(sites),
            shown,
            _TABLE,
            rows="multi-row",
            on_select=lambda: selection.select_in_table(st.session_state[_TABLE], rows),
        ),
    )
    st.caption(
        "Select rows (Shift+Space on the keyboard) to highlight them on the map. Sites selected on "
        "the map come first. Double-click a cell, or press Enter on it, to read all of a long text."
    )


@memoize_per_table
def _build_page(rows: pd.DataFrame, unit: str) -> pa.Table:
    """The rows as an Arrow table, with distances in words, in ``km`` or ``miles``."""
    columns = {str(name): to_arrow(column) for name, column in rows.items()}
    stated = columns["status"]
    columns["status"] = pc.if_else(pc.equal(stated, ""), NOT_STATED, stated)
    trial = columns["trial_id"]
    columns["trial_id"] = pc.if_else(pc.equal(trial, ""), pa.array(name_rows(rows)), trial)
    if DISTANCE_COLUMN in columns:
        away, radii = rows[DISTANCE_COLUMN].tolist(), rows["uncertainty_km"].tolist()
        columns[DISTANCE_COLUMN] = pa.array(
            [describe_distance(*one, unit) for one in zip(away, radii, strict=True)]
        )
    return pa.table(columns)


_CONFIGS: Mapping[str, Callable[[str], ColumnConfig]] = {
    "score": lambda label: st.column_config.NumberColumn(label, format="%.2f"),
    **dict.fromkeys(
        ("facility", "trial_title", "reason", "note"),
        lambda label: st.column_config.TextColumn(label, width="medium"),
    ),
    **dict.fromkeys(
        ("city", "country"), lambda label: st.column_config.TextColumn(label, width=130)
    ),
    **dict.fromkeys(
        ("latitude", "longitude"),
        lambda label: st.column_config.NumberColumn(label, format="%.5f"),
    ),
    "trial_id": lambda label: st.column_config.TextColumn(
        label, help="The trial’s id, or the list’s name where that names no trial"
    ),
    DISTANCE_COLUMN: lambda _: st.column_config.TextColumn("Distance"),
}


def _configure(column: str) -> ColumnConfig:
    return _CONFIGS.get(column, st.column_config.Column)(column_label(column))


def _find_shown_columns(sites: pd.DataFrame, whole: pd.DataFrame, present: list[str]) -> list[str]:
    """The columns in the address bar, by default those that are not empty.

    A filter changes them only if it leaves one trial, so that the table does not jump about.
    """
    asked = [c for c in address.list_columns() if c in present]
    if asked:
        return asked
    of_one_trial = OF_TRIAL if len(summary.first_trials(sites, 2)) < 2 else ()
    empty = _find_empty_columns(whole)
    if len(get_lists(whole)) > 1:
        empty -= {"trial_id"}  # says which list a site is of
    return [c for c in present if c in FIRST or not (c in empty or c in of_one_trial)]


@memoize_per_table
def _find_empty_columns(sites: pd.DataFrame) -> frozenset[str]:
    """The text columns that are empty in every row."""
    texts = {str(name): factorize(col) for name, col in sites.items() if col.dtype.kind != "f"}
    return frozenset(
        name for name, (codes, distinct) in texts.items() if np.asarray(distinct == "")[codes].all()
    )


def _draw_columns(present: list[str], shown: list[str]) -> None:
    st.session_state[_COLUMNS] = shown
    st.pills(
        "Columns shown",
        present,
        selection_mode="multi",
        key=_COLUMNS,
        format_func=lambda column: escape(column_label(column)),
        on_change=_choose_columns,
        args=(present,),
    )


def _choose_columns(present: list[str]) -> None:
    asked = [c for c in present if c in st.session_state[_COLUMNS]]
    address.set_columns(asked)
    st.rerun()


def draw_empty_state(filters: Filters, total: int) -> None:
    """Explain what to do when there is no site to show."""
    if filters and total:
        st.info(
            "No site matches these filters. Remove some of them above to see more of the "
            f"{summary.plural(total, 'site')}.",
            icon=":material/filter_alt_off:",
        )
    else:
        st.info(
            "No site list is open. Add one with “Add sites” in the sidebar.",
            icon=":material/upload_file:",
        )
