"""A long table in pages, sorted and searched whole: the browser loads the rows that are seen."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.page.state import address
from dashboard.page.widgets.feedback import check_length
from dashboard.query.filters import to_query
from dashboard.query.parameters import MAX_TEXT
from dashboard.sites.categoricals import memoize_per_table, order_rows

PAGE_ROWS = 1_000
_AS_LISTED = "as listed"
_SEARCH, _OF = "table_search", "pages_of"


def paginate(
    rows: pd.DataFrame,
    columns: list[str],
    label: Callable[[str], str],
    name: str = "table",
    *,
    search: bool = False,
    first: Sequence[int] = (),
) -> pd.DataFrame:
    """The rows on screen; above :data:`PAGE_ROWS` with a choice of page and order.

    Args:
        rows: the whole table.
        columns: what it can be sorted by.
        label: what a column is called on screen.
        name: which table of the page it is.
        search: whether a field searches all sites, as the filter's search does.
        first: numbers of rows that stand first, whatever the page.
    """
    if len(rows) <= PAGE_ROWS:
        return rows.iloc[_lifted(np.arange(len(rows)), first)] if first else rows
    pages = -(-len(rows) // PAGE_ROWS)
    page, sort, down = f"{name}_page", f"{name}_sort", f"{name}_descending"
    to_first = partial(_first_page, page)
    query = to_query(address.current())
    if st.session_state.get(f"{name}_{_OF}") != query:
        st.session_state[f"{name}_{_OF}"] = query
        to_first()
    st.session_state[page] = min(int(st.session_state.get(page, 1)), pages)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if search:
            _search_field()
        by = st.selectbox(
            "Sort all rows by",
            [_AS_LISTED, *columns],
            key=sort,
            format_func=lambda name: name if name == _AS_LISTED else label(name),
            on_change=to_first,
            width=180,
        )
        descending = st.toggle(
            "Descending", key=down, disabled=by == _AS_LISTED, on_change=to_first
        )
        number = st.number_input(
            f"Page of {pages:,}", min_value=1, max_value=pages, key=page, width=140
        )
    start = (int(number) - 1) * PAGE_ROWS
    if first:
        order = _order(rows, by, descending)[start : start + PAGE_ROWS]
        return rows.iloc[_lifted(order, first)]
    return _page(rows, by, descending, start)[0]


@memoize_per_table
def _page(rows: pd.DataFrame, by: str, descending: bool, start: int) -> tuple[pd.DataFrame]:
    """One page, as the only one of a tuple: the same object each time it is asked for."""
    return (rows.iloc[_order(rows, by, descending)[start : start + PAGE_ROWS]],)


def _order(rows: pd.DataFrame, by: str, descending: bool) -> np.ndarray:
    return order_rows(rows[by], descending=descending) if by in rows else np.arange(len(rows))


def _lifted(rows: np.ndarray, first: Sequence[int]) -> np.ndarray:
    return np.concatenate([np.array(first, dtype=rows.dtype), rows[~np.isin(rows, first)]])


def _first_page(page: str) -> None:
    st.session_state[page] = 1


def _search_field() -> None:
    st.session_state[_SEARCH] = address.current().q
    st.text_input(
        "Search all rows",
        key=_SEARCH,
        on_change=_search,
        placeholder="Facility, city, site number …",
        width=260,
    )


def _search() -> None:
    words = st.session_state[_SEARCH].strip()
    if check_length("Search", words, MAX_TEXT):
        address.change(q=words)
