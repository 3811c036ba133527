"""The nearest sites with their distances, beside the map."""

from html import escape

import pandas as pd
import streamlit as st

from dashboard.maps.layer import NEAREST
from dashboard.maps.places import format_title
from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.near import KM_PER

STYLE = """<style>
.sm-nearest { width: 100%; border-collapse: collapse; font-size: 0.875rem; line-height: 1.3; }
.sm-nearest caption { font-weight: 600; font-size: 1rem; text-align: left; padding: 0 0 0.5rem; }
.sm-nearest th, .sm-nearest td { border: 0; padding: 0.2rem 0.6rem 0.2rem 0; text-align: left;
  vertical-align: top; font-weight: 400; }
.sm-nearest th { white-space: nowrap; text-align: right; font-variant-numeric: tabular-nums; }
</style>"""


def draw_nearest_list(sites: pd.DataFrame, unit: str) -> None:
    """Draw the nearest sites of a table that is sorted by distance, as it is with ``near``."""
    if DISTANCE_COLUMN not in sites or sites.empty:
        return
    rows = "".join(
        f"<tr><th scope='row'>{site[DISTANCE_COLUMN] / KM_PER[unit]:,.1f} {unit}</th>"
        f"<td>{escape(format_title(site))}<br>{escape(_format_place(site))}</td></tr>"
        for _, site in sites.head(NEAREST).iterrows()
    )
    table = f"<table class='sm-nearest'><caption>Nearest sites</caption>{rows}</table>"
    st.html(f"{STYLE}<div tabindex='0' role='region' aria-label='Nearest sites'>{table}</div>")


def _format_place(site: pd.Series) -> str:
    parts = (str(site[name]) for name in ("city", "country", "status"))
    return ", ".join(part for part in parts if part)
