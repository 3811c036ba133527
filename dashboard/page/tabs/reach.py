"""Who lives near the filtered sites, where nobody does, and where a further site would help."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.exports import Provenance
from dashboard.exports.datasets import DATASETS, build_content_from
from dashboard.page.state import address, session
from dashboard.page.streamlit_internals import ColumnConfig
from dashboard.page.tabs import pagination
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.bar_table import draw_bar_table
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.query.near import KM_PER
from dashboard.reach.gaps import LARGE_CITY, find_gaps
from dashboard.reach.method import CREDITS, describe_method
from dashboard.reach.next_sites import propose_sites
from dashboard.reach.reach import measure_reach
from dashboard.reach.site_points import build_site_points
from dashboard.web.downloads import Download

DEFAULT = {"km": 80, "miles": 50}
MOST = {"km": 2_000, "miles": 1_250}
CURVE = {
    "km": (10, 25, 50, 75, 100, 150, 200, 300),
    "miles": (5, 15, 30, 50, 60, 100, 150, 200),
}
"""Distances that the share of people is shown for."""
PROPOSALS = 5
_LEVELS = {"country": "Countries", "state": "States and provinces", "county": "US counties"}
_KINDS = {"state": "State or province", "county": "US county", "city": "City"}
_LABELS = {
    "name": "Name",
    "country_code": "Country",
    "state": "State or province",
    "kind": "What",
    "people": "People",
    "coverage": "Listed",
    "sites": "Sites",
    "sites_per_million": "Sites per million",
    "reached": "People within",
    "share": "Share within",
    "choice_share": "With 3 sites or more",
    "nearest_km": "Nearest site (km)",
    "median_km": "Half live within (km)",
    "gini": "Unevenness",
    "rank": "Order",
    "adds": "Adds people",
    "adds_share": "Adds",
    "share_after": "Share then",
}
_HELP = {
    "coverage": "The share of the country's inhabitants who live in a listed place. "
    "Far from 100 %, only shares are given, no numbers of people.",
    "people": "Inhabitants of the listed places, in the United States of ZIP areas.",
    "gini": "The Gini coefficient of sites against people: 0 where sites are spread like people, "
    "1 where all are in one state (in the United States: county).",
    "sites_per_million": "Sites per million inhabitants. With few sites it says little.",
    "choice_share": "The share of people who have at least three sites within the distance.",
}
_SHARES = {"share", "choice_share", "coverage", "adds_share", "share_after"}


def draw_reach(sites: pd.DataFrame, filters: Filters, provenance: Provenance) -> None:
    """Draw the share of people near the sites, the table by area, gaps and proposals."""
    points = build_site_points(sites)
    if not len(points.sites):
        st.markdown("None of these sites has a position that distances can be measured to.")
        return
    unit = address.unit()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = st.number_input(
            f"Within ({unit})",
            min_value=1,
            max_value=MOST[unit],
            value=DEFAULT[unit],
            step=5,
            key=f"reach_{unit}",
            width=140,
        )
        american = bool((sites["country_code"] == "US").any())
        levels = [level for level in _LEVELS if level != "county" or american]
        level = st.segmented_control(
            "By",
            levels,
            default="country",
            key="reach_level",
            format_func=_LEVELS.__getitem__,
        )
    within_km = asked * KM_PER[unit]
    _draw_share(sites, within_km, f"{asked:,} {unit}")
    _draw_curve(sites, unit)
    _draw_areas(sites, filters, provenance, within_km, str(level or "country"))
    on_demand.expander(
        f"Gaps: areas without a site, and large cities farther than {asked:,} {unit}",
        partial(_draw_gaps, sites, within_km),
        key="reach_gaps",
        icon=":material/location_off:",
    )
    on_demand.expander(
        f"Where a further site would bring most people within {asked:,} {unit}",
        partial(_draw_proposals, sites, within_km),
        key="reach_next",
        icon=":material/add_location:",
    )
    with st.expander("Method, to cite", icon=":material/description:"):
        st.markdown(escape(describe_method(sites)))
        st.caption("  \n".join(map(escape, CREDITS)))


def _draw_share(sites: pd.DataFrame, within_km: float, distance: str) -> None:
    row = measure_reach(sites, (within_km,)).iloc[0]
    people = "people in listed places"
    if row["people"] == row["people"]:
        people = f"people ({row['reached'] / 1e6:,.1f} of {row['people'] / 1e6:,.1f} million)"
    where = "these countries" if row["level"] == "all" else row["name"]
    st.markdown(
        f"**{row['share']:.1%}** of {people} in {escape(where)} live within {distance} of one of "
        f"these sites, **{row['choice_share']:.1%}** of at least three, in a straight line."
    )


def _draw_curve(sites: pd.DataFrame, unit: str) -> None:
    """The share of people against the distance, as a table with bars that anybody can read."""
    steps = CURVE[unit]
    table = measure_reach(sites, tuple(step * KM_PER[unit] for step in steps))
    shares = table["share"].head(len(steps))
    choices = table["choice_share"].head(len(steps))
    rows = (
        (f"{step:,} {unit}", share, (f"{share:.1%}", f"{choice:.1%}"))
        for step, share, choice in zip(steps, shares, choices, strict=True)
    )
    caption = "Share of people by distance to the nearest site"
    draw_bar_table(caption, ("Within", "One site", "Three sites or more"), rows)


def _draw_areas(
    sites: pd.DataFrame, filters: Filters, provenance: Provenance, within_km: float, level: str
) -> None:
    dataset = DATASETS["reach"]
    pairs = [*to_query(filters), ("within_km", f"{within_km:g}"), ("levels", level)]
    content = build_content_from(dataset, dataset.parse(pairs), provenance, sites)
    rows = content.rows[content.rows["level"] == level].sort_values("sites", ascending=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{_LEVELS[level]}**", width="stretch")
        for suffix in ("csv", "xlsx"):
            form = exports.FORMATS[suffix]
            draw_download_link(
                f"Download {form.label}",
                session.offer_download(
                    Download(f"reach.{suffix}", form.media_type, partial(form.chunks, content))
                ),
                key=f"reach_{suffix}",
                primary=suffix == "csv",
            )
    shown = ["name"] if level == "country" else ["name", "country_code"]
    shown += ["people", "coverage", "sites", "sites_per_million"]
    shown += ["reached", "share", "choice_share", "median_km"]
    shown += ["gini"] if level == "country" else []
    _draw_table(rows, shown, level)


def _draw_gaps(sites: pd.DataFrame, within_km: float) -> None:
    gaps = find_gaps(sites, within_km)
    if gaps.empty:
        st.markdown("Every state and county has a site, and every large city has one near.")
        return
    counts = gaps["kind"].value_counts()
    parts = {
        "state": "states or provinces without a site",
        "county": "US counties without a site",
        "city": f"cities of {LARGE_CITY:,} and more whose nearest site is farther",
    }
    st.markdown(
        "; ".join(f"**{counts[kind]:,}** {text}" for kind, text in parts.items() if kind in counts)
    )
    named = gaps.assign(kind=gaps["kind"].map(_KINDS))
    _draw_table(named, ["kind", "name", "state", "country_code", "people", "nearest_km"], "gaps")


def _draw_proposals(sites: pd.DataFrame, within_km: float) -> None:
    proposed = propose_sites(sites, within_km, PROPOSALS)
    if proposed.empty:
        st.markdown("No city of 50,000 or more would bring more people within this distance.")
        return
    _draw_table(
        proposed,
        ["rank", "name", "state", "country_code", "adds", "adds_share", "share_after"],
        "next",
    )
    st.caption(
        "Cities of 50,000 and more, each chosen after those above it. "
        "Whether a hospital there could take part is not known here."
    )


def _draw_table(rows: pd.DataFrame, shown: list[str], noun: str) -> None:
    page = pagination.paginate(rows, shown, _label, f"reach_{noun}")
    table = page[shown].copy()
    for column in _SHARES & set(shown):
        table[column] *= 100
    st.dataframe(
        table,
        hide_index=True,
        placeholder="",
        height="auto" if len(table) < 12 else 420,
        column_config={column: _configure(column) for column in shown},
        alt=f"{noun}, {len(rows):,} rows",
    )


def _label(column: str) -> str:
    return _LABELS.get(column, column)


def _configure(column: str) -> ColumnConfig:
    label, explained = _label(column), _HELP.get(column)
    if column in _SHARES:
        return st.column_config.NumberColumn(label, format="%.1f %%", help=explained)
    if column in {"nearest_km", "median_km", "gini", "sites_per_million"}:
        digits = "%.2f" if column in {"gini", "sites_per_million"} else "%.1f"
        return st.column_config.NumberColumn(label, format=digits, help=explained)
    if column in {"people", "sites", "reached", "adds", "rank"}:
        return st.column_config.NumberColumn(label, format="localized", help=explained)
    return st.column_config.Column(label, help=explained)
