"""The nearest sites with their distances, beside the map."""

from collections import Counter
from html import escape

import pandas as pd
import streamlit as st

from dashboard.maps.layer import NEAREST
from dashboard.maps.places import format_title
from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.near import describe_distance

STYLE = """<style>
.sm-nearest { width: 100%; border-collapse: collapse; font-size: 0.875rem; line-height: 1.3; }
.sm-nearest caption { font-weight: 600; font-size: 1rem; text-align: left; padding: 0 0 0.5rem; }
.sm-nearest th, .sm-nearest td { border: 0; padding: 0.2rem 0.6rem 0.2rem 0; text-align: left;
  vertical-align: top; font-weight: 400; }
.sm-nearest th { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def draw_nearest_list(sites: pd.DataFrame, unit: str) -> None:
    """Draw the nearest sites of a table that is sorted by distance, as it is with ``near``.

    A hospital has one line for all trials there.
    """
    if DISTANCE_COLUMN not in sites or sites.empty:
        return
    places: dict[tuple[str, str, str], list[str]] = {}
    for _, site in sites.head(NEAREST).iterrows():
        away = describe_distance(site[DISTANCE_COLUMN], site.uncertainty_km, unit)
        key = (" ".join(away.split()), format_title(site), _format_town(site))
        places.setdefault(key, []).append(str(site.status))
    rows = "".join(
        f"<tr><th scope='row'>{escape(away)}</th>"
        f"<td>{escape(title)}<br>{escape(_format_place(town, statuses))}</td></tr>"
        for (away, title, town), statuses in places.items()
    )
    table = f"<table class='sm-nearest'><caption>Nearest sites</caption>{rows}</table>"
    st.html(f"{STYLE}<div tabindex='0' role='region' aria-label='Nearest sites'>{table}</div>")


def _format_town(site: pd.Series) -> str:
    return ", ".join(str(site[name]) for name in ("city", "country") if site[name])


def _format_place(town: str, statuses: list[str]) -> str:
    """The town, and the status of each trial there: ``Munich, Germany, 2 Recruiting``."""
    counts = Counter(status for status in statuses if status)
    parts = [f"{n} {one}" if len(statuses) > 1 else one for one, n in counts.items()]
    return ", ".join(part for part in (town, *parts) if part)
