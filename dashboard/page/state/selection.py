"""The sites selected on the map or in the table."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

_SELECTED = "selected_sites"
_FROM_MAP = "sites_selected_on_map"
_OUTDATED = "table_outdated"


def get_selected() -> tuple[int, ...]:
    """Index labels of the selected sites."""
    labels: tuple[int, ...] = st.session_state.get(_SELECTED, ())
    return labels


def find_selected(sites: pd.DataFrame) -> tuple[int, ...]:
    """Index labels of the selected sites that the filters left."""
    return tuple(label for label in get_selected() if label in sites.index)


def select_on_map(labels: Iterable[int]) -> None:
    """Select these sites, and have the table show them first."""
    st.session_state[_SELECTED] = st.session_state[_FROM_MAP] = tuple(labels)
    st.session_state[_OUTDATED] = True


def get_first_in_table() -> tuple[int, ...]:
    """Index labels of the sites that were last selected on the map."""
    labels: tuple[int, ...] = st.session_state.get(_FROM_MAP, ())
    return labels


def take_table_outdated() -> bool:
    """Whether the table does not show yet what was selected on the map; true only once."""
    return bool(st.session_state.pop(_OUTDATED, False))


def find_row_numbers(sites: pd.DataFrame, labels: Iterable[int]) -> list[int]:
    """Row numbers of index labels in a filtered table, without those that were filtered out."""
    numbers = sites.index.get_indexer(pd.Index(list(labels), dtype="int64"))
    return [int(number) for number in numbers if number >= 0]


def select_in_table(state: Mapping[str, Any], sites: pd.DataFrame) -> None:
    """Take over what is selected among these rows; sites on other pages stay selected."""
    on_page = [int(sites.index[row]) for row in state["selection"]["rows"] if row < len(sites)]
    elsewhere = (label for label in get_selected() if label not in sites.index)
    st.session_state[_SELECTED] = (*elsewhere, *on_page)


def show_in_table(key: str, sites: pd.DataFrame) -> None:
    """Select the rows of the selected sites in the table that is drawn next under this key."""
    wanted = find_row_numbers(sites, get_selected())
    shown = st.session_state.get(key, {}).get("selection", {})
    if sorted(shown.get("rows", [])) != sorted(wanted):
        columns = shown.get("columns", [])
        st.session_state[key] = {"selection": {"rows": wanted, "columns": columns, "cells": []}}
