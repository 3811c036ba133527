"""A long table in pages, sorted and searched whole: the browser loads the rows that are seen."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.codes import plain, row_order
from dashboard.filters import to_query
from dashboard.views import address, picked

PAGE_ROWS = 1_000
_AS_LISTED = "as listed"
_PAGE, _BY, _DOWN, _SEARCH = "table_page", "table_sort", "table_descending", "table_search"
_OF = "table_page_of"


def page_of(sites: pd.DataFrame, columns: list[str], label: Callable[[str], str]) -> pd.DataFrame:
    """The rows on screen, as plain text; above :data:`PAGE_ROWS` with a choice of page and order.

    Sites picked on the map stand first, whatever the page.

    Args:
        sites: the filtered site table.
        columns: what it can be sorted by.
        label: what a column is called on screen.
    """
    top = picked.numbers(sites, picked.lifted())
    if len(sites) <= PAGE_ROWS:
        return plain(sites.iloc[_lifted(np.arange(len(sites)), top)] if top else sites)
    pages = -(-len(sites) // PAGE_ROWS)
    if st.session_state.get(_OF) != to_query(address.current()):
        st.session_state[_OF] = to_query(address.current())
        _first_page()
    st.session_state[_PAGE] = min(int(st.session_state.get(_PAGE, 1)), pages)
    st.session_state[_SEARCH] = address.current().q
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Search all rows",
            key=_SEARCH,
            on_change=_search,
            placeholder="Facility, city, site number …",
            max_chars=200,
            width=260,
        )
        by = st.selectbox(
            "Sort all rows by",
            [_AS_LISTED, *columns],
            key=_BY,
            format_func=lambda name: name if name == _AS_LISTED else label(name),
            on_change=_first_page,
            width=180,
        )
        descending = st.toggle(
            "Descending", key=_DOWN, disabled=by == _AS_LISTED, on_change=_first_page
        )
        number = st.number_input(
            f"Page of {pages:,}", min_value=1, max_value=pages, key=_PAGE, width=140
        )
    rows = np.arange(len(sites))
    if by in sites:
        rows = row_order(sites[by], descending=descending)
    first = (int(number) - 1) * PAGE_ROWS
    return plain(sites.iloc[_lifted(rows[first : first + PAGE_ROWS], top)])


def _lifted(rows: np.ndarray, top: list[int]) -> np.ndarray:
    return np.concatenate([np.array(top, dtype=rows.dtype), rows[~np.isin(rows, top)]])


def _first_page() -> None:
    st.session_state[_PAGE] = 1


def _search() -> None:
    address.change(q=st.session_state[_SEARCH].strip())
