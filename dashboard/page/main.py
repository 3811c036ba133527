"""The Streamlit page; :func:`main` reads from top to bottom like the page itself."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.exports.datasets import build_provenance
from dashboard.library.history.over_time import list_histories
from dashboard.library.lists import Library, find_date, find_unknown
from dashboard.maps import bundle
from dashboard.maps.layer import Circle
from dashboard.page.finder import finder
from dashboard.page.panels import countries, header, jobs, own_values, states
from dashboard.page.panels.map_panel import draw_map_panel
from dashboard.page.sidebar import account, nearest, registry_form, sidebar
from dashboard.page.state import address, session
from dashboard.page.tabs import (
    downloads,
    facilities,
    open_lists,
    quality,
    trial_record,
    trials,
)
from dashboard.page.tabs import sites as sites_tab
from dashboard.page.tabs.compare import compare, over_time
from dashboard.page.tabs.lists import report
from dashboard.page.tabs.reach import question, reach, timeline
from dashboard.page.widgets import accessibility, feedback
from dashboard.page.widgets.markdown import escape
from dashboard.query.apply import apply
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.query.near import find_centre
from dashboard.reports.request import title_sites
from dashboard.service.opener import Opener
from dashboard.service.service import service
from dashboard.service.viewer import Viewer
from dashboard.sites.list_rows import count_sites

POLL_SECONDS = 0.25
MAX_SUGGESTIONS = 4
TABS = (
    "Sites",
    "Countries",
    "States",
    "Facilities",
    "Trials",
    "Reach",
    "Compare",
    "Quality",
    "Open lists",
)


def main() -> None:
    """Draw the page once."""
    st.set_page_config(
        page_title="Trial site map", page_icon=str(bundle.ASSETS_FOLDER / "icon.svg"), layout="wide"
    )
    viewer = account.require_login(service())
    _wait_until_open(service().opener)
    finished = jobs.find_finished(viewer)  # before the library: later ones are not in it
    filters = address.read_address()  # before the library: it may name a colleague's list
    library = session.load_library(viewer)
    if address.is_unconfirmed():
        accessibility.add_fixes()
        draw = (finder if address.mode() == "finder" else header).draw_link_problem
        draw(st.session_state[address.NOTES])
        st.stop()
    if address.mode() == "finder":
        accessibility.add_fixes()
        finder.draw_finder(viewer, library, filters)
        account.draw_account()
        feedback.show_queued_toasts()
        return
    view = _apply_filters(filters, library, viewer)

    accessibility.add_fixes()
    accessibility.set_language("en")
    # Drawn before the toasts on an upload: the next upload goes into the uploader that stays.
    sidebar.draw_add_sites(viewer)
    # Containers for what comes and goes, so that the map keeps its place and with it its view.
    alerts, title, figures = st.container(), st.container(), st.container()
    with alerts:
        finder.draw_open_button()
    with title:
        as_of = find_date(library, count_sites(view.sites))
        header.draw_title(view.sites, library.trials, as_of)
    with figures:
        _draw_figures(view, filters, library.table)
    # The browser shows first what is sent first: the map does not wait for what follows.
    draw_map_panel(
        view.sites,
        library.trials,
        view.circle,
        viewer.settings.site_map_tiles,
        library.table,
        directions=viewer.settings.site_map_directions_url,
    )
    with alerts:
        open_lists.draw_problems(library, viewer)
        jobs.draw_jobs(viewer, finished)
        report.draw_new(library, viewer)
        missing = tuple(trial for trial in filters.trial if trial not in library.trials)
        registry_form.draw_missing_trials(viewer, missing)
        for note in view.notes:
            st.warning(escape(note))
        if view.lost is not None:
            nearest.draw_place_choices(view.lost, "page")
    sidebar.draw_filters(
        filters,
        _count_facets(library, filters),
        library.trials,
        view.lost,
        sites=library.table,
        viewer=viewer,
        shown=len(view.sites),
    )
    account.draw_account()
    _draw_tabs(view.sites, library, filters, viewer)
    header.draw_footer(viewer)
    feedback.show_queued_toasts()


def _count_facets(library: Library, filters: Filters) -> dict[str, dict[str, int]]:
    """The choices with their counts, without the filters that no open list can answer."""
    try:
        return facet_counts(library.table, filters)
    except FilterError as error:
        return _count_facets(library, filters.replace(**{error.parameter: ()}))


@dataclass(frozen=True, slots=True)
class FilteredSites:
    """The sites that the filters leave.

    ``circle`` is the place and radius of ``near``, ``lost`` the reason why that place was not
    found, ``notes`` what else in the link could not be used.
    """

    sites: pd.DataFrame
    circle: Circle | None
    lost: FilterError | None
    notes: tuple[str, ...]


def _apply_filters(filters: Filters, library: Library, viewer: Viewer) -> FilteredSites:
    unused = st.session_state[address.NOTES]
    notes: tuple[str, ...] = (f"Ignored in this link: {'; '.join(unused)}",) if unused else ()
    notes += tuple(
        f"No list here is called “{name}”. If it is the private list of whoever sent the link, ask "
        "for a link for a colleague."
        for name in find_unknown(library, filters.list)
    )
    try:
        centre = find_centre(filters.near, viewer.geocoder.search, library.table)
        sites = apply(library.table, filters, centre)
    except FilterError as error:
        nothing = library.table.iloc[:0]
        if error.parameter == "near":  # the view stays; the page says what was tried
            rest = apply(library.table, filters.replace(near="", radius_km=None))
            return FilteredSites(rest, None, error, notes)
        suggestions = "; ".join(error.allowed[:MAX_SUGGESTIONS])
        note = f"{error}. Did you mean: {suggestions}?" if suggestions else str(error)
        return FilteredSites(nothing, None, None, (*notes, note))
    circle = (
        Circle(centre.latitude, centre.longitude, filters.radius_km, centre.name)
        if centre
        else None
    )
    return FilteredSites(sites, circle, None, notes)


def _draw_figures(view: FilteredSites, filters: Filters, sites: pd.DataFrame) -> None:
    header.draw_key_figures(view.sites)
    sidebar.draw_active_filters(filters, sites)
    if view.circle is not None:
        st.caption(f"Distances are from {escape(view.circle.name)}.")
    if view.sites.empty and view.lost is None:
        sites_tab.draw_empty_state(filters, len(sites))


def _draw_tabs(sites: pd.DataFrame, library: Library, filters: Filters, viewer: Viewer) -> None:
    """Draw the tabs; only the open one costs anything."""
    if "tab" not in st.session_state and question.is_in_link():
        st.session_state["tab"] = "Reach"
    elif "tab" not in st.session_state and over_time.is_in_link():
        st.session_state["tab"] = "Compare"
    for name, tab in zip(TABS, st.tabs(TABS, on_change="rerun", key="tab"), strict=True):
        if tab.open:
            with tab:
                _draw_tab(name, sites, library, filters, viewer)


def _draw_tab(
    name: str, sites: pd.DataFrame, library: Library, filters: Filters, viewer: Viewer
) -> None:
    match name:
        case "Sites":
            sites_tab.draw_site_table(
                sites,
                library.table,
                downloads.build_link(
                    filters, in_api=not session.has_own_view(viewer) and not filters.decision
                ),
                build_provenance(library, viewer.geocoder.providers),
                title=title_sites(sites, library.trials),
                viewer=viewer,
                made=session.list_decisions(library, viewer),
            )
        case "Countries":
            countries.draw_table(sites)
            own_values.draw_groups(sites)
        case "States":
            states.draw_table(sites)
        case "Facilities":
            facilities.draw_facilities(sites, library, viewer)
        case "Trials":
            _draw_trials(sites, library, filters, viewer)
        case "Reach":
            provenance = build_provenance(library, viewer.geocoder.providers)
            reach.draw_reach(sites, filters, provenance, viewer)
        case "Compare":
            compare.draw_compare(sites, library, filters, viewer)
        case "Quality":
            quality.draw_quality(sites, library, viewer)
        case "Open lists":
            open_lists.draw_lists(library, viewer)


def _draw_trials(sites: pd.DataFrame, library: Library, filters: Filters, viewer: Viewer) -> None:
    """Draw the table of trials and lists, when trials started, and the record of one."""
    shown = list(sites["trial_id"].unique())
    if len(shown) > 1 or "" in shown:
        trials.draw_trials(sites, library.trials)
    if len(shown) > 1:
        provenance = build_provenance(library, viewer.geocoder.providers)
        timeline.draw_timeline(sites, filters, provenance)
    trial_record.draw_trial_record(library.trials, shown, list_histories(library))


def _wait_until_open(opener: Opener) -> None:
    """Show progress until the lists are open; stop the page if they could not be opened."""
    opener.start()
    if not opener.wait(POLL_SECONDS):
        place = st.empty()
        while not opener.wait(POLL_SECONDS):
            progress = opener.progress
            with place.container():
                st.progress(progress.fraction, f"{escape(progress.stage)} …")
                if opener.problem:
                    st.warning(escape(f"{opener.problem} It will be tried again."))
        place.empty()
    if opener.failure:
        st.error(escape(opener.failure))
        st.stop()


if __name__ == "__main__":
    main()
