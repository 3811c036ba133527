"""Filters on the own columns of the open lists: choices, and ranges of numbers and dates."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.page.state import address
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.field_filters import PREFIX
from dashboard.query.filter_kinds import ChoiceFilter
from dashboard.query.filters import Filters, find_filter
from dashboard.sites.categoricals import factorize
from dashboard.sites.fields import find_field_type, format_number, list_fields
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.table import COLUMNS

MAX_RANGES = 30
BINS = 12
_BARS = "▁▂▃▄▅▆▇█"

DrawChoices = Callable[[ChoiceFilter, dict[str, int], tuple[str, ...]], None]


def draw_own_columns(
    filters: Filters,
    facets: Mapping[str, dict[str, int]],
    sites: pd.DataFrame,
    draw_choices: DrawChoices,
) -> None:
    """Draw an expander with a filter for each own column that has one; nothing without any.

    Args:
        filters: those that are set.
        facets: the choices of each filter with their counts.
        sites: the whole site table.
        draw_choices: draws the choices of one filter.
    """
    names = list_fields(sites, COLUMNS)
    if not names:
        return

    @st.fragment
    def draw() -> None:
        on_demand.expander(
            "Columns of your lists",
            partial(_draw_filters, filters, facets, sites, names, draw_choices),
            key="own_columns",
            icon=":material/view_week:",
        )

    draw()


def _draw_filters(
    filters: Filters,
    facets: Mapping[str, dict[str, int]],
    sites: pd.DataFrame,
    names: list[str],
    draw_choices: DrawChoices,
) -> None:
    ranges = 0
    for name in names:
        found = find_field_type(sites[name])
        one = find_filter(PREFIX + name)
        if found in {"number", "date"} and ranges < MAX_RANGES:
            ranges += 1
            _draw_range(filters, name, *summarize_range(sites[name]))
        elif isinstance(one, ChoiceFilter) and one.name in facets:
            draw_choices(one, facets[one.name], filters.get(one.name, ()))


@memoize_per_table
def summarize_range(column: pd.Series) -> tuple[str, str, str]:
    """The lowest and highest value of numbers or dates, and a histogram in one line of text."""
    if column.dtype.kind == "f":
        numbers = column.to_numpy()[~np.isnan(column.to_numpy())]
        texts = [format_number(value) for value in (numbers.min(), numbers.max())]
    else:
        codes, distinct = factorize(column)
        days = pd.to_datetime(pd.Series(distinct.astype("str")), errors="coerce")
        spread = days.to_numpy().astype("datetime64[D]").astype(float)[codes]
        spread[np.isnat(days.to_numpy()[codes])] = np.nan
        numbers = spread[~np.isnan(spread)]
        stated = sorted(str(text) for text in distinct if text)
        texts = [stated[0], stated[-1]]
    counts, _ = np.histogram(numbers, bins=BINS)
    heights = np.ceil(counts / max(counts.max(), 1) * (len(_BARS) - 1)).astype(int)
    return texts[0], texts[1], "".join(_BARS[height] for height in heights)


def _draw_range(filters: Filters, name: str, low: str, high: str, bars: str) -> None:
    st.markdown(f"{escape(name)}  \n{bars}  \n{escape(low)} to {escape(high)}")
    bounds = ((".min", "From", low), (".max", "Up to", high))
    for place, (ending, label, shown) in zip(st.columns(2), bounds, strict=True):
        with place:
            full = f"{PREFIX}{name}{ending}"
            key = f"filter_{full}"
            st.session_state[key] = filters.get(full, "")
            st.text_input(
                escape(f"{name}: {label.lower()}"),
                key=key,
                placeholder=f"{label} {shown}",
                label_visibility="collapsed",
                on_change=_write_bound,
                args=(full,),
            )


def _write_bound(name: str) -> None:
    one = find_filter(name)
    text = st.session_state[f"filter_{name}"].strip()
    try:
        value = one.parse(text) if one is not None and text else ""
    except FilterError as error:
        show_error(error)
        return
    address.change(**{name: value})
    st.rerun()
