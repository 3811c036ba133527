"""Trials and sites by the year or month in which the trial started, in the Trials tab."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.exports import Provenance
from dashboard.exports.datasets import DATASETS, build_content_from
from dashboard.page.state import session
from dashboard.page.tabs import pagination
from dashboard.page.widgets.bar_table import draw_bar_table
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
    years = [int(year) for year in counts["period"] if year]
    if not years or max(years) - min(years) > _MOST_YEARS:
        return counts
    every = [*([""] if "" in set(counts["period"]) else []), *range(min(years), max(years) + 1)]
    filled = (
        counts.drop(columns="group")
        .set_index("period")
        .reindex([str(year) for year in every], fill_value=0)
    )
    return filled.reset_index()


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
