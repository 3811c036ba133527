"""The Streamlit page, read top to bottom like the page itself."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.exports.datasets import build_provenance
from dashboard.library.lists import Library
from dashboard.maps import bundle
from dashboard.maps.layer import Circle
from dashboard.page.panels import countries, header, jobs
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
from dashboard.page.widgets import accessibility, feedback
from dashboard.page.widgets.markdown import escape
from dashboard.query import apply, near
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.service.opener import Opener
from dashboard.service.service import service
from dashboard.service.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Callable


PATIENCE_SECONDS = 0.25


def circle_of(filters: Filters, viewer: Viewer, table: pd.DataFrame) -> Circle | None:
    """What "near" is measured from, for the map."""
    if not filters.near:
        return None
    centre = near.find_centre(filters.near, viewer.geocoder.search, table)
    if centre.latitude is None or centre.longitude is None:
        return None
    return Circle(centre.latitude, centre.longitude, filters.radius_km, centre.place_name)


def main() -> None:
    """Draw the page once."""
    st.set_page_config(
        page_title="Trial site map", page_icon=str(bundle.ASSETS_FOLDER / "icon.svg"), layout="wide"
    )
    viewer = account.require_login(service())
    wait_for(service().opener)
    ended = jobs.ended(viewer)
    library = session.combined(viewer)
    filters = address.read_address()
    unused = st.session_state[address.NOTES]
    notes = [f"Not used from this link: {'; '.join(unused)}"] if unused else []
    lost: FilterError | None = None
    try:
        sites = apply.apply(library.table, filters, viewer.geocoder.search)
        circle = circle_of(filters, viewer, library.table)
    except FilterError as error:
        lost = error if error.parameter == "near" else None
        if lost is None:
            allowed = "; ".join(error.allowed[:4])
            notes.append(f"{error}. Perhaps: {allowed}" if allowed else str(error))
        sites, circle = library.table.iloc[:0], None

    # A container each for what comes and goes: the map below keeps its place, and so its view.
    news, title, below_title = st.container(), st.container(), st.container()
    accessibility.add_fixes()
    # Before what became of an upload is told, so that the next goes into the uploader that stays.
    sidebar.adding(viewer)
    with title:
        header.draw_title(sites, library.trials, library.as_of)
    with below_title:
        header.draw_key_figures(sites)
        sidebar.active_filters(filters)
        if circle is not None:
            st.caption(f"Distances are from {escape(circle.name)}.")
        if sites.empty and lost is None:
            sites_tab.draw_empty_state(filters, len(library.table))
    # What is said first is shown first: what stands over the map, so that the map stays where it
    # is; then the map, which does not wait for what is below and beside it.
    draw_map_panel(sites, library.trials, circle, viewer.settings.site_map_tiles, library.table)
    with news:
        open_lists.draw_problems(library, viewer.geocoder.warnings)
        jobs.draw_jobs(viewer, ended)
        missing = tuple(t for t in filters.trial if t not in library.trials)
        registry_form.draw_missing_trials(viewer, missing)
        for note in notes:
            st.warning(escape(note))
        if lost is not None:
            nearest.draw_place_choices(lost, "page")
    sidebar.sidebar(filters, facet_counts(library.table, filters), library.trials, lost)
    account.draw_account()
    panels(sites, library, filters, viewer)
    header.draw_footer(viewer)
    feedback.show_toasts()


def panels(sites: pd.DataFrame, library: Library, filters: Filters, viewer: Viewer) -> None:
    """Draw the tabs; only the open one costs anything."""
    bodies: dict[str, Callable[[], None]] = {
        "Sites": lambda: sites_tab.draw_site_table(
            sites,
            library.table,
            downloads.build_link(filters, in_api=library is viewer.library()),
            build_provenance(library, viewer.geocoder.providers),
            header.build_file_title(sites, library.trials),
        ),
        "Countries": lambda: countries.draw_table(sites),
        "Facilities": lambda: facilities.draw_facilities(sites),
        "Trials": lambda: trial_panel(sites, library),
        "Quality": lambda: quality.draw_quality(sites, library, viewer),
        "Open lists": lambda: open_lists.draw_lists(library, viewer),
    }
    for tab, body in zip(
        st.tabs(list(bodies), on_change="rerun", key="tab"), bodies.values(), strict=True
    ):
        if tab.open:
            with tab:
                body()


def trial_panel(sites: pd.DataFrame, library: Library) -> None:
    """Draw the table of trials where there are several, and the record of one."""
    shown = list(sites["trial_id"].unique())
    if len(shown) > 1:
        trials.draw_trials(sites, library.trials)
    trial_record.draw_trial_record(library.trials, shown)


def wait_for(opener: Opener) -> None:
    """Return once the lists are open; until then show how far it is, and stop if it failed."""
    opener.start()
    if not opener.wait(PATIENCE_SECONDS):
        place = st.empty()
        while not opener.wait(PATIENCE_SECONDS):
            progress = opener.progress
            place.progress(progress.fraction, f"{escape(progress.stage)} …")
        place.empty()
    if opener.failure:
        st.error(escape(opener.failure))
        st.stop()


if __name__ == "__main__":
    main()
