"""Lists this browser session brought: uploaded or pasted, seen by nobody else unless shared."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

import streamlit as st

from dashboard.bringing import Brought
from dashboard.jobs import TooManyJobsError
from dashboard.library import Library, extend
from dashboard.links import plain
from dashboard.reading_process import AT_ONCE_BYTES
from dashboard.service import Service
from dashboard.session_cookie import COOKIE
from dashboard.shelf import OwnList, ShelfError
from dashboard.shelf_home import EVERYONE
from dashboard.summary import plural
from dashboard.views import on_demand, signed_in, toasts
from dashboard.views.limits import within
from geocache.errors import ReadOnlyError

MAX_PASTE = 2_000_000
MOST_NOTES = 2
_COMBINED = "own_library"
_OWNER = "own_lists_owner"
_UPLOADS = "uploads_number"


def cookie() -> str:
    """What the browser calls this session, empty where cookies are off."""
    return str(st.context.cookies.get(COOKIE, ""))


def owner() -> str:
    """The browser session's name: its cookie, or one for this tab where cookies are off.

    Of two people who log in one after the other in the same browser, each has lists of their own.
    """
    name = cookie() or st.session_state.setdefault(_OWNER, uuid.uuid4().hex)
    person = signed_in.person_on_page()
    return f"{name} {person.subject}" if person else name


def own_lists(opened: Service) -> tuple[OwnList, ...]:
    """The session's lists, oldest first."""
    return opened.shelf.lists(owner())


def combined(opened: Service) -> Library:
    """What this session sees: the lists open for everyone and its own."""
    library = opened.library()
    own = own_lists(opened)
    if not own:
        st.session_state.pop(_COMBINED, None)
        return library
    known = st.session_state.get(_COMBINED)
    if known is None or known[0] is not library or known[1] != own:
        made = extend(library, [o.opened for o in own], opened.locate_many)
        st.session_state[_COMBINED] = known = (library, own, made)
    result: Library = known[2]
    return result


def remove(opened: Service, list_id: str) -> None:
    """Close and delete one of the session's lists."""
    with _refusal_told():
        opened.shelf.remove(owner(), list_id)


def reread(opened: Service, list_id: str, columns: Mapping[str, str]) -> None:
    """Read one of the session's lists again, its columns taken as the person says."""
    with _refusal_told():
        opened.shelf.reread(owner(), list_id, columns)


def share(opened: Service, one: OwnList) -> None:
    """Show one of the session's lists to everyone who opens this server, read as it is here."""
    shelf = opened.shelf
    with _refusal_told():
        data, columns = shelf.data(owner(), one.id), shelf.columns(owner(), one.id)
        opened.share(data, one.opened.name, columns, one.opened)
        shelf.remove(owner(), one.id)


def unshare(opened: Service, list_id: str) -> None:
    """Close and delete a list that was shared with everyone."""
    with _refusal_told():
        opened.unshare(list_id)


@contextmanager
def _refusal_told() -> Iterator[None]:
    try:
        yield
    except (ShelfError, ReadOnlyError) as error:
        st.toast(plain(str(error)), icon=":material/error:", duration="long")


def shared(opened: Service) -> tuple[OwnList, ...]:
    """The lists that people shared with everyone."""
    return opened.shelf.lists(EVERYONE)


def _add(opened: Service, data: bytes, name: str) -> bool:
    """Keep one list and tell in one line what it held."""
    try:
        one = opened.shelf.add(owner(), data, name)
    except ShelfError as error:
        toasts.tell(f"{plain(name)}: {plain(str(error))}", "error")
        return False
    reading = one.opened.reading
    if reading is None:
        toasts.tell(f"{plain(name)}: {plain(one.opened.error)}", "error")
        return False
    words = plural(len(reading.sites), "site")
    if reading.trials:
        words += f", {plural(len(reading.trials), 'trial')}"
    toasts.tell(f"{plain(name)}: {words}", "check")
    return True


def _upload(opened: Service) -> None:
    number = st.session_state.get(_UPLOADS, 0)
    files = st.session_state.get(f"uploads_{number}") or []
    if not files:
        return
    st.session_state[_UPLOADS] = number + 1  # a new, empty uploader: bytes are given back
    _bring(opened, [Brought(file.name, file.getvalue()) for file in files])
    st.rerun()


def _bring(opened: Service, files: list[Brought]) -> bool:
    if sum(len(file.data) for file in files) <= AT_ONCE_BYTES:
        before = combined(opened).notes
        added = [_add(opened, data, name) for name, data in files]
        _tell_twice_open([note for note in combined(opened).notes if note not in before])
        return all(added)
    try:
        opened.bring(files, owner=owner())
    except TooManyJobsError as error:
        toasts.tell(plain(str(error)), "error")
        return False
    return True


def _tell_twice_open(notes: Sequence[str]) -> None:
    """Say which of the added trials were open already."""
    if len(notes) > MOST_NOTES:
        rest = len(notes) - MOST_NOTES
        toasts.tell(f"{plural(rest, 'trial')} more already open: see “Open lists”", "info")
    for note in notes[:MOST_NOTES]:
        toasts.tell(plain(note), "info")


def _paste(opened: Service) -> None:
    text = st.session_state["pasted"].strip()
    if not text:
        return
    if not within("Pasted text", text, MAX_PASTE, "save it as a file and upload that"):
        st.session_state["pasted"] = ""
        return
    number = sum(o.opened.name.startswith("Pasted list") for o in own_lists(opened)) + 1
    if _bring(opened, [Brought(f"Pasted list {number}", text.encode())]):
        st.session_state["pasted"] = ""
    st.rerun()


def bring(opened: Service) -> None:
    """Draw where a person adds lists of their own."""
    on_demand.expander(
        "Add sites", partial(_ways, opened), key="add_sites", icon=":material/add_location_alt:"
    )


def _ways(opened: Service) -> None:
    number = st.session_state.get(_UPLOADS, 0)
    st.file_uploader(
        "Files",
        accept_multiple_files=True,
        key=f"uploads_{number}",
        on_change=_upload,
        args=(opened,),
        help="Registry downloads (JSON, CSV, XML), registry pages saved as text or HTML, or any "
        "site list as CSV, Excel or ODS, also zipped. What you add is seen in this browser only.",
    )
    st.text_area(
        "Or paste a list or a registry page",
        key="pasted",
        height=90,
        placeholder="facility, city, country\nLKH Graz, Graz, Austria",
    )
    st.button("Add pasted text", on_click=_paste, args=(opened,), key="add_pasted")
