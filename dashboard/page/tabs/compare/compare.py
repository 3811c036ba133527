"""Two lists, trials or filters compared: what both have, counts side by side, what changed."""

from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.exports.comparison import (
    Compared,
    CompareQuery,
    build_compare_content,
    compare,
)
from dashboard.exports.datasets import build_provenance
from dashboard.library.lists import Library
from dashboard.library.pin_file import locate_with
from dashboard.page.state import address, links, session
from dashboard.page.tabs.compare import over_time, saved_filters, tables
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.service.service import service
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.changes import mark_changes
from dashboard.sites.comparison import BOTH, ONLY_A, ONLY_B

MAX_TRIALS = 500
MAX_KM = 20_000.0
_ALL = "q="
_MODE = "compare_over_time"
_WITHIN = "compare_within_km"
_COMPARED = "compared"
_NOUNS = {
    "sites": ("site", "sites"),
    "countries": ("country", "countries"),
    "states": ("state or province", "states or provinces"),
}
_NAMES = {
    "sites": "Sites",
    "changes": "Changes",
    "countries": "Countries",
    "states": "States",
}


def draw_compare(sites: pd.DataFrame, library: Library, filters: Filters, viewer: Viewer) -> None:
    """Draw the choice between two sides and the versions of one, and what was found."""
    st.session_state[_MODE] = over_time.is_in_link()
    st.segmented_control(
        "Compare",
        [False, True],
        key=_MODE,
        format_func=lambda over: "Sites over time" if over else "Two lists, trials or filters",
        on_change=lambda: over_time.choose(over=bool(st.session_state[_MODE])),
        label_visibility="collapsed",
    )
    if over_time.is_in_link():
        over_time.draw_over_time(sites, library, viewer)
    else:
        _draw_sides(library, filters, viewer)


def _draw_sides(library: Library, filters: Filters, viewer: Viewer) -> None:
    """Draw the choice of two sides, and what their comparison found."""
    areas = {urlencode({"within": one.line}): one.name for one in viewer.uploads.areas()}
    names = _list_choices(library, filters) | {
        query: f"Sites in the area {name}" for query, name in areas.items()
    }
    names |= {
        saved_filters.to_side(one): f"Saved filter {one.name}" for one in saved_filters.load()
    }
    if len(names) < 2:
        st.markdown("Open a second list or trial to compare with.")
        return
    with st.grid(3, min_column_width=220):
        a = _draw_side("A", "compare_a", names, 0)
        b = _draw_side("B", "compare_b", names, 1)
        within_km = st.number_input(
            "Only sites near the other side (km)",
            min_value=0.1,
            max_value=MAX_KM,
            value=None,
            key=_WITHIN,
            placeholder="Any distance",
        )
    saved_filters.draw_saved_filters(filters)
    if not a or not b:
        st.caption(
            "Choose what to compare, type a filter such as country=DE&status=Recruiting, or paste "
            "a link to this page."
        )
        return
    query = CompareQuery(a, b, within_km)
    try:
        compared = _compare(query, library, viewer)
    except FilterError as error:
        suggestions = ", ".join(error.allowed[:5])
        st.warning(escape(f"{error}. Try: {suggestions}" if suggestions else str(error)))
        return
    _draw_counts(compared)
    if compared.versions:
        shown, colour_by = mark_changes(compared.a.sites, compared.b.sites), "change"
    else:
        shown, colour_by = compared.comparison.sites, "found"
    tables.draw_map(shown, colour_by, viewer.settings.site_map_tiles, "compare_map")
    _draw_tables(compared, query, in_api=library is viewer.library())


