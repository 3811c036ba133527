"""Sites over time: how many, as a chart, and at a chosen time on a map, with what changed."""

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.exports.comparison import TABLES
from dashboard.exports.content import About, Content
from dashboard.exports.datasets import build_provenance
from dashboard.library.history.over_time import History, OverTime, follow, list_histories
from dashboard.library.lists import Library
from dashboard.library.pin_file import locate_with
from dashboard.library.sides import find_side
from dashboard.page.state import address, session
from dashboard.page.tabs.compare import tables
from dashboard.page.widgets.bar_table import draw_bar_table
from dashboard.page.widgets.markdown import escape
from dashboard.reach.timeline import accumulate_starts, describe_starts, find_starts
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.changes import UNCHANGED, mark_changes

MAX_SITES = 300_000
"""Of all versions together that are opened for the chart."""
MAX_CHOICES = 500

_FIRST, _BY_START = "*", "*start"
"""In the address, where no list can be called so: the first choice, and the starts of trials."""
_LABEL = "The sites shown now, by when their trials started"
_HEIGHT = 320
_HELD = "over_time"
_WHOSE = "over_time_of"
_WHEN = "over_time_when"


def is_in_link() -> bool:
    """Whether the address asks for sites over time."""
    return bool(address.view(address.OVER_TIME, ""))


def choose(name: str = _FIRST, *, over: bool = True) -> None:
    """Show a list or trial over time, or (``over=False``) compare two again."""
    address.set_view(address.OVER_TIME, name if over else "", "")


def open_over_time(name: str) -> None:
    """Open the tab with a list or trial over time."""
    choose(name)
    st.session_state["tab"] = "Compare"
    st.rerun()


@st.fragment
def draw_over_time(sites: pd.DataFrame, library: Library, viewer: Viewer) -> None:
    """Draw the choice of a list or trial, the chart of its versions, and one of them.

    Without earlier versions the sites shown are counted from the start of their trials.
    """
    histories = list_histories(library)
    options = [*list(histories)[:MAX_CHOICES], _BY_START]
    asked = address.view(address.OVER_TIME, _FIRST)
    if asked in histories and asked not in options:
        options.insert(0, asked)
    if asked not in options:
        asked = options[0]
    st.session_state[_WHOSE] = asked
    st.selectbox(
        "Sites over time of",
        options,
        key=_WHOSE,
        format_func=lambda name: _describe_choice(histories, library, name),
        on_change=lambda: choose(st.session_state[_WHOSE] or _BY_START),
    )
    if asked == _BY_START:
        _draw_by_start(sites, viewer)
        return
    try:
        found = _follow(histories[asked], library, viewer)
    except FilterError as error:
        st.warning(escape(str(error)))
        return
    _draw_versions(found, histories[asked], library, viewer)


def _describe_choice(histories: dict[str, History], library: Library, name: str) -> str:
    if name == _BY_START:
        return _LABEL
    trial = library.trials.get(name)
    title = f"{name} · {trial.title[:60]}" if trial and trial.title else name
    return f"{title} ({summary.plural(len(histories[name].versions), 'version')})"


def _follow(history: History, library: Library, viewer: Viewer) -> OverTime:
    """The versions; the session holds the last ones."""

    def build() -> OverTime:
        locate = locate_with(viewer.uploads.pins(), viewer.geocoder.locate_many)
        with st.spinner("Comparing versions …", show_time=True):
            kept = history.keep_newest(MAX_SITES)
            over_time = follow(kept, lambda name: find_side("a", name, library, locate))
            _ = over_time.counts
        return over_time

    return session.recall(_HELD, library, history, build)


