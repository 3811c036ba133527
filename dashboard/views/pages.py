"""A long table in pages, sorted as a whole: the browser loads the rows that are seen."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard.codes import plain, row_order

PAGE_ROWS = 1_000
_AS_LISTED = "as listed"


def page_of(
    sites: pd.DataFrame, columns: list[str], label: Callable[[str], str], name: str = "table"
) -> pd.DataFrame:
    """The rows on screen, as plain text; above :data:`PAGE_ROWS` with a choice of page and order.

    Args:
        sites: the whole table.
        columns: what it can be sorted by.
        label: what a column is called on screen.
        name: which table of the page it is.
    """
    if len(sites) <= PAGE_ROWS:
        return plain(sites)
    pages = -(-len(sites) // PAGE_ROWS)
    page, sort, down = f"{name}_page", f"{name}_sort", f"{name}_descending"
    st.session_state[page] = min(int(st.session_state.get(page, 1)), pages)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        number = st.number_input(
            f"Page of {pages:,}", min_value=1, max_value=pages, key=page, width=140
        )
        by = st.selectbox(
            "Sort all rows by",
            [_AS_LISTED, *columns],
            key=sort,
            format_func=lambda name: name if name == _AS_LISTED else label(name),
            width=200,
        )
        descending = st.toggle("Descending", key=down, disabled=by == _AS_LISTED)
    first = (int(number) - 1) * PAGE_ROWS
    if by in sites:
        order = row_order(sites[by], descending=descending)
        return plain(sites.iloc[order[first : first + PAGE_ROWS]])
    return plain(sites.iloc[first : first + PAGE_ROWS])