def _list_choices(library: Library, filters: Filters) -> dict[str, str]:
    """What can be compared, as :func:`find_side` takes it, with its name on screen."""
    names = {}
    if filters:
        names[urlencode(to_query(filters))] = "The sites shown now"
    for opened in library.lists:
        if opened.reading is not None:
            names[opened.name] = opened.name
            names |= {
                one.name: f"{one.trial_id or opened.name}, version of {one.added} "
                f"({summary.plural(one.sites, 'site')})"
                for one in opened.versions[:MAX_TRIALS]
            }
    for trial_id in summary.first_trials(library.table, MAX_TRIALS):
        if trial_id and trial_id not in names:
            trial = library.trials.get(trial_id)
            title = f"{trial_id} · {trial.title[:60]}" if trial and trial.title else trial_id
            names[trial_id] = title
    names[_ALL] = "All open sites"
    return names


def _draw_side(label: str, key: str, names: dict[str, str], default: int) -> str:
    """Draw the choice of one side; a filter may be typed, and stays in the address bar."""
    options = list(names)
    asked = address.view(key, options[default])
    if asked not in options:
        options.append(asked)
    st.session_state[key] = asked
    chosen = st.selectbox(
        label,
        options,
        key=key,
        format_func=lambda text: names.get(text, text),
        accept_new_options=True,
        on_change=_choose_side,
        args=(key, list(names)[default]),
    )
    return str(chosen or "")


def _choose_side(key: str, default: str) -> None:
    address.set_view(key, str(st.session_state[key] or default), default)


def _compare(query: CompareQuery, library: Library, viewer: Viewer) -> Compared:
    """The comparison; the session holds the last one."""

    def build() -> Compared:
        locate = locate_with(viewer.uploads.pins(), viewer.geocoder.locate_many)
        provenance = build_provenance(library, viewer.geocoder.providers)
        with st.spinner("Comparing …", show_time=True):
            load_view = service().views.load
            return compare(query, provenance, locate, viewer.geocoder.search, load_view)

    return session.recall(_COMPARED, library, query, build)


def _draw_counts(compared: Compared) -> None:
    counts = compared.comparison.facilities
    sides = ((side.name, len(side.sites)) for side in (compared.a, compared.b))
    texts = [f"{escape(name)} ({summary.plural(count, 'site')})" for name, count in sides]
    st.markdown(f"**A** {texts[0]}  \n**B** {texts[1]}")
    with st.container(horizontal=True):
        for where, label in (
            (BOTH, "Facilities in both"),
            (ONLY_A, "Only in A"),
            (ONLY_B, "Only in B"),
        ):
            st.metric(label, f"{counts[where]:,}", width="content")
    st.caption(
        "A hospital is in both if each list has it, however it is spelt there (see Facilities). "
        "Sites that name no facility are not counted here."
    )


def _draw_tables(compared: Compared, query: CompareQuery, *, in_api: bool) -> None:
    """Draw one of the tables with its downloads."""
    order = ["sites", "countries", "states", "changes"]
    if compared.versions:
        order.insert(0, order.pop())
    name = st.segmented_control(
        "Table",
        order,
        default=order[0],
        key="compare_table",
        format_func=_NAMES.__getitem__,
        label_visibility="collapsed",
    )
    name = str(name or order[0])
    _, rows = compared.table(name)
    asked = CompareQuery(query.a, query.b, query.within_km, name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_describe_rows(name, rows), width="stretch")
        tables.draw_downloads(build_compare_content(compared, asked), f"compare-{name}", "compare")
    if rows.empty:
        return
    tables.draw_table(name, rows, "compare", f"Comparison: {_NAMES[name].lower()}")
    if in_api:
        url = links.get_page_url().rstrip("/")
        st.markdown("The same over HTTP")
        st.code(
            f"{url}/api/compare.csv?{urlencode(asked.to_pairs())}", language=None, wrap_lines=True
        )


def _describe_rows(name: str, rows: pd.DataFrame) -> str:
    if name != "changes":
        return f"**{summary.plural(len(rows), *_NOUNS[name])}**"
    if rows.empty:
        return "**No changes** from A to B"
    return f"From A to B: {tables.count_changes(rows)}"
