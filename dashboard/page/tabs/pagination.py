"""Splits a long table into pages; sorting applies to all rows.

Streamlit's grid sorts the rows that it has: all of a table of one page, one page of a longer one.
There a click on a header is taken as the selection of a column, and all rows are sorted here.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.page.state import address
from dashboard.query.filters import to_query
from dashboard.sites.categoricals import order_rows
from dashboard.sites.memo import memoize_per_table

PAGE_ROWS = 1_000
_LIST_ORDER = "List order"
_QUERY = "query"


def paginate(
    rows: pd.DataFrame,
    columns: list[str],
    label: Callable[[str], str],
    name: str = "table",
    *,
    first: Sequence[int] = (),
) -> pd.DataFrame:
    """The rows to show; above :data:`PAGE_ROWS`, draws a choice of page and order.

    Args:
        rows: the whole table.
        columns: the columns it can be sorted by.
        label: gives a column's name on screen.
        name: tells the page's tables apart.
        first: numbers of rows to show first on every page.
    """
    if len(rows) <= PAGE_ROWS:
        return rows.iloc[_move_to_front(np.arange(len(rows)), first)] if first else rows
    pages = -(-len(rows) // PAGE_ROWS)
    page, sort, down = _list_keys(name)
    to_first = partial(_go_to_first_page, page)
    query = to_query(address.current())
    if st.session_state.get(f"{name}_{_QUERY}") != query:
        st.session_state[f"{name}_{_QUERY}"] = query
        to_first()
    st.session_state[page] = min(int(st.session_state.get(page, 1)), pages)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.selectbox(
            "Sort all rows by",
            [_LIST_ORDER, *columns],
            key=sort,
            format_func=lambda name: name if name == _LIST_ORDER else label(name),
            on_change=to_first,
            width=180,
            help="Or click a column’s header, and again for the other direction",
        )
        descending = st.toggle(
            "Descending", key=down, disabled=by == _LIST_ORDER, on_change=to_first
        )
        number = st.number_input(
            f"Page (of {pages:,})", min_value=1, max_value=pages, key=page, width=140
        )
    start = (int(number) - 1) * PAGE_ROWS
    if first:
        order = _sort_rows(rows, by, descending)[start : start + PAGE_ROWS]
        return rows.iloc[_move_to_front(order, first)]
    return _build_page(rows, by, descending, start)[0]


def react_to_headers(
    total: int,
    columns: Sequence[str],
    key: str,
    name: str = "table",
    *,
    rows: str = "",
    on_select: Callable[[], object] = lambda: None,
) -> dict[str, Any]:
    """Arguments of ``st.dataframe`` with which a header sorts all rows, not those of the page.

    Args:
        total: rows of the whole table.
        columns: the columns it can be sorted by.
        key: of the element.
        name: as for :func:`paginate`.
        rows: how rows are selected, such as ``multi-row``; empty if they are not.
        on_select: called when rows are selected.
    """
    is_long = total > PAGE_ROWS
    modes = [*([rows] if rows else []), *(["single-column"] if is_long else [])]
    if not modes:
        return {}

    def react() -> None:
        on_select()
        if is_long:
            sort_by_header(key, name, columns)

    return {"key": key, "selection_mode": modes, "on_select": react}


def sort_by_header(key: str, name: str, columns: Sequence[str]) -> None:
    """Sort by the header that was clicked in the table ``key``; a second click turns the order."""
    page, sort, down = _list_keys(name)
    known = f"{name}_header"
    state = st.session_state[key]["selection"]
    column, before = (state["columns"] or [""])[0], st.session_state.get(known, "")
    st.session_state[known] = column
    clicked = column or before
    if column == before or clicked not in columns:
        return
    again = st.session_state.get(sort) == clicked
    st.session_state[down] = again and not st.session_state.get(down, False)
    st.session_state[sort] = clicked
    st.session_state[key] = {"selection": {**state, "rows": []}}  # they were others' numbers
    _go_to_first_page(page)


def _list_keys(name: str) -> tuple[str, str, str]:
    """Keys of the choice of page, column and direction."""
    return f"{name}_page", f"{name}_sort", f"{name}_descending"


@memoize_per_table
def _build_page(rows: pd.DataFrame, by: str, descending: bool, start: int) -> tuple[pd.DataFrame]:
    """One page in a tuple: memoized, so that it is the same object each time."""
    return (rows.iloc[_sort_rows(rows, by, descending)[start : start + PAGE_ROWS]],)


def _sort_rows(rows: pd.DataFrame, by: str, descending: bool) -> np.ndarray:
    return order_rows(rows[by], descending=descending) if by in rows else np.arange(len(rows))


def _move_to_front(rows: np.ndarray, first: Sequence[int]) -> np.ndarray:
    return np.concatenate([np.array(first, dtype=rows.dtype), rows[~np.isin(rows, first)]])


def _go_to_first_page(page: str) -> None:
    st.session_state[page] = 1
