"""A bar chart that is a table: screen readers read it, it can be copied and searched."""

from collections.abc import Iterable, Sequence
from html import escape

import streamlit as st

_STYLE = """<style>
.bar-box { overflow: hidden auto; }
.bar-table { width: 100%; max-width: 46rem; border-collapse: collapse; font-size: 0.875rem; }
.bar-table caption { font-weight: 600; text-align: left; padding: 0 0 0.5rem; }
.bar-table th, .bar-table td { border: 0; text-align: left; font-weight: 400;
  padding: 0.2rem 0.8rem 0.2rem 0; font-variant-numeric: tabular-nums; }
.bar-table thead th { opacity: 0.75; vertical-align: bottom; line-height: 1.2; }
.bar-table tbody th, .bar-table td { white-space: nowrap; }
.bar-table td:nth-child(2) { width: 60%; }
.bar-table i { display: inline-block; vertical-align: middle; height: 1.05rem; min-width: 2px;
  margin-right: 0.4rem; border-radius: 0 3px 3px 0; background: #1d6fd0; }
</style>"""
_LONGEST = 70
"""Percent of its cell that the longest bar takes; its number stands beside it."""


def draw_bar_table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[tuple[str, float, Sequence[str]]],
    height: int | None = None,
) -> None:
    """Draw a table whose second column has bars.

    Args:
        caption: the table's title.
        head: the names of the columns.
        rows: of each the text of its first cell, the length of its bar from 0 to 1, and the texts
            of the other cells, the first of which stands beside the bar.
        height: in pixels, from which on the table scrolls.
    """
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        f"<td><i style='width:{_LONGEST * length:.1f}%'></i>{escape(texts[0])}</td>"
        + "".join(f"<td>{escape(text)}</td>" for text in texts[1:])
        + "</tr>"
        for name, length, texts in rows
    )
    names = "".join(f"<th scope='col'>{escape(name)}</th>" for name in head)
    table = (
        f"<table class='bar-table'><caption>{escape(caption)}</caption>"
        f"<thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"
    )
    if height is not None:
        region = f"tabindex='0' role='region' aria-label='{escape(caption)}'"
        table = f"<div class='bar-box' {region} style='max-height: {height}px'>{table}</div>"
    st.html(_STYLE + table)
