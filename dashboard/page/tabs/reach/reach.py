"""Who lives near the filtered sites, where nobody does, and where a further site would help."""

from functools import partial
from typing import NamedTuple

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.exports import Provenance
from dashboard.exports.datasets import DATASETS, build_content_from, find_tables
from dashboard.library.sides import find_list_sites, find_trial_sites
from dashboard.page.state import address, session
from dashboard.page.streamlit_internals import ColumnConfig
from dashboard.page.tabs import pagination
from dashboard.page.tabs.reach.rates_map import draw_rates_map
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.bar_table import draw_bar_table
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.query.near import KM_PER
from dashboard.reach import travel_time
from dashboard.reach.catchment import MOST_KM as MOST_CATCHMENT_KM
from dashboard.reach.gaps import LARGE_CITY, find_gaps
from dashboard.reach.method import CREDITS, describe_method, list_notes
from dashboard.reach.next_sites import LEAST_CITY, MOST_SITES, propose_sites
from dashboard.reach.rates import FEW, measure_rates
from dashboard.reach.reach import MOST_MINUTES, measure_reach
from dashboard.reach.site_points import build_site_points
from dashboard.reach.travel_time import find_distance
from dashboard.sites.summary import first_trials
from dashboard.web.downloads import Download

DEFAULT = {"km": 80, "miles": 50}
MOST = {"km": 2_000, "miles": 1_250}
CURVE = {
    "km": (10, 25, 50, 75, 100, 150, 200, 300),
    "miles": (5, 15, 30, 50, 60, 100, 150, 200),
    "minutes": (15, 30, 45, 60, 90, 120, 180, 240),
}
"""Distances, and minutes, that the share of people is shown for."""
PROPOSALS = 5
DEFAULT_MINUTES = 60
MAX_TRIALS = 500
_MINUTES = "minutes"
_CITIES = f"Cities of {LEAST_CITY:,} people and more"
_SHORTLIST = "My shortlist"
_LEVELS = {"country": "Countries", "state": "States and provinces", "county": "US counties"}
_KINDS = {"state": "State or province", "county": "US county", "city": "City"}
_LABELS = {
    "name": "Name",
    "country_code": "Country",
    "state": "State or province",
    "kind": "What",
    "recruiting": "Recruiting sites",
    "recruiting_per_million": "Recruiting per million",
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
    "access_per_million": "Shared access per million",
    "against_share": "Share of the other trial",
    "only_here": "People only here",
    "only_here_share": "Share only here",
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
    "recruiting_per_million": f"Of the people counted. With fewer than {FEW} sites it says little.",
    "access_per_million": "Sites per million people, a site being shared by all who live within "
    "the distance of it (2SFCA).",
    "only_here": "People within the distance of one of these sites and of none of the other trial.",
    "choice_share": "The share of people who have at least three sites within the distance.",
}
_SHARES = {
    *("share", "choice_share", "coverage", "adds_share", "share_after"),
    *("against_share", "only_here_share"),
}


class Asked(NamedTuple):
    """What a person asks of the tab.

    ``within_km`` is the straight line; with ``minutes`` the one that they are estimated from.
    ``words`` say the distance. ``catchment_km`` is set for shared access, ``against`` is the id of
    another trial.
    """

    within_km: float
    words: str
    level: str
    minutes: int = 0
    catchment_km: float | None = None
    against: str = ""

    def to_pairs(self) -> list[tuple[str, str]]:
        """The parameters of the dataset ``reach``."""
        within = ("within_min", str(self.minutes)) if self.minutes else ()
        within = within or ("within_km", f"{self.within_km:g}")
        pairs = [within, ("levels", self.level)]
        pairs += [("catchment_km", f"{self.catchment_km:g}")] if self.catchment_km else []
        return pairs + ([("against", self.against)] if self.against else [])


