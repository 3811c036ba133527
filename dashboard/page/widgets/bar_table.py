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
_STACK_STYLE = """<style>
.bar-stack td:nth-child(2) { width: 100%; }
.bar-stack td i { margin: 0; border-radius: 0; box-shadow: inset -1px 0 rgb(255 255 255 / 55%); }
.bar-stack td b { font-weight: 400; margin-left: 0.4rem; }
.bar-key { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0 0 0.6rem !important;
  padding: 0 !important; list-style: none; font-size: 0.875rem; max-width: 46rem; }
.bar-key li { margin: 0 !important; padding: 0; overflow-wrap: anywhere; }
.bar-key i { display: inline-block; width: 0.8rem; height: 0.8rem; margin-right: 0.35rem;
  border-radius: 2px; vertical-align: -1px; }
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


def draw_stacked_bars(
    caption: str,
    first: str,
    groups: Sequence[tuple[str, str]],
    rows: Iterable[tuple[str, Sequence[int]]],
    height: int,
) -> None:
    """Draw a row of parts of a bar for each period, with a key above.

    Args:
        caption: the title.
        first: the name of the first column.
        groups: name and colour of the parts, in order.
        rows: of each the text of its first cell, and a number for each group.
        height: in pixels, from which on the table scrolls.
    """
    listed = [(name, list(numbers)) for name, numbers in rows]
    most = max((sum(numbers) for _, numbers in listed), default=0) or 1
    key = "".join(
        f"<li><i style='background:{colour}'></i>{escape(name)}</li>" for name, colour in groups
    )
    body = "".join(
        f"<tr><th scope='row'>{escape(name)}</th>"
        f"<td>{_build_stack(groups, numbers, most)}</td></tr>"
        for name, numbers in listed
    )
    region = f"tabindex='0' role='region' aria-label='{escape(caption)}'"
    st.html(
        f"{_STYLE}{_STACK_STYLE}<ul class='bar-key' aria-label='Colours'>{key}</ul>"
        f"<div class='bar-box' {region} style='max-height: {height}px'>"
        f"<table class='bar-table bar-stack'><caption>{escape(caption)}</caption><thead><tr>"
        f"<th scope='col'>{escape(first)}</th><th scope='col'>Trials started</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _build_stack(groups: Sequence[tuple[str, str]], numbers: Sequence[int], most: int) -> str:
    parts = [
        (name, colour, number)
        for (name, colour), number in zip(groups, numbers, strict=True)
        if number
    ]
    said = escape(", ".join(f"{name} {number:,}" for name, _, number in parts))
    bars = "".join(
        f"<i title='{escape(name)}: {number:,}' "
        f"style='background:{colour};width:{_LONGEST * number / most:.2f}%'></i>"
        for name, colour, number in parts
    )
    return f"<span role='img' aria-label='{said}'>{bars}</span><b>{sum(numbers):,}</b>"
