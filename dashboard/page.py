"""The Streamlit page, read top to bottom like the page itself."""

import streamlit as st

from dashboard import maps, selection
from dashboard.assets import libraries
from dashboard.errors import FilterError
from dashboard.facets import facet_counts
from dashboard.filters import Filters
from dashboard.links import plain
from dashboard.service import Service, service
from dashboard.views import address, countries, header, lists, sidebar, starting, tables, trial
from dashboard.views.map_panel import map_panel


def circle_of(filters: Filters, opened: Service) -> maps.Circle | None:
    """What "near" is measured from, for the map."""
    if not filters.near:
        return None
    centre = selection.centre_of(filters.near, opened.locate)
    if centre.latitude is None or centre.longitude is None:
        return None
    return maps.Circle(centre.latitude, centre.longitude, filters.radius_km)


def main() -> None:
    """Draw the page once."""
    st.set_page_config(
        page_title="Trial site map", page_icon=str(libraries.OWN / "icon.svg"), layout="wide"
    )
    opened = service()
    starting.wait_for(opened)
    library = opened.library()
    filters = address.read_address()
    notes = list(st.session_state[address.NOTES])
    try:
        sites = selection.apply(library.table, filters, opened.locate)
        circle = circle_of(filters, opened)
    except FilterError as error:
        notes.append(str(error))
        sites, circle = library.table.iloc[:0], None

    sidebar.sidebar(filters, facet_counts(library.table, filters))
    # One container for all that comes and goes: the map below keeps its place, and so its view.
    with st.container():
        lists.problems(library, opened.cache.warnings)
        for note in notes:
            st.warning(f"Not used from this link: {plain(note)}")
        header.header(sites if len(sites) else library.table, library.trials, library.as_of)
        sidebar.active_filters(filters)
        if sites.empty:
            tables.empty_state(filters)
    map_panel(sites, library.trials, circle, opened.settings.site_map_tiles, library.table)

    missing = int(sites["latitude"].isna().sum())
    names = ["Sites", "Countries", "Trial", f"Not on the map ({missing:,})", "Open lists"]
    in_sites, in_countries, in_trial, in_missing, in_lists = st.tabs(
        names, on_change="rerun", key="tab"
    )
    if in_sites.open:
        with in_sites:
            tables.site_table_view(sites, len(library.table))
    if in_countries.open:
        with in_countries:
            countries.country_table(sites)
    if in_trial.open:
        with in_trial:
            trial.trial_record(library.trials, sites["trial_id"].unique())
    if in_missing.open:
        with in_missing:
            tables.unresolved_view(sites)
    if in_lists.open:
        with in_lists:
            lists.lists_view(library)


main()
