"""Facilities across the open trials."""

import pandas as pd
import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.state.session import offer_download
from dashboard.page.tabs import pagination
from dashboard.page.tabs import sites as sites_tab
from dashboard.page.tabs.facility_record import draw_facility
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.feedback import run_action
from dashboard.page.widgets.markdown import escape
from dashboard.service.facilities import CorrectionImport, FacilityCorrections
from dashboard.service.viewer import Viewer
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.facilities import add_years, count_by_facility
from dashboard.web.downloads import Download

_FILE, _NUMBER, _DONE = "corrections_file", "corrections_number", "corrections_done"


def draw_facilities(sites: pd.DataFrame, library: Library, viewer: Viewer) -> None:
    """Draw the facilities of the filtered sites with the trials that run there."""
    counts = add_years(count_by_facility(sites), library.trials)
    if counts.empty:
        st.markdown("None of these sites names its facility.")
        return
    several = int((counts["trials"] > 1).sum())
    named = summary.plural(len(counts), "facility", "facilities")
    st.markdown(f"**{named}**" + (f", {several:,} in more than one trial" if several else ""))
    hidden = {"trial_ids", "facility_id", "country_code", "state", "sites"}
    sortable = [column for column in counts.columns if column not in hidden]
    page = pagination.paginate(counts, sortable, sites_tab.column_label, "facilities")
    number = st.column_config.NumberColumn
    event = st.dataframe(
        to_plain_text(page[sortable]),
        hide_index=True,
        height="auto" if len(counts) < 12 else 420,
        column_config={
            "facility_name": st.column_config.TextColumn("Facility", width=290),
            "city": "City",
            "country": st.column_config.TextColumn("Country", width=105),
            "trials": number("Trials", format="localized"),
            "recruiting_trials": number("Recruiting trials", format="localized"),
            "sponsors": number("Sponsors", format="localized"),
            "phases": "Phases",
            "first_year": "First year",
            "last_year": "Last year",
            "spellings": number("Spellings", format="localized"),
        },
        alt=f"Facilities, {len(counts):,} rows",
        **pagination.react_to_headers(
            len(counts), sortable, "facility_table", "facilities", rows="single-row"
        ),
    )
    chosen = event["selection"]["rows"]
    if chosen and chosen[0] < len(page):
        draw_facility(str(page["facility_id"].iloc[chosen[0]]), library, viewer)
    else:
        st.caption("Select a row to see a facility's map, trials and spellings.")
    st.caption(
        "Spellings in other languages, acronyms, departments and site numbers count as one "
        "facility. Placeholders such as “Research Site” are left out."
    )
    _draw_saved_corrections(library, viewer)


def _draw_saved_corrections(library: Library, viewer: Viewer) -> None:
    """Draw what people said of facilities: a download, and for editors an import with its undo."""
    if not library.corrections and viewer.editor is None:
        return
    title = summary.plural(len(library.corrections), "corrected spelling")
    with st.expander(title if library.corrections else "Corrections"):
        if library.corrections:
            download = Download(
                "facilities.csv", "text/csv", lambda: [viewer.geocoder.corrections_csv()]
            )
            path = offer_download(download)
            draw_download_link("Download corrections", path, key="download_corrections")
        if viewer.editor is None:
            return
        number = st.session_state.setdefault(_NUMBER, 0)
        st.file_uploader(
            "Import corrections (CSV)",
            type=["csv"],
            key=f"{_FILE}_{number}",
            on_change=_import,
            args=(viewer, viewer.editor.facilities, f"{_FILE}_{number}"),
        )
        done = st.session_state.get(_DONE)
        if done is not None:
            older = f", {done.older:,} older than what is here" if done.older else ""
            st.caption(f"{escape(done.name)}: {len(done.added):,} imported{older}.")
            st.button(
                "Undo the import",
                key="undo_corrections",
                icon=":material/undo:",
                on_click=_undo_import,
                args=(viewer, viewer.editor.facilities, done),
            )


def _import(viewer: Viewer, corrections: FacilityCorrections, key: str) -> None:
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state[_NUMBER] += 1

    def work() -> None:
        st.session_state[_DONE] = corrections.import_file(file.getvalue(), file.name)

    run_action(viewer, work, f"Imported: {file.name}", ":material/upload:")


def _undo_import(viewer: Viewer, corrections: FacilityCorrections, done: CorrectionImport) -> None:
    message = f"Import undone: {done.name}"
    if run_action(viewer, lambda: corrections.undo_import(done), message, ":material/undo:"):
        st.session_state[_DONE] = None
