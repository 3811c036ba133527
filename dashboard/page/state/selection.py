"""Which sites the person picked, on the map or in the table."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

_KEY = "picked_sites"
_LIFTED = "picked_on_map"
_BEHIND = "picked_table_behind"


def selected() -> tuple[int, ...]:
    """Index labels of the picked sites."""
    found: tuple[int, ...] = st.session_state.get(_KEY, ())
    return found


def select_on_map(labels: Iterable[int]) -> None:
    """Make these the picked sites; in the table they stand first, or nobody would find them."""
    st.session_state[_KEY] = st.session_state[_LIFTED] = tuple(labels)
    st.session_state[_BEHIND] = True


def first_in_table() -> tuple[int, ...]:
    """Index labels of the sites picked on the map last."""
    found: tuple[int, ...] = st.session_state.get(_LIFTED, ())
    return found


def take_table_outdated() -> bool:
    """Whether the map picked something that the table does not show yet; asked once."""
    return bool(st.session_state.pop(_BEHIND, False))


def selected_in(sites: pd.DataFrame) -> tuple[int, ...]:
    """The picked sites that the filters left."""
    return tuple(row for row in selected() if row in sites.index)


def find_row_numbers(sites: pd.DataFrame, labels: Iterable[int]) -> list[int]:
    """Row numbers of index labels in a filtered table; labels the filters left out are skipped."""
    places = sites.index.get_indexer(pd.Index(list(labels), dtype="int64"))
    return [int(place) for place in places if place >= 0]


def select_in_table(state: Mapping[str, Any], sites: pd.DataFrame) -> None:
    """Select what is selected among the rows on screen; selected sites on other pages stay."""
    chosen = [int(sites.index[row]) for row in state["selection"]["rows"] if row < len(sites)]
    st.session_state[_KEY] = (*(row for row in selected() if row not in sites.index), *chosen)


def show_in_table(key: str, sites: pd.DataFrame) -> None:
    """Select the selected sites among the rows of the table drawn next under that key."""
    wanted = find_row_numbers(sites, selected())
    shown = st.session_state.get(key, {}).get("selection", {}).get("rows", [])
    if sorted(shown) != sorted(wanted):
        st.session_state[key] = {"selection": {"rows": wanted, "columns": [], "cells": []}}
