"""TODO."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import streamlit as st

from dashboard.library.lists import Library, extend
from dashboard.library.uploads import StoredList, UploadError
from dashboard.page.state import login
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer
from dashboard.web.session_cookie import COOKIE
from geocache.errors import ReadOnlyError

_COMBINED = "own_library"


_OWNER = "own_lists_owner"


def cookie() -> str:
    """What the browser calls this session, empty where cookies are off."""
    return str(st.context.cookies.get(COOKIE, ""))


def owner() -> str:
    """The browser session's name: its cookie, or one for this tab where cookies are off.

    Of two people who log in one after the other in the same browser, each has lists of their own.
    """
    name = cookie() or st.session_state.setdefault(_OWNER, uuid.uuid4().hex)
    person = login.current_person()
    return f"{name} {person.subject}" if person else name


def own_lists(viewer: Viewer) -> tuple[StoredList, ...]:
    """The session's lists, oldest first."""
    return viewer.uploads.lists()


def combined(viewer: Viewer) -> Library:
    """What this session sees: the lists open for everyone and its own."""
    library = viewer.library()
    own = own_lists(viewer)
    if not own:
        st.session_state.pop(_COMBINED, None)
        return library
    known = st.session_state.get(_COMBINED)
    if known is None or known[0] is not library or known[1] != own:
        made = extend(library, [o.opened for o in own], viewer.geocoder.locate_many)
        st.session_state[_COMBINED] = known = (library, own, made)
    result: Library = known[2]
    return result


def remove(viewer: Viewer, list_id: str) -> None:
    """Close and delete one of the session's lists."""
    with _refusal_told():
        viewer.uploads.remove(list_id)


def reread(viewer: Viewer, list_id: str, columns: Mapping[str, str]) -> None:
    """Read one of the session's lists again, its columns taken as the person says."""
    with _refusal_told():
        viewer.uploads.reread(list_id, columns)


def share(editor: Editor, list_id: str) -> None:
    """Show one of the session's lists to everyone who opens this server, read as it is here."""
    with _refusal_told():
        editor.share_upload(list_id)


def unshare(editor: Editor, list_id: str) -> None:
    """Close and delete a list that was shared with everyone."""
    with _refusal_told():
        editor.unshare(list_id)


@contextmanager
def _refusal_told() -> Iterator[None]:
    try:
        yield
    except (UploadError, ReadOnlyError) as error:
        st.toast(escape(str(error)), icon=":material/error:", duration="long")
