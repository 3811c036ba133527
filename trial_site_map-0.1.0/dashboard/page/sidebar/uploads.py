"""“Add sites”: files and pasted lists, visible to this browser session only."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard.errors import UploadError
from dashboard.library.reader_pool import MAX_FOREGROUND_BYTES
from dashboard.page.state import session
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.feedback import check_length, queue_toast
from dashboard.page.widgets.markdown import escape
from dashboard.service.jobs.runner import TooManyJobsError
from dashboard.service.jobs.upload import Upload
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import plural

MAX_PASTE = 2_000_000
MAX_NOTES = 2
_UPLOADER = "uploader_number"
_PASTED = "pasted"


def draw_uploads(viewer: Viewer) -> None:
    """Draw the expander for adding lists."""
    on_demand.expander(
        "Add sites",
        partial(_draw_form, viewer),
        key="add_sites",
        icon=":material/add_location_alt:",
    )


def _draw_form(viewer: Viewer) -> None:
    viewer.uploads.prepare()
    number = st.session_state.get(_UPLOADER, 0)
    st.file_uploader(
        "Files",
        accept_multiple_files=True,
        key=f"uploads_{number}",
        on_change=_upload,
        args=(viewer,),
        help="Registry downloads (JSON, CSV, XML), registry pages saved as text or HTML, or any "
        "site list as CSV, Excel or ODS. ZIP files work too. Only this browser sees what you add.",
    )
    st.text_area(
        "Or paste a list or a registry page",
        key=_PASTED,
        height=90,
        placeholder="facility, city, country\nLKH Graz, Graz, Austria",
    )
    st.button("Add pasted text", on_click=_paste, args=(viewer,), key="add_pasted")


def _upload(viewer: Viewer) -> None:
    number = st.session_state.get(_UPLOADER, 0)
    files = st.session_state.get(f"uploads_{number}") or []
    if not files:
        return
    st.session_state[_UPLOADER] = number + 1  # a new uploader: the old one's bytes are freed
    _add(viewer, [Upload(file.name, file.getvalue()) for file in files])
    st.rerun()


def _paste(viewer: Viewer) -> None:
    text = st.session_state[_PASTED].strip()
    if not text:
        return
    if not check_length("Pasted text", text, MAX_PASTE, "Save it as a file and upload that."):
        st.session_state[_PASTED] = ""
        return
    own = viewer.uploads.lists()
    number = sum(one.opened.name.startswith("Pasted list") for one in own) + 1
    if _add(viewer, [Upload(f"Pasted list {number}", text.encode())]):
        st.session_state[_PASTED] = ""
    st.rerun()


def _add(viewer: Viewer, files: list[Upload]) -> bool:
    """Add lists: small ones at once, large ones in a job. Returns whether none was refused."""
    if sum(len(file.data) for file in files) <= MAX_FOREGROUND_BYTES:
        before = session.load_library(viewer).notes
        added = [_add_one(viewer, file.data, file.name) for file in files]
        after = session.load_library(viewer).notes
        _report_duplicates([note for note in after if note not in before])
        return all(added)
    try:
        viewer.uploads.add_in_background(files)
    except TooManyJobsError as error:
        queue_toast(escape(str(error)), "error")
        return False
    return True


def _add_one(viewer: Viewer, data: bytes, name: str) -> bool:
    try:
        one = viewer.uploads.add(data, name)
    except UploadError as error:
        queue_toast(f"{escape(name)}: {escape(str(error))}", "error")
        return False
    return one.opened.reading is not None


def _report_duplicates(notes: Sequence[str]) -> None:
    """Name added trials that were open already."""
    if len(notes) > MAX_NOTES:
        more = plural(len(notes) - MAX_NOTES, "more trial")
        queue_toast(f"{more} already open: see the “Open lists” tab", "info")
    for note in notes[:MAX_NOTES]:
        queue_toast(escape(note), "info")
