"""Tables of a comparison, their downloads, and their sites on a map."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.exports.comparison import TABLES
from dashboard.exports.content import Content
from dashboard.maps import folium_map
from dashboard.maps.layer import build_layer_data
from dashboard.page.state import session
from dashboard.page.streamlit_internals import ColumnConfig
from dashboard.page.tabs import pagination
from dashboard.page.tabs import sites as sites_tab
from dashboard.page.widgets import folium_map as component
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.sites.categoricals import to_plain_text
from dashboard.web.downloads import Download

MAX_MAP_SITES = 10_000
_LABELS = {
    "side": "From",
    "found": "Found",
    "change": "Change",
    "nearest_trial_id": "Nearest: trial",
    "nearest_facility": "Nearest: facility",
    "nearest_city": "Nearest: city",
    "nearest_country": "Nearest: country",
    "nearest_precision": "Nearest: precision",
    "nearest_km": "Nearest (km)",
    "moved_km": "Moved (km)",
    "sites_a": "Sites of A",
    "sites_b": "Sites of B",
    "facilities_a": "Facilities of A",
    "facilities_b": "Facilities of B",
    "facilities_both": "In both",
}
_SHOWN = {
    "sites": (
        *("side", "found", "facility", "city", "country", "status", "trial_id", "precision"),
        *("nearest_facility", "nearest_city", "nearest_trial_id", "nearest_km"),
    ),
    "changes": (
        *("change", "facility", "city", "country", "previous_status", "status"),
        *("previous_city", "moved_km", "trial_id", "previous_date", "date"),
    ),
    "countries": TABLES["countries"],
    "states": TABLES["states"],
}


def draw_table(name: str, rows: pd.DataFrame, key: str, alt: str) -> None:
    """Draw one of :data:`~dashboard.exports.comparison.TABLES`, page by page."""
    shown = [column for column in _SHOWN[name] if column in rows]
    page = pagination.paginate(rows, shown, _label, key)
    st.dataframe(
        to_plain_text(page[shown]),
        hide_index=True,
        height="auto" if len(page) < 12 else 420,
        column_config={column: _configure(column) for column in shown},
        alt=f"{alt}, {len(rows):,} rows",
        **pagination.react_to_headers(len(rows), shown, f"{key}_table", key),
    )


def draw_downloads(content: Content, file_name: str, key: str) -> None:
    """Draw links to a table as CSV and as a workbook."""
    for suffix in ("csv", "xlsx"):
        form = exports.FORMATS[suffix]
        file = Download(f"{file_name}.{suffix}", form.media_type, partial(form.chunks, content))
        draw_download_link(
            f"Download {form.label}",
            session.offer_download(file),
            key=f"{key}_{suffix}",
            primary=suffix == "csv",
        )


def draw_map(sites: pd.DataFrame, colour_by: str, tiles: str, key: str) -> None:
    """Draw sites on a map of their own, coloured by ``found`` or ``change``; nothing unlocated."""
    if len(sites) > MAX_MAP_SITES:
        st.caption(f"The map shows up to {MAX_MAP_SITES:,} sites. Choose fewer to see them on it.")
        return
    if not sites["latitude"].notna().any():
        return
    dark = st.context.theme.type == "dark"
    component.draw_map(
        folium_map.build_base_map(dark=dark, tiles=tiles),
        folium_map.SiteLayer(build_layer_data(sites, colour_by=colour_by, shade="none")),
        key=f"{key}_{'dark' if dark else 'light'}",
        height=380,
        returned=(),
        on_change=lambda: None,
    )


def count_changes(rows: pd.DataFrame) -> str:
    """How many changes of each kind, as Markdown."""
    counts = rows["change"].value_counts(sort=False)
    return ", ".join(f"**{n:,} {change}**" for change, n in counts.items())


def _label(column: str) -> str:
    if column.startswith("previous_"):
        return f"{sites_tab.column_label(column.removeprefix('previous_'))} before"
    return _LABELS.get(column) or sites_tab.column_label(column)


def _configure(column: str) -> ColumnConfig:
    if column.endswith("_km"):
        return st.column_config.NumberColumn(_label(column), format="%.1f")
    if column.startswith(("sites_", "facilities_")):
        return st.column_config.NumberColumn(_label(column), format="localized")
    return st.column_config.Column(_label(column))
