"""Trials and sites by the year or month in which the trial started, in the Trials tab."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.exports import Provenance
from dashboard.exports.datasets import DATASETS, build_content_from
from dashboard.maps.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, SKY
from dashboard.page.state import session
from dashboard.page.tabs import pagination
from dashboard.page.widgets.bar_table import draw_bar_table, draw_stacked_bars
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.reach.timeline import count_starts, describe_method
from dashboard.web.downloads import Download

_HEIGHT = 420
_MOST_YEARS = 100
_NAMES = {"year": "Year", "month": "Month"}
_GROUPS = {"": "All", "country": "Country", "phase": "Phase", "sponsor": "Sponsor"}
_UNKNOWN = "Not stated"
_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, RED, SKY)


def draw_timeline(sites: pd.DataFrame, filters: Filters, provenance: Provenance) -> None:
    """Draw how many trials and sites started when, how many of them recruit, and downloads."""
    st.markdown("**Trials over time**")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        per = st.segmented_control(
            "Started in",
            list(_NAMES),
            default="year",
            key="timeline_per",
            format_func=_NAMES.__getitem__,
        )
        by = st.segmented_control(
            "By", list(_GROUPS), default="", key="timeline_by", format_func=_GROUPS.__getitem__
        )
        _draw_downloads(sites, filters, provenance, str(per or "year"), str(by or ""))
    counts = count_starts(sites, str(per or "year"), str(by or ""))
    if by:
        _draw_stacks(counts, str(per or "year"), str(by))
        _draw_groups(counts, str(per or "year"), str(by))
    else:
        _draw_bars(counts, str(per or "year"))
    st.caption(escape(describe_method(sites, str(per or "year"), str(by or ""))))


def _draw_bars(counts: pd.DataFrame, per: str) -> None:
    most = max(1, int(counts["trials"].max()))
    newest = (_fill_years(counts) if per == "year" else counts).iloc[::-1]
    figures = newest[["trials", "sites", "recruiting_sites"]].to_numpy().tolist()
    rows = (
        (period or _UNKNOWN, numbers[0] / most, [f"{number:,}" for number in numbers])
        for period, numbers in zip(newest["period"].tolist(), figures, strict=True)
    )
    head = (_NAMES[per], "Trials started", "Sites", "Sites recruiting now")
    draw_bar_table(f"Trials by {per} of their start", head, rows, height=_HEIGHT)


def _fill_years(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts with a row for each year between the first and the last, also without a trial."""
    filled = counts.drop(columns="group").set_index("period")
    return filled.reindex(_list_years(filled.index.tolist()), fill_value=0).reset_index()


def _list_years(periods: list[str]) -> list[str]:
    """Every year from the first on to the last, after the one that is not known."""
    years = [int(year) for year in periods if year]
    if not years or max(years) - min(years) > _MOST_YEARS:
        return periods
    every = [str(year) for year in range(min(years), max(years) + 1)]
    return ["", *every] if "" in periods else every


def _draw_stacks(counts: pd.DataFrame, per: str, by: str) -> None:
    """Draw the trials of each period by group, the smaller groups as one."""
    totals = counts.groupby("group")["trials"].sum().sort_values(ascending=False, kind="stable")
    largest = totals.index[: len(_COLOURS)].tolist()
    groups = list(zip(largest, _COLOURS, strict=False))
    if len(totals) > len(largest):
        groups.append((f"{len(totals) - len(largest):,} others", GREY))
    column = counts["group"].where(counts["group"].isin(largest), groups[-1][0])
    table = counts.assign(group=column).pivot_table(
        index="period", columns="group", values="trials", aggfunc="sum", fill_value=0
    )
    periods = table.index.tolist()
    every = _list_years(periods) if per == "year" else periods
    table = table.reindex(every, columns=[name for name, _ in groups], fill_value=0).iloc[::-1]
    rows = zip(table.index.tolist(), table.astype(int).to_numpy().tolist(), strict=True)
    draw_stacked_bars(
        f"Trials by {per} of their start and {by}",
        _NAMES[per],
        groups,
        ((period or _UNKNOWN, numbers) for period, numbers in rows),
        _HEIGHT,
    )
    if by == "country":
        st.caption("A trial in several countries counts once in each.")


def _draw_groups(counts: pd.DataFrame, per: str, by: str) -> None:
    shown = counts.assign(period=counts["period"].where(counts["period"] != "", _UNKNOWN))
    labels = {
        "period": _NAMES[per],
        "group": _GROUPS[by],
        "trials": "Trials started",
        "sites": "Sites",
        "recruiting_trials": "Trials recruiting now",
        "recruiting_sites": "Sites recruiting now",
    }
    newest = shown.sort_values("period", ascending=False, kind="stable")
    page = pagination.paginate(newest, list(labels), labels.__getitem__, "timeline")
    st.dataframe(
        page,
        hide_index=True,
        height="auto" if len(page) < 12 else _HEIGHT,
        column_config={
            name: st.column_config.NumberColumn(label, format="localized")
            if name not in {"period", "group"}
            else label
            for name, label in labels.items()
        },
        alt=f"Trials by {per} of their start and {by}, {len(shown):,} rows",
        **pagination.react_to_headers(len(newest), list(labels), "timeline_table", "timeline"),
    )


def _draw_downloads(
    sites: pd.DataFrame, filters: Filters, provenance: Provenance, per: str, by: str
) -> None:
    dataset = DATASETS["starts"]
    pairs = [*to_query(filters), ("per", per), *([("by", by)] if by else [])]
    content = build_content_from(dataset, dataset.parse(pairs), provenance, sites)
    for suffix in ("csv", "xlsx"):
        form = exports.FORMATS[suffix]
        draw_download_link(
            f"Download {form.label}",
            session.offer_download(
                Download(f"starts.{suffix}", form.media_type, partial(form.chunks, content))
            ),
            key=f"starts_{suffix}",
            primary=suffix == "csv",
        )
