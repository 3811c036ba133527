"""The Streamlit page, read top to bottom like the page itself."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard.errors import FilterError
from dashboard.exports.datasets import build_provenance
from dashboard.library.lists import Library
from dashboard.maps import bundle, folium_map
from dashboard.page.panels import countries, header, jobs
from dashboard.page.panels.map_panel import map_panel
from dashboard.page.sidebar import login, nearest, registry_form, sidebar
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
from dashboard.page.widgets.markdown import plain
from dashboard.query import apply, near
from dashboard.query.facets import facet_counts
from dashboard.query.filters import Filters
from dashboard.service.service import Service, service

if TYPE_CHECKING:
    from collections.abc import Callable


PATIENCE_SECONDS = 0.25


def circle_of(filters: Filters, opened: Service, table: pd.DataFrame) -> folium_map.Circle | None:
    """What "near" is measured from, for the map."""
    if not filters.near:
        return None
    centre = near.find_centre(filters.near, opened.search, table)
    if centre.latitude is None or centre.longitude is None:
        return None
    return folium_map.Circle(
        centre.latitude, centre.longitude, filters.radius_km, centre.place_name
    )


def main() -> None:
    """Draw the page once."""
    st.set_page_config(
        page_title="Trial site map", page_icon=str(bundle.OWN / "icon.svg"), layout="wide"
    )
    opened = login.entered(service())
    wait_for(opened)
    ended = jobs.ended(opened)
    library = session.combined(opened)
    filters = address.read_address()
    unused = st.session_state[address.NOTES]
    notes = [f"Not used from this link: {'; '.join(unused)}"] if unused else []
    lost: FilterError | None = None
    try:
        sites = apply.apply(library.table, filters, opened.search)
        circle = circle_of(filters, opened, library.table)
    except FilterError as error:
        lost = error if error.parameter == "near" else None
        if lost is None:
            allowed = "; ".join(error.allowed[:4])
            notes.append(f"{error}. Perhaps: {allowed}" if allowed else str(error))
        sites, circle = library.table.iloc[:0], None

    # A container each for what comes and goes: the map below keeps its place, and so its view.
    news, title, below_title = st.container(), st.container(), st.container()
    accessibility.add()
    # Before what became of an upload is told, so that the next goes into the uploader that stays.
    sidebar.adding(opened)
    with title:
        header.words(sites, library.trials, library.as_of)
    with below_title:
        header.key_figures(sites)
        sidebar.active_filters(filters)
        if circle is not None:
            st.caption(f"Distances are from {plain(circle.name)}.")
        if sites.empty and lost is None:
            sites_tab.empty_state(filters, len(library.table))
    # What is said first is shown first: what stands over the map, so that the map stays where it
    # is; then the map, which does not wait for what is below and beside it.
    map_panel(sites, library.trials, circle, opened.settings.site_map_tiles, library.table)
    with news:
        open_lists.problems(library, opened.cache.warnings)
        jobs.jobs_panel(opened, ended)
        missing = tuple(t for t in filters.trial if t not in library.trials)
        registry_form.offer_missing(opened, missing)
        for note in notes:
            st.warning(plain(note))
        if lost is not None:
            nearest.which_place(lost, "page")
    sidebar.sidebar(filters, facet_counts(library.table, filters), library.trials, lost)
    login.account()
    panels(sites, library, filters, opened)
    header.footer(opened)
    feedback.told()


def panels(sites: pd.DataFrame, library: Library, filters: Filters, opened: Service) -> None:
    """Draw the tabs; only the open one costs anything."""
    bodies: dict[str, Callable[[], None]] = {
        "Sites": lambda: sites_tab.site_table_view(
            sites,
            library.table,
            downloads.link_of(filters, in_api=library is opened.library()),
            build_provenance(library, opened.cache),
            header.title_of(sites, library.trials),
        ),
        "Countries": lambda: countries.country_table(sites),
        "Facilities": lambda: facilities.facilities_view(sites),
        "Trials": lambda: trial_panel(sites, library),
        "Quality": lambda: quality.quality_view(sites, library, opened),
        "Open lists": lambda: open_lists.lists_view(library, opened),
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
        trials.trials_view(sites, library.trials)
    trial_record.trial_record(library.trials, shown)


def wait_for(opened: Service) -> None:
    """Return once the lists are open; until then show how far it is, and stop if it failed."""
    opened.start()
    if not opened.wait(PATIENCE_SECONDS):
        place = st.empty()
        while not opened.wait(PATIENCE_SECONDS):
            progress = opened.progress
            place.progress(progress.fraction, f"{plain(progress.stage)} …")
        place.empty()
    if opened.failure:
        st.error(plain(opened.failure))
        st.stop()


if __name__ == "__main__":
    main()