def draw_reach(
    sites: pd.DataFrame,
    filters: Filters,
    provenance: Provenance,
    *,
    shortlist: pd.DataFrame,
    tiles: str,
) -> None:
    """Draw the share of people near the sites, the table by area, a map, gaps and proposals.

    Args:
        sites: the filtered site table.
        filters: that were applied.
        provenance: that of the library.
        shortlist: the sites that the session has shortlisted.
        tiles: as ``SITE_MAP_TILES``.
    """
    points = build_site_points(sites)
    notes = list_notes(sites)
    for note in notes:
        st.markdown(escape(note))
    if not len(points.sites):
        return
    asked = _draw_question(sites, provenance)
    _draw_share(sites, asked, provenance)
    _draw_curve(sites, _MINUTES if asked.minutes else address.unit())
    _draw_areas(sites, filters, provenance, asked)
    on_demand.expander(
        "Map of recruiting sites per million people, and of large cities without a site near",
        partial(_draw_rates, sites, filters, provenance, asked, tiles),
        key="reach_rates",
        icon=":material/map:",
    )
    on_demand.expander(
        f"Gaps: areas without a site, and large cities farther than {asked.words}",
        partial(_draw_gaps, sites, asked.within_km),
        key="reach_gaps",
        icon=":material/location_off:",
    )
    on_demand.expander(
        f"Where a further site would bring most people within {asked.words}",
        partial(_draw_proposals, sites, asked.within_km, provenance, shortlist),
        key="reach_next",
        icon=":material/add_location:",
    )
    with st.expander("Method, to cite", icon=":material/description:"):
        query = DATASETS["reach"].parse(asked.to_pairs())
        arguments = find_tables(query.arguments(), provenance.library)
        st.code(describe_method(sites, **arguments), language=None, wrap_lines=True)
        st.caption("  \n".join(map(escape, CREDITS)))


def _draw_question(sites: pd.DataFrame, provenance: Provenance) -> Asked:
    """Draw the choice of distance or minutes, of the level, and of what else is shown."""
    unit = address.unit()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        measure = st.segmented_control(
            "Near means",
            [unit, _MINUTES],
            default=unit,
            key=f"reach_measure_{unit}",
            format_func=lambda name: "Minutes (estimated)" if name == _MINUTES else name,
            help=travel_time.SOURCE,
        )
        timed = measure == _MINUTES
        number = st.number_input(
            "Within (minutes)" if timed else f"Within ({unit})",
            min_value=1,
            max_value=MOST_MINUTES if timed else MOST[unit],
            value=DEFAULT_MINUTES if timed else DEFAULT[unit],
            step=5,
            key="reach_minutes" if timed else f"reach_{unit}",
            width=140,
        )
        american = bool((sites["country_code"] == "US").any())
        level = st.segmented_control(
            "By",
            [level for level in _LEVELS if level != "county" or american],
            default="country",
            key="reach_level",
            format_func=_LEVELS.__getitem__,
        )
    within_km = find_distance(number) if timed else number * KM_PER[unit]
    words = f"an estimated {number:,} minutes" if timed else f"{number:,} {unit}"
    with st.container(horizontal=True, vertical_alignment="center"):
        against = _draw_trial_choice(sites, provenance)
        shared = st.toggle(
            "Shared access",
            key="reach_shared",
            disabled=within_km > MOST_CATCHMENT_KM,
            help=f"Sites per million people if everybody within {words} of a site shares it "
            "(two-step floating catchment, 2SFCA). "
            f"Up to {MOST_CATCHMENT_KM:,.0f} km.",
        )
    return Asked(
        within_km,
        words,
        str(level or "country"),
        number if timed else 0,
        within_km if shared and within_km <= MOST_CATCHMENT_KM else None,
        against,
    )


def _draw_trial_choice(sites: pd.DataFrame, provenance: Provenance) -> str:
    """Draw the choice of a trial to compare with, if there is another one; its id, or empty."""
    trials = provenance.library.trials
    shown = set(first_trials(sites, 2))
    others = [i for i in first_trials(provenance.library.table, MAX_TRIALS) if i]
    if len(shown) == 1:
        others = [i for i in others if i not in shown]
    if not others:
        return ""
    chosen = st.selectbox(
        "Compare with a trial",
        others,
        index=None,
        key="reach_against",
        format_func=lambda i: f"{i} · {trials[i].title[:60]}" if i in trials else i,
        placeholder="Compare with a trial",
        label_visibility="collapsed",
        width=320,
    )
    return str(chosen or "")


def _draw_share(sites: pd.DataFrame, asked: Asked, provenance: Provenance) -> None:
    other = None
    if asked.against:
        other = find_trial_sites("against", asked.against, provenance.library)
    row = measure_reach(sites, (asked.within_km,), against=other).iloc[0]
    people = "people in listed places"
    if row["people"] == row["people"]:
        people = f"people ({row['reached'] / 1e6:,.1f} of {row['people'] / 1e6:,.1f} million)"
    where = "these countries" if row["level"] == "all" else row["name"]
    how = "; minutes are no drive times" if asked.minutes else ", in a straight line"
    st.markdown(
        f"**{row['share']:.1%}** of {people} in {escape(where)} live within {asked.words} of one "
        f"of these sites, **{row['choice_share']:.1%}** of at least three{how}."
    )
    if other is not None:
        st.markdown(
            f"**{row['only_here_share']:.1%}** have one of these sites and none of "
            f"{escape(asked.against)}, which reaches **{row['against_share']:.1%}**."
        )


