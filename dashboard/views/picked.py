"""Which sites the person picked, on the map or in the table."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

_KEY = "picked_sites"


def rows() -> tuple[int, ...]:
    """Index labels of the picked sites."""
    found: tuple[int, ...] = st.session_state.get(_KEY, ())
    return found


def pick(labels: Iterable[int]) -> None:
    """Make these the picked sites."""
    st.session_state[_KEY] = tuple(labels)


def among(sites: pd.DataFrame) -> tuple[int, ...]:
    """The picked sites that the filters left."""
    return tuple(row for row in rows() if row in sites.index)


def numbers(sites: pd.DataFrame, labels: Iterable[int]) -> list[int]:
    """Row numbers of index labels in a filtered table; those left out are passed over."""
    places = sites.index.get_indexer(pd.Index(list(labels), dtype="int64"))
    return [int(place) for place in places if place >= 0]


def from_table(state: Mapping[str, Any], sites: pd.DataFrame) -> None:
    """Pick what is selected in the table on screen."""
    chosen = state["selection"]["rows"]
    pick(int(sites.index[row]) for row in chosen if row < len(sites))