def _draw_versions(found: OverTime, history: History, library: Library, viewer: Viewer) -> None:
    counts = found.counts
    most = max(1, int(counts["sites"].max()))
    shown = counts.assign(changed=counts["status_changed"] + counts["moved"])
    columns = ("sites", "recruiting", "added", "removed", "changed")
    rows = (
        (str(row["date"]), row["sites"] / most, [f"{row[name]:,}" for name in columns])
        for row in shown.to_dict("records")
    )
    head = ("Data of", "Sites", "Recruiting", "Added", "Removed", "Changed")
    draw_bar_table(f"Sites of {history.name} over time", head, rows, height=_HEIGHT)
    left_out = len(history.versions) - len(found.sides)
    older = f" {summary.plural(left_out, 'older version')} not shown." if left_out else ""
    st.caption(
        "From the versions that are kept. What changed, in status or place, did so some time "
        f"between the dates of two versions.{older}"
    )
    number = _draw_slider([str(date) for date in counts["date"]], history.name)
    before = found.sides[number - 1].sites if number else found.sides[0].sites
    marked = mark_changes(before, found.sides[number].sites)
    tables.draw_map(marked, "change", viewer.settings.site_map_tiles, "over_time_map")
    changes = found.find_changes_to(number)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_describe_changes(counts, number, changes), width="stretch")
        content = _build_content(found, history, library, viewer)
        tables.draw_downloads(content, "changes-over-time", "over_time")
    if len(changes):
        tables.draw_table("changes", changes, "over_time_changes", "What changed")


def _draw_slider(dates: list[str], name: str) -> int:
    """Draw the choice of a time; returns its number."""
    key = f"{_WHEN}_{name}"
    if st.session_state.get(key, 0) >= len(dates):
        st.session_state.pop(key)
    chosen = st.select_slider(
        "Sites as of",
        list(range(len(dates))),
        value=len(dates) - 1,
        format_func=dates.__getitem__,
        key=key,
        help="Arrow keys move from one time to the next",
    )
    return int(chosen)


def _describe_changes(counts: pd.DataFrame, number: int, changes: pd.DataFrame) -> str:
    dates = [str(date) for date in counts["date"]]
    if not number:
        return f"**{dates[0]}** is the oldest version: nothing to compare it with"
    between = f"Between {dates[number - 1]} and {dates[number]}"
    return f"{between}: {tables.count_changes(changes) if len(changes) else '**no changes**'}"


def _build_content(found: OverTime, history: History, library: Library, viewer: Viewer) -> Content:
    """All changes from version to version, as the content of a file."""
    provenance = build_provenance(library, viewer.geocoder.providers)
    newest = found.sides[-1]
    about = About(
        as_of=newest.as_of,
        as_of_oldest=found.sides[0].as_of,
        lists=(history.name,),
        attribution=provenance.describe(newest.sites).attribution,
        total=len(found.changes),
        rows=len(found.changes),
    )
    return Content("changes", found.changes, about, TABLES["changes"])


def _draw_by_start(sites: pd.DataFrame, viewer: Viewer) -> None:
    """Draw the sites shown by the start of their trials."""
    counts = accumulate_starts(sites)
    if counts.empty:
        st.markdown("Neither earlier versions of these sites are kept, nor do they have dates.")
        return
    st.caption(escape(describe_starts(sites)))
    most = max(1, int(counts["sites"].max()))
    rows = (
        (
            str(row["date"]),
            row["sites"] / most,
            [f"{row[name]:,}" for name in ("sites", "new_sites", "trials")],
        )
        for row in counts.to_dict("records")
    )
    head = ("Up to", "Sites", "New sites", "Trials started")
    draw_bar_table("Sites by the start of their trials", head, rows, height=_HEIGHT)
    dates = [str(date) for date in counts["date"]]
    number = _draw_slider(dates, _BY_START) if len(dates) > 1 else 0
    starts = find_starts(sites)["start"].str.slice(0, len(dates[number]))
    kept = ((starts != "") & (starts <= dates[number])).to_numpy()
    new = (starts == dates[number]).to_numpy()[kept]
    shown = sites[kept].assign(change=pd.Series(new).map({True: "added", False: UNCHANGED}).array)
    tables.draw_map(
        shown.reset_index(drop=True), "change", viewer.settings.site_map_tiles, "over_time_map"
    )
