"""The Streamlit page, read top to bottom like the page itself."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard import maps, nearness, selection
from dashboard.answers import origins_of
from dashboard.assets import libraries
from dashboard.errors import FilterError
from dashboard.facets import facet_counts
from dashboard.filters import Filters
from dashboard.library import Library
from dashboard.links import plain
from dashboard.service import Service, service
from dashboard.views import (
    accessibility,
    address,
    countries,
    downloads,
    facilities,
    footer,
    header,
    jobs_panel,
    lists,
    login,
    own_lists,
    person,
    quality,
    registry_form,
    sidebar,
    starting,
    tables,
    toasts,
    trial,
    trials,
)
from dashboard.views.map_panel import map_panel

if TYPE_CHECKING:
    from collections.abc import Callable


def circle_of(filters: Filters, opened: Service, table: pd.DataFrame) -> maps.Circle | None:
    """What "near" is measured from, for the map."""
    if not filters.near:
        return None
    centre = nearness.centre_of(filters.near, opened.search, table)
    if centre.latitude is None or centre.longitude is None:
        return None
    return maps.Circle(centre.latitude, centre.longitude, filters.radius_km, centre.place_name)


def main() -> None:
    """Draw the page once."""
    st.set_page_config(
        page_title="Trial site map", page_icon=str(libraries.OWN / "icon.svg"), layout="wide"
    )
    opened = login.entered(service())
    starting.wait_for(opened)
    ended = jobs_panel.ended(opened)
    library = own_lists.combined(opened)
    filters = address.read_address()
    unused = st.session_state[address.NOTES]
    notes = [f"Not used from this link: {'; '.join(unused)}"] if unused else []
    lost: FilterError | None = None
    try:
        sites = selection.apply(library.table, filters, opened.search)
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
            tables.empty_state(filters, len(library.table))
    # What is said first is shown first: what stands over the map, so that the map stays where it
    # is; then the map, which does not wait for what is below and beside it.
    map_panel(sites, library.trials, circle, opened.settings.site_map_tiles, library.table)
    with news:
        lists.problems(library, opened.cache.warnings)
        jobs_panel.jobs_panel(opened, ended)
        missing = tuple(t for t in filters.trial if t not in library.trials)
        registry_form.offer_missing(opened, missing)
        for note in notes:
            st.warning(plain(note))
        if lost is not None:
            person.which_place(lost, "page")
    sidebar.sidebar(filters, facet_counts(library.table, filters), library.trials, lost)
    login.account()
    panels(sites, library, filters, opened)
    footer.footer(opened)
    toasts.told()


def panels(sites: pd.DataFrame, library: Library, filters: Filters, opened: Service) -> None:
    """Draw the tabs; only the open one costs anything."""
    bodies: dict[str, Callable[[], None]] = {
        "Sites": lambda: tables.site_table_view(
            sites,
            library.table,
            downloads.link_of(filters, in_api=library is opened.library()),
            origins_of(library, opened.cache),
            header.title_of(sites, library.trials),
        ),
        "Countries": lambda: countries.country_table(sites),
        "Facilities": lambda: facilities.facilities_view(sites),
        "Trials": lambda: trial_panel(sites, library),
        "Quality": lambda: quality.quality_view(sites, library, opened),
        "Open lists": lambda: lists.lists_view(library, opened),
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
    trial.trial_record(library.trials, shown)


if __name__ == "__main__":
    main()
