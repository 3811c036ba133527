"""Who lives near the filtered sites, where nobody does, and where a further site would help."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.exports import Provenance
from dashboard.exports.datasets import DATASETS, build_content_from, find_tables
from dashboard.exports.road_reach import use_road_times
from dashboard.library.sides import find_trial_sites
from dashboard.page.state import address
from dashboard.page.tabs.reach import road_minutes
from dashboard.page.tabs.reach.question import MINUTES, Asked, draw_question
from dashboard.page.tabs.reach.rates_map import draw_rates_map
from dashboard.page.tabs.reach.tables import LEVELS, draw_downloads, draw_table
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.bar_table import draw_bar_table
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.query.near import KM_PER
from dashboard.reach.gaps import LARGE_CITY, find_gaps
from dashboard.reach.method import CREDITS, describe_method, list_notes
from dashboard.reach.next_sites import LEAST_CITY, MOST_SITES, propose_sites
from dashboard.reach.rates import measure_rates
from dashboard.reach.reach import measure_reach
from dashboard.reach.road_times import RoadTimes
from dashboard.reach.site_points import build_site_points
from dashboard.service.viewer import Viewer
from dashboard.sites.decisions import select_shortlisted
from dashboard.sites.summary import plural

CURVE = {
    "km": (10, 25, 50, 75, 100, 150, 200, 300),
    "miles": (5, 15, 30, 50, 60, 100, 150, 200),
    "minutes": (15, 30, 45, 60, 90, 120, 180, 240),
}
"""Distances, and minutes, that the share of people is shown for."""
PROPOSALS = 5
_KINDS = {"state": "State or province", "county": "US county", "city": "City"}
_CITIES = f"Cities of {LEAST_CITY:,} people and more"
_SHORTLIST = "My shortlist"


def draw_reach(
    sites: pd.DataFrame,
    filters: Filters,
    provenance: Provenance,
    viewer: Viewer,
) -> None:
    """Draw the share of people near the sites, the table by area, a map, gaps and proposals.

    Args:
        sites: the filtered site table.
        filters: that were applied.
        provenance: that of the library.
        viewer: the session, with its shortlist and its routing server.
    """
    points = build_site_points(sites)
    notes = list_notes(sites)
    for note in notes:
        st.markdown(escape(note))
    if not len(points.sites):
        return
    asked = draw_question(sites, provenance)
    road = road_minutes.draw_road_minutes(sites, asked.minutes, viewer)
    _draw_share(sites, asked, provenance, road)
    _draw_curve(sites, MINUTES if asked.minutes else address.unit())
    _draw_areas(sites, filters, provenance, asked, road)
    shortlist = select_shortlisted(provenance.library.table, viewer.decisions.all())
    tiles = viewer.settings.site_map_tiles
    on_demand.expander(
        "Map of recruiting sites per million people, and of large cities without a site near",
        partial(_draw_rates, sites, filters, provenance, asked, tiles),
        key="reach_rates",
        icon=":material/map:",
    )
    on_demand.expander(
        f"Gaps: areas without a site, and large cities farther than {asked.words}",
        partial(_draw_gaps, sites, filters, provenance, asked.within_km),
        key="reach_gaps",
        icon=":material/location_off:",
    )
    on_demand.expander(
        f"Where a further site would bring most people within {asked.words}",
        partial(_draw_proposals, sites, filters, provenance, asked.within_km, shortlist),
        key="reach_next",
        icon=":material/add_location:",
    )
    with st.expander("Method, to cite", icon=":material/description:"):
        query = DATASETS["reach"].parse(asked.to_pairs())
        arguments = find_tables(query.arguments(), provenance.library)
        method = describe_method(sites, **arguments, road=road)
        st.code(method, language=None, wrap_lines=True)
        st.caption("  \n".join(map(escape, CREDITS)))


def _draw_share(
    sites: pd.DataFrame, asked: Asked, provenance: Provenance, road: RoadTimes | None
) -> None:
    other = None
    if asked.against:
        other = find_trial_sites("against", asked.against, provenance.library)
    words = asked.words
    if road is not None:
        row = measure_reach(sites, within_min=(asked.minutes,), road=road).iloc[0]
        words = f"{plural(asked.minutes, 'minute')} by road"
    else:
        row = measure_reach(sites, (asked.within_km,), against=other).iloc[0]
    people = "people in listed places"
    if row["people"] == row["people"]:
        people = f"people ({row['reached'] / 1e6:,.1f} of {row['people'] / 1e6:,.1f} million)"
    where = "these countries" if row["level"] == "all" else row["name"]
    how = "; minutes are no drive times" if asked.minutes else ", in a straight line"
    how = ", without traffic" if road is not None else how
    st.markdown(
        f"**{row['share']:.1%}** of {people} in {escape(where)} live within {words} of one "
        f"of these sites, **{row['choice_share']:.1%}** of at least three{how}."
    )
    if other is not None and road is None:
        st.markdown(
            f"**{row['only_here_share']:.1%}** have one of these sites and none of "
            f"{escape(asked.against)}, which reaches **{row['against_share']:.1%}**."
        )


def _draw_curve(sites: pd.DataFrame, unit: str) -> None:
    """The share of people against the distance, as a table with bars that anybody can read."""
    steps = CURVE[unit]
    if unit == MINUTES:
        table = measure_reach(sites, within_min=steps)
    else:
        table = measure_reach(sites, tuple(step * KM_PER[unit] for step in steps))
    shares = table["share"].head(len(steps))
    choices = table["choice_share"].head(len(steps))
    rows = (
        (
            f"{step:,} {'min' if unit == MINUTES else unit}",
            share,
            (f"{share:.1%}", f"{choice:.1%}"),
        )
        for step, share, choice in zip(steps, shares, choices, strict=True)
    )
    by = "estimated minutes" if unit == MINUTES else "distance"
    caption = f"Share of people by {by} to the nearest site"
    draw_bar_table(caption, ("Within", "One site", "Three sites or more"), rows)


def _draw_areas(
    sites: pd.DataFrame,
    filters: Filters,
    provenance: Provenance,
    asked: Asked,
    road: RoadTimes | None,
) -> None:
    dataset, level = DATASETS["reach"], asked.level
    if road is not None:
        dataset = use_road_times(dataset, lambda _sites, _minutes: road)
    query = dataset.parse([*to_query(filters), *asked.to_pairs()])
    content = build_content_from(dataset, query, provenance, sites)
    rows = content.rows[content.rows["level"] == level].sort_values("sites", ascending=False)
    draw_downloads(LEVELS[level], content)
    where = {"country": [], "state": ["country_code"], "county": ["state"]}
    shown = ["name", *where[level]]
    shown += ["people", "coverage", "sites", "sites_per_million"]
    shown += ["access_per_million"] if asked.catchment_km else []
    shown += ["reached", "share", "choice_share"]
    compared = bool(asked.against) and road is None
    shown += ["against_share", "only_here", "only_here_share"] if compared else []
    shown += ["median_km"]
    shown += ["gini"] if level == "country" else []
    draw_table(rows, shown, level)


def _draw_rates(
    sites: pd.DataFrame, filters: Filters, provenance: Provenance, asked: Asked, tiles: str
) -> None:
    gaps = find_gaps(sites, asked.within_km)
    gaps = gaps[gaps["kind"] == "city"]
    rates = measure_rates(sites, (asked.level,))
    draw_rates_map(rates, gaps, tiles)
    dataset = DATASETS["reach-rates"]
    query = dataset.parse([*to_query(filters), ("levels", asked.level)])
    content = build_content_from(dataset, query, provenance, sites)
    draw_downloads(f"{LEVELS[asked.level]} by recruiting sites", content)
    shown = ["name", "country_code", "recruiting", "recruiting_per_million", "sites", "people"]
    draw_table(rates, shown[:1] + shown[2:] if asked.level == "country" else shown, "rates")


def _draw_gaps(
    sites: pd.DataFrame, filters: Filters, provenance: Provenance, within_km: float
) -> None:
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
    found = {kind: text for kind, text in parts.items() if kind in counts}
    st.markdown("; ".join(f"**{counts[kind]:,}** {text}" for kind, text in found.items()))
    chosen = st.segmented_control(
        "Show",
        list(found),
        key="reach_gap_kinds",
        selection_mode="multi",
        default=list(found),
        format_func=lambda kind: f"{_KINDS[kind]} ({counts[kind]:,})",
        label_visibility="collapsed",
    )
    dataset = DATASETS["reach-gaps"]
    query = dataset.parse([*to_query(filters), ("beyond_km", f"{within_km:.6g}")])
    draw_downloads("", build_content_from(dataset, query, provenance, sites))
    named = gaps[gaps["kind"].isin(chosen or list(found))]
    named = named.assign(kind=named["kind"].map(_KINDS))
    draw_table(named, ["kind", "name", "state", "country_code", "people", "nearest_km"], "gaps")


def _draw_proposals(
    sites: pd.DataFrame,
    filters: Filters,
    provenance: Provenance,
    within_km: float,
    shortlist: pd.DataFrame,
) -> None:
    names = [_CITIES, *([_SHORTLIST] if len(shortlist) else [])]
    names += [one.name for one in provenance.library.lists if one.reading is not None]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = str(st.selectbox("Choose among", names, key="reach_candidates", width=320))
        count = st.number_input("How many", 1, MOST_SITES, PROPOSALS, key="reach_count", width=120)
    dataset = DATASETS["reach-next"]
    pairs = [*to_query(filters), ("within_km", f"{within_km:.6g}"), ("count", str(count))]
    if chosen == _SHORTLIST:  # it is the session's own: no parameter names it
        dataset = replace(dataset, build=partial(propose_sites, candidates=shortlist))
    elif chosen != _CITIES:
        pairs.append(("candidates", chosen))
    content = build_content_from(dataset, dataset.parse(pairs), provenance, sites)
    if content.rows.empty:
        st.markdown(f"None of them would bring more people within this distance: {escape(chosen)}.")
        return
    draw_downloads("", content)
    shown = ["rank", "name", "state", "country_code", "adds", "adds_share", "share_after"]
    draw_table(content.rows, shown, "next")
    st.caption(
        "Each is chosen after those above it, which adds at least 63 % of what the best choice "
        "of so many would add. Whether a hospital there could take part is not known here."
    )
