"""The browser session: its id, and the library it sees."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from dashboard.library.decision_file import index_decisions
from dashboard.library.links.colleague_links import SharedByLink
from dashboard.library.lists import Library, extend, hide
from dashboard.library.pin_file import locate_with
from dashboard.library.uploads import StoredList
from dashboard.page.state import address, login
from dashboard.service.viewer import Viewer
from dashboard.sites.decisions import Decision, add_decisions
from dashboard.sites.list_rows import colour_lists
from dashboard.web.downloads import Download, build_owner, get_download_store
from dashboard.web.session_cookie import COOKIE
from geocache.records import Pin

T = TypeVar("T")

_LIBRARY = "own_library"
_ARRANGED = "arranged_library"
_DECIDED = "decided_library"
_HIDDEN = "hidden_lists"
_COLOURS = "list_colours"
_SEEN = "seen_lists"
_FALLBACK_ID = "session_id"
_TAB = "tab_id"


def read_cookie() -> str:
    """The session cookie, empty if cookies are off."""
    return str(st.context.cookies.get(COOKIE, ""))


def is_phone() -> bool:
    """Whether the browser says that it is one of a phone."""
    return "Mobile" in st.context.headers.get("User-Agent", "")


def get_owner() -> str:
    """The owner of what this session adds: its cookie, or an id of this tab if cookies are off.

    Two people who log in one after the other in the same browser have lists of their own.
    """
    session_id = read_cookie() or st.session_state.setdefault(_FALLBACK_ID, uuid.uuid4().hex)
    person = login.current_person()
    return build_owner(session_id, person.subject if person else "")


def get_private_owner() -> str:
    """Who alone may load what this session's map fetches; empty if it shows everyone's lists."""
    return get_request_owner() if _LIBRARY in st.session_state else ""


def get_request_owner() -> str:
    """The owner as a request of this browser proves it; a browser without cookies proves none."""
    person = login.current_person()
    return build_owner(read_cookie(), person.subject if person else "")


def offer_download(download: Download) -> str:
    """The path at which this session, and nobody else, gets a file."""
    tab = st.session_state.setdefault(_TAB, uuid.uuid4().hex)
    return get_download_store().offer(get_request_owner(), tab, download)


def load_library(viewer: Viewer) -> Library:
    """What this session sees: the lists open for everyone, its own, and its decisions.

    Without the sites of lists that it hid, and with the colours that it gave lists.
    """
    library = viewer.library()
    link = find_link(viewer)
    own = viewer.uploads.lists() + ((link.stored,) if link else ())
    decisions = _join_decisions(link, viewer)
    hidden, colours = list_hidden(own), list_colours(own)
    if own:
        pins = (*(link.pins if link else ()), *viewer.uploads.pins())
        library = _extend(library, own, pins, viewer)
    elif not decisions and not hidden and not colours:
        st.session_state.pop(_LIBRARY, None)
        return library
    else:
        st.session_state[_LIBRARY] = (library, None, library)
    if hidden or colours or (own and library.colours):
        library = _arrange(library, hidden, {**library.colours, **colours})
    if not decisions:
        return library
    return _add_decisions(library, _merge_decisions(library.decisions, decisions))


def recall(key: str, library: Library, asked: object, build: Callable[[], T]) -> T:
    """What was built last under a key, built anew for another library or another question."""
    held = st.session_state.get(key)
    if held is None or held[0] is not library or held[1] != asked:
        held = st.session_state[key] = (library, asked, build())
    found: T = held[2]
    return found


def list_decisions(library: Library, viewer: Viewer) -> tuple[Decision, ...]:
    """The decisions on this page: those of shared lists, of a colleague's, and one's own."""
    return _merge_decisions(library.decisions, _join_decisions(find_link(viewer), viewer))


def _join_decisions(link: SharedByLink | None, viewer: Viewer) -> tuple[Decision, ...]:
    own = viewer.decisions.all()
    return _merge_decisions(link.decisions, own) if link else own


def _merge_decisions(
    first: tuple[Decision, ...], then: tuple[Decision, ...]
) -> tuple[Decision, ...]:
    """Decisions about all sites of both; of a site that both have the second."""
    if not first:
        return then
    return tuple((index_decisions(first) | index_decisions(then)).values())


def has_own_view(viewer: Viewer) -> bool:
    """Whether this session sees other sites than the HTTP API: lists of its own, or fewer."""
    own = viewer.uploads.lists()
    return bool(own) or bool(list_hidden(own)) or find_link(viewer) is not None


def find_link(viewer: Viewer) -> SharedByLink | None:
    """What the link to a colleague's list in the address shows; None without a valid one."""
    key = address.linked()
    return viewer.links.open(key) if key else None


def find_new_lists(viewer: Viewer) -> list[StoredList]:
    """The session's lists that came since it opened the page, newest first, until closed."""
    own = viewer.uploads.lists()
    seen: set[str] = st.session_state.setdefault(_SEEN, {one.id for one in own})
    return [one for one in reversed(own) if one.id not in seen]


def close_report(list_id: str) -> None:
    """A list is not new any more."""
    st.session_state[_SEEN] = st.session_state.get(_SEEN, set()) | {list_id}


def list_hidden(own: tuple[StoredList, ...]) -> frozenset[str]:
    """The names of the lists that this session hid."""
    found = {one.opened.name for one in own if one.about.hidden}
    return frozenset(found | st.session_state.get(_HIDDEN, set()))


def list_colours(own: tuple[StoredList, ...]) -> dict[str, str]:
    """The colours that this session gave lists, by their names."""
    found: dict[str, str] = dict(st.session_state.get(_COLOURS, {}))
    return found | {one.opened.name: one.about.colour for one in own if one.about.colour}


def hide_list(name: str, *, hidden: bool) -> None:
    """Hide a list that is open for everyone from this session, or show it again."""
    names = st.session_state.get(_HIDDEN, set())
    st.session_state[_HIDDEN] = names | {name} if hidden else names - {name}


def colour_list(name: str, colour: str) -> None:
    """Give a list that is open for everyone a colour in this session; empty for everyone's."""
    rest = {k: v for k, v in st.session_state.get(_COLOURS, {}).items() if k != name}
    st.session_state[_COLOURS] = rest | {name: colour} if colour else rest


def _arrange(library: Library, hidden: frozenset[str], colours: dict[str, str]) -> Library:
    cached = st.session_state.get(_ARRANGED)
    if cached is None or cached[0] is not library or cached[1] != (hidden, colours):
        shown = hide(library, hidden)
        arranged = replace(shown, table=colour_lists(shown.table, colours))
        st.session_state[_ARRANGED] = cached = (library, (hidden, colours), arranged)
    result: Library = cached[2]
    return result


def _add_decisions(library: Library, decisions: tuple[Decision, ...]) -> Library:
    cached = st.session_state.get(_DECIDED)
    if cached is None or cached[0] is not library or cached[1] != decisions:
        decided = replace(library, table=add_decisions(library.table, decisions))
        st.session_state[_DECIDED] = cached = (library, decisions, decided)
    result: Library = cached[2]
    return result


def _extend(
    library: Library, own: tuple[StoredList, ...], pins: tuple[Pin, ...], viewer: Viewer
) -> Library:
    cached = st.session_state.get(_LIBRARY)
    opened = tuple(one.opened for one in own)
    if cached is None or cached[0] is not library or cached[1] != (opened, pins):
        locate = locate_with(pins, viewer.geocoder.locate_many)
        extended = extend(library, opened, locate)
        st.session_state[_LIBRARY] = cached = (library, (opened, pins), extended)
    result: Library = cached[2]
    return result
