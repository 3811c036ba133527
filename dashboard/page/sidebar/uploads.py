"""Lists this browser session brought: uploaded or pasted, seen by nobody else unless shared."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.jobs.runner import TooManyJobsError
from dashboard.jobs.upload import Upload
from dashboard.library.reader_process import MAX_INLINE_BYTES
from dashboard.library.uploads import UploadError
from dashboard.page.state import session
from dashboard.page.widgets import feedback, on_demand
from dashboard.page.widgets.feedback import check_length
from dashboard.page.widgets.markdown import escape
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import plural

MAX_PASTE = 2_000_000
MOST_NOTES = 2
_UPLOADS = "uploads_number"


def _add(viewer: Viewer, data: bytes, name: str) -> bool:
    """Keep one list and tell in one line what it held."""
    try:
        one = viewer.uploads.add(data, name)
    except UploadError as error:
        feedback.queue_toast(f"{escape(name)}: {escape(str(error))}", "error")
        return False
    reading = one.opened.reading
    if reading is None:
        feedback.queue_toast(f"{escape(name)}: {escape(one.opened.error)}", "error")
        return False
    words = plural(len(reading.sites), "site")
    if reading.trials:
        words += f", {plural(len(reading.trials), 'trial')}"
    feedback.queue_toast(f"{escape(name)}: {words}", "check")
    return True


def _upload(viewer: Viewer) -> None:
    number = st.session_state.get(_UPLOADS, 0)
    files = st.session_state.get(f"uploads_{number}") or []
    if not files:
        return
    st.session_state[_UPLOADS] = number + 1  # a new, empty uploader: bytes are given back
    _bring(viewer, [Upload(file.name, file.getvalue()) for file in files])
    st.rerun()


def _bring(viewer: Viewer, files: list[Upload]) -> bool:
    if sum(len(file.data) for file in files) <= MAX_INLINE_BYTES:
        before = session.combined(viewer).notes
        added = [_add(viewer, data, name) for name, data in files]
        _tell_twice_open([note for note in session.combined(viewer).notes if note not in before])
        return all(added)
    try:
        viewer.uploads.add_in_background(files)
    except TooManyJobsError as error:
        feedback.queue_toast(escape(str(error)), "error")
        return False
    return True


def _tell_twice_open(notes: Sequence[str]) -> None:
    """Say which of the added trials were open already."""
    if len(notes) > MOST_NOTES:
        rest = len(notes) - MOST_NOTES
        feedback.queue_toast(f"{plural(rest, 'trial')} more already open: see “Open lists”", "info")
    for note in notes[:MOST_NOTES]:
        feedback.queue_toast(escape(note), "info")


def _paste(viewer: Viewer) -> None:
    text = st.session_state["pasted"].strip()
    if not text:
        return
    if not check_length("Pasted text", text, MAX_PASTE, "save it as a file and upload that"):
        st.session_state["pasted"] = ""
        return
    number = sum(o.opened.name.startswith("Pasted list") for o in session.own_lists(viewer)) + 1
    if _bring(viewer, [Upload(f"Pasted list {number}", text.encode())]):
        st.session_state["pasted"] = ""
    st.rerun()


def draw_uploads(viewer: Viewer) -> None:
    """Draw where a person adds lists of their own."""
    on_demand.expander(
        "Add sites", partial(_ways, viewer), key="add_sites", icon=":material/add_location_alt:"
    )


def _ways(viewer: Viewer) -> None:
    number = st.session_state.get(_UPLOADS, 0)
    st.file_uploader(
        "Files",
        accept_multiple_files=True,
        key=f"uploads_{number}",
        on_change=_upload,
        args=(viewer,),
        help="Registry downloads (JSON, CSV, XML), registry pages saved as text or HTML, or any "
        "site list as CSV, Excel or ODS, also zipped. What you add is seen in this browser only.",
    )
    st.text_area(
        "Or paste a list or a registry page",
        key="pasted",
        height=90,
        placeholder="facility, city, country\nLKH Graz, Graz, Austria",
    )
    st.button("Add pasted text", on_click=_paste, args=(viewer,), key="add_pasted")
