"""The card of one site: its address, status, trial, and the precision of its position."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.maps.places import describe_doubt, describe_precision, format_title
from dashboard.page.state import address
from dashboard.page.widgets.markdown import escape, link, trial_url
from dashboard.page.widgets.next_steps import build_next_steps
from dashboard.query.near import describe_distance
from dashboard.sites.facilities import find_other_trials
from dashboard.sites.fields import DISTANCE, format_number
from dashboard.sites.table import COLUMNS
from dashboard.sites.trial import Trial

_MAX_FIELDS, _MAX_NAME, _MAX_TEXT = 12, 80, 300
"""Own columns on a card, and characters of their names and values."""


def draw_site_card(
    site: pd.Series,
    whole: pd.DataFrame,
    trials: Mapping[str, Trial],
    list_name: str = "",
    directions: str = "",
) -> None:
    """Draw the card of a row of the site table, with other trials at the same facility.

    Args:
        site: the row; its distance is named if it has one.
        whole: the site table it is from.
        trials: the open trials by id.
        list_name: named where the site has no trial.
        directions: as ``SITE_MAP_DIRECTIONS_URL``; what to do next shows on a phone alone.
    """
    with st.container(border=True):
        st.markdown(f"**{escape(format_title(site))}**")
        where = ", ".join(
            part for part in (site.city, site.state, site.postcode, site.country) if part
        )
        lines = [escape(where or "No address")]
        if DISTANCE in site and not pd.isna(site[DISTANCE]):
            away = describe_distance(site[DISTANCE], site.uncertainty_km, address.unit())
            lines.append(f"Distance: {escape(away)}")
        if site.site_number:
            lines.append(f"Site number {escape(site.site_number)}")
        if site.status or site.trial_id or not list_name:
            lines.append(f"Status: {escape(site.status or 'not stated')}")
        if site.decision or site.note:
            decided = str(site.decision or "Note").capitalize()
            lines.append(f"**{escape(decided)}**" + (f": {escape(site.note)}" if site.note else ""))
        lines += _list_fields(site)
        trial = trials.get(site.trial_id)
        if trial and trial.title:
            lines.append(f"{link(trial_url(trial), trial.trial_id)} · {escape(trial.title)}")
        elif list_name and not site.trial_id:
            lines.append(f"List: {escape(list_name)}")
        st.markdown("  \n".join(lines))
        st.html(build_next_steps(site, trial, directions))
        st.caption(escape(describe_position(site)))
        others = find_other_trials(site, whole)
        if others:
            st.caption("Also at this facility: " + ", ".join(escape(t) for t in others))


def _list_fields(site: pd.Series) -> list[str]:
    """The own columns that the table was told to show, else the first ones; a line each."""
    own = [str(name) for name in site.index if name not in COLUMNS and name != DISTANCE]
    own = [name for name in address.list_columns() if name in own] or own
    texts = ((name, _format_value(site[name])) for name in own)
    filled = [(name, text) for name, text in texts if text]
    lines = [
        f"{escape(name[:_MAX_NAME])}: **{escape(text[:_MAX_TEXT])}**"
        for name, text in filled[:_MAX_FIELDS]
    ]
    more = len(filled) - _MAX_FIELDS
    return [*lines, f"… and {more} more columns in the table"] if more > 0 else lines


def _format_value(value: object) -> str:
    return format_number(value) if isinstance(value, float) else str(value)


def describe_position(site: pd.Series) -> str:
    """A site's position in a sentence: precision, source, and what is in doubt."""
    if pd.isna(site.latitude):
        return f"Not on the map: {site.reason or 'no position'}"
    where = describe_precision(site.precision, site.uncertainty_km)
    parts = [f"Placed at {site.place_name} (source: {site.source}), {where}"]
    if site.reason:
        parts.append(f": {site.reason}")
    if doubt := describe_doubt(site["flags"]):
        parts.append(f". In doubt: {doubt}")
    return "".join(parts)