def _draw_curve(sites: pd.DataFrame, unit: str) -> None:
    """The share of people against the distance, as a table with bars that anybody can read."""
    steps = CURVE[unit]
    if unit == _MINUTES:
        table = measure_reach(sites, within_min=steps)
    else:
        table = measure_reach(sites, tuple(step * KM_PER[unit] for step in steps))
    shares = table["share"].head(len(steps))
    choices = table["choice_share"].head(len(steps))
    rows = (
        (
            f"{step:,} {'min' if unit == _MINUTES else unit}",
            share,
            (f"{share:.1%}", f"{choice:.1%}"),
        )
        for step, share, choice in zip(steps, shares, choices, strict=True)
    )
    by = "estimated minutes" if unit == _MINUTES else "distance"
    caption = f"Share of people by {by} to the nearest site"
    draw_bar_table(caption, ("Within", "One site", "Three sites or more"), rows)


def _draw_areas(
    sites: pd.DataFrame, filters: Filters, provenance: Provenance, asked: Asked
) -> None:
    dataset, level = DATASETS["reach"], asked.level
    query = dataset.parse([*to_query(filters), *asked.to_pairs()])
    content = build_content_from(dataset, query, provenance, sites)
    rows = content.rows[content.rows["level"] == level].sort_values("sites", ascending=False)
    _draw_downloads(_LEVELS[level], content)
    shown = ["name"] if level == "country" else ["name", "country_code"]
    shown += ["people", "coverage", "sites", "sites_per_million"]
    shown += ["access_per_million"] if asked.catchment_km else []
    shown += ["reached", "share", "choice_share"]
    shown += ["against_share", "only_here", "only_here_share"] if asked.against else []
    shown += ["median_km"]
    shown += ["gini"] if level == "country" else []
    _draw_table(rows, shown, level)


def _draw_downloads(title: str, content: exports.Content) -> None:
    """Draw a title, and beside it links to a dataset's files."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape(title)}**", width="stretch")
        for suffix in ("csv", "xlsx"):
            form = exports.FORMATS[suffix]
            name = f"{content.name}.{suffix}"
            draw_download_link(
                f"Download {form.label}",
                session.offer_download(
                    Download(name, form.media_type, partial(form.chunks, content))
                ),
                key=f"{content.name.replace('-', '_')}_{suffix}",
                primary=suffix == "csv",
            )


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
    _draw_downloads(f"{_LEVELS[asked.level]} by recruiting sites", content)
    shown = ["name", "country_code", "recruiting", "recruiting_per_million", "sites", "people"]
    _draw_table(rates, shown[:1] + shown[2:] if asked.level == "country" else shown, "rates")


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


def _draw_proposals(
    sites: pd.DataFrame, within_km: float, provenance: Provenance, shortlist: pd.DataFrame
) -> None:
    library = provenance.library
    names = [_CITIES, *([_SHORTLIST] if len(shortlist) else [])]
    names += [one.name for one in library.lists if one.reading is not None]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = str(st.selectbox("Choose among", names, key="reach_candidates", width=320))
        count = st.number_input("How many", 1, MOST_SITES, PROPOSALS, key="reach_count", width=120)
    candidates = None
    if chosen == _SHORTLIST:
        candidates = shortlist
    elif chosen != _CITIES:
        candidates = find_list_sites("candidates", chosen, library)
    proposed = propose_sites(sites, within_km, int(count), candidates)
    if proposed.empty:
        st.markdown(f"None of them would bring more people within this distance: {escape(chosen)}.")
        return
    _draw_table(
        proposed,
        ["rank", "name", "state", "country_code", "adds", "adds_share", "share_after"],
        "next",
    )
    st.caption(
        "Each is chosen after those above it, which adds at least 63 % of what the best choice "
        "of so many would add. "
        "Whether a hospital there could take part is not known here."
    )


_COUNTS = {"people", "sites", "reached", "adds", "rank", "only_here", "recruiting"}
_TENTHS = {"nearest_km", "median_km"}
_HUNDREDTHS = {"gini", "sites_per_million", "access_per_million", "recruiting_per_million"}


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
    if column in _TENTHS | _HUNDREDTHS:
        digits = "%.2f" if column in _HUNDREDTHS else "%.1f"
        return st.column_config.NumberColumn(label, format=digits, help=explained)
    if column in _COUNTS:
        return st.column_config.NumberColumn(label, format="localized", help=explained)
    return st.column_config.Column(label, help=explained)
