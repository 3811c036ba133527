"""Counts per country as a bar chart and as a table."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

import pandas as pd
import streamlit as st

from dashboard.sites import summary
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.vocabulary import NOT_STATED

BARS_STYLE = """<style>
.bars-box { overflow: hidden auto; container-type: inline-size; }
.bars { width: 100%; border-collapse: collapse; font-size: 0.875rem; line-height: 1.2; }
.bars caption { font-weight: 600; font-size: 1rem; text-align: left; padding: 0 0 0.5rem; }
.bars th { font-weight: 400; text-align: right; padding: 0.2rem 0.6rem 0.2rem 0; width: 1px;
  max-width: min(9.5rem, 44cqw); white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; }
@container (max-width: 270px) { .bars th { max-width: none; white-space: normal; } }
.bars th, .bars td { border: 0; }
.bars td { white-space: nowrap; padding: 0.2rem 3rem 0.2rem 0; font-variant-numeric: tabular-nums; }
.bars-box summary { cursor: pointer; padding: 0.3rem 0; font-size: 0.875rem; min-height: 24px; }
.bars i { display: inline-block; vertical-align: middle; height: 1.05rem; min-width: 2px;
  margin-right: 0.4rem; border-radius: 0 3px 3px 0; background: #1d6fd0; }
</style>"""

_HEAD_PIXELS, _ROW_PIXELS = 64, 25
REGION = "role='region' aria-label='Sites per country'"


def draw_chart(sites: pd.DataFrame, height: int) -> None:
    """Draw sites per country as bars with numbers, most first.

    It is a table with bars in it: screen readers read it, it can be copied and searched, and the
    page opens without a chart library.
    """
    if len(sites):
        rows = max(4, (height - _HEAD_PIXELS) // _ROW_PIXELS)
        box = f"<div class='bars-box' tabindex='0' style='max-height: {height}px' {REGION}>"
        st.html(f"{BARS_STYLE}{box}{_cached_bars(sites, rows)}</div>")


@memoize_per_table
def _cached_bars(sites: pd.DataFrame, rows: int) -> str:
    counts = summary.count_by_country(sites)
    return build_bars(counts["country"].tolist(), counts["sites"].tolist(), rows)


def build_bars(countries: Sequence[str], numbers: Sequence[int], shown: int) -> str:
    """HTML of a table of countries, most sites first.

    A bar is as long as its number's share of the largest. More than ``shown`` countries are folded
    behind a line that says how many.
    """
    most = max(numbers, default=1)
    head = "<caption>Sites per country</caption>"
    if len(countries) <= shown + 1:
        return f"<table class='bars'>{head}{_build_rows(countries, numbers, most)}</table>"
    first = _build_rows(countries[:shown], numbers[:shown], most)
    rest = _build_rows(countries[shown:], numbers[shown:], most)
    return (
        f"<table class='bars'>{head}{first}</table><details><summary>and "
        f"{len(countries) - shown:,} more</summary><table class='bars'>{rest}</table></details>"
    )


def _build_rows(countries: Iterable[str], numbers: Iterable[int], most: int) -> str:
    return "".join(
        f"<tr><th scope='row' title='{escape(country)}'>{escape(country)}</th>"
        f"<td><i style='width:{100 * number / most:.1f}%'></i>{number:,}</td></tr>"
        for country, number in zip(countries, numbers, strict=True)
    )


def draw_table(sites: pd.DataFrame) -> None:
    """Draw the counts per country as a table with each country's share."""
    counts = summary.count_by_country(sites)
    draw_counts(counts, len(sites), {"country": "Country"}, "Counts per country")
    if (counts["country"] == NOT_STATED).any():
        st.caption("Sites whose list names no country are counted as “Not stated”.")


def draw_counts(
    counts: pd.DataFrame, sites: int, labels: Mapping[str, str], description: str
) -> None:
    """Draw counts per area as a table with each one's share of the sites.

    Args:
        counts: a row for each area, with the columns ``sites, cities, trials, recruiting``.
        sites: the number of all sites.
        labels: the columns that name the area, with their headings.
        description: of the table, for screen readers.
    """
    st.dataframe(
        counts.assign(share=100 * counts["sites"] / max(1, sites)),
        hide_index=True,
        height="auto" if len(counts) < 12 else 420,
        column_order=(*labels, "sites", "share", "cities", "trials", "recruiting"),
        column_config={
            **{name: st.column_config.TextColumn(label) for name, label in labels.items()},
            "share": st.column_config.ProgressColumn(
                "Share of sites", format="%.1f %%", min_value=0.0, max_value=100.0
            ),
            **{
                name: st.column_config.NumberColumn(name.capitalize(), format="localized")
                for name in ("sites", "cities", "trials", "recruiting")
            },
        },
        alt=f"{description}, {len(counts)} rows",
    )
