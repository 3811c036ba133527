"""Lists this browser session brought: uploaded or pasted, seen by nobody else."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.errors import ReadError
from dashboard.library import Library, OpenedList, extend
from dashboard.links import plain
from dashboard.readers import read
from dashboard.service import Service

log = logging.getLogger(__name__)

MAX_PASTE = 2_000_000
MAX_LISTS = 50
KEEP_BYTES = 20_000_000
_KEY = "own_lists"
_COMBINED = "own_library"
_UPLOADS = "uploads_number"


@dataclass(frozen=True, slots=True)
class OwnList:
    """One list of the session, with its bytes while they are small enough to read again."""

    opened: OpenedList
    data: bytes = b""


def own_lists() -> tuple[OwnList, ...]:
    """The session's lists, oldest first."""
    found: tuple[OwnList, ...] = st.session_state.get(_KEY, ())
    return found


def combined(opened: Service) -> Library:
    """What this session sees: the lists open for everyone and its own."""
    library = opened.library()
    own = own_lists()
    if not own:
        st.session_state.pop(_COMBINED, None)
        return library
    known = st.session_state.get(_COMBINED)
    if known is None or known[0] is not library or known[1] != own:
        made = extend(library, [o.opened for o in own], opened.locate_many)
        st.session_state[_COMBINED] = known = (library, own, made)
    result: Library = known[2]
    return result


def open_bytes(data: bytes, name: str, columns: Mapping[str, str] | None = None) -> OwnList:
    """Read bytes that a person brought; a failure becomes the list's error."""
    kept = data if len(data) <= KEEP_BYTES else b""
    try:
        reading = read(data, name, columns=columns)
    except ReadError as error:
        log.info("A list could not be read: %s", error)
        where = f" ({error.where})" if error.where else ""
        return OwnList(OpenedList(name, error=error.reason + where), kept)
    return OwnList(OpenedList(name, reading), kept)


def add(*lists: OwnList) -> None:
    """Open further lists for this session; one of the same name is replaced."""
    names = {one.opened.name for one in lists}
    kept = [one for one in own_lists() if one.opened.name not in names]
    st.session_state[_KEY] = (*kept, *lists)[-MAX_LISTS:]


def remove(name: str) -> None:
    """Close and delete one of the session's lists."""
    st.session_state[_KEY] = tuple(o for o in own_lists() if o.opened.name != name)


def reread(name: str, columns: Mapping[str, str]) -> None:
    """Read one of the session's lists again, its columns taken as the person says."""
    st.session_state[_KEY] = tuple(
        replace(open_bytes(o.data, name, columns), data=o.data) if o.opened.name == name else o
        for o in own_lists()
    )


def _said(lists: list[OwnList]) -> None:
    """Tell in one line what each new list held."""
    for one in lists:
        reading = one.opened.reading
        if reading is None:
            st.toast(
                f"{plain(one.opened.name)}: {plain(one.opened.error)}", icon=":material/error:"
            )
        else:
            st.toast(
                f"{plain(one.opened.name)}: {len(reading.sites):,} sites, "
                f"{len(reading.trials):,} trials",
                icon=":material/check:",
            )


def _upload() -> None:
    number = st.session_state.get(_UPLOADS, 0)
    files = st.session_state.get(f"uploads_{number}") or []
    lists = [open_bytes(file.getvalue(), file.name) for file in files]
    if lists:
        add(*lists)
        st.session_state[_UPLOADS] = number + 1  # a new, empty uploader: bytes are given back
        _said(lists)


def _paste() -> None:
    text = st.session_state["pasted"].strip()
    if not text:
        return
    number = sum(o.opened.name.startswith("Pasted list") for o in own_lists()) + 1
    one = open_bytes(text.encode(), f"Pasted list {number}")
    add(one)
    _said([one])
    if one.opened.reading is not None:
        st.session_state["pasted"] = ""


def bring() -> None:
    """Draw where a person adds lists of their own."""
    with st.expander("Add sites", icon=":material/add_location_alt:"):
        number = st.session_state.get(_UPLOADS, 0)
        st.file_uploader(
            "Files",
            accept_multiple_files=True,
            key=f"uploads_{number}",
            on_change=_upload,
            help="Registry downloads (JSON, CSV, XML), registry pages saved as text, or any site "
            "list as CSV or Excel, also zipped. What you add is seen in this browser tab only.",
        )
        st.text_area(
            "Or paste a list or a registry page",
            key="pasted",
            height=90,
            max_chars=MAX_PASTE,
            placeholder="facility, city, country\nLKH Graz, Graz, Austria",
        )
        st.button("Add pasted text", on_click=_paste, key="add_pasted")
