"""The filters of this browser session, and their two-way sync with the address bar."""

from dataclasses import replace

import streamlit as st

from dashboard.filters import VIEW_PREFIX, Filters, parse_leniently, to_query

FILTERS = "filters"
NOTES = "address_notes"
_SEEN = "address_seen"


def _pairs() -> list[tuple[str, str]]:
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def read_address() -> Filters:
    """The session's filters; read anew whenever the address bar was changed from outside.

    That is at the first run, when a link is opened, and at the browser's back button. What a
    link asks that does not exist is dropped, with a note in ``st.session_state[NOTES]``.
    """
    pairs = _pairs()
    if st.session_state.get(_SEEN) != pairs:
        filters, notes = parse_leniently(pairs)
        st.session_state[FILTERS] = filters
        st.session_state[NOTES] = notes
        st.session_state[_SEEN] = pairs
    found = st.session_state[FILTERS]
    assert isinstance(found, Filters)  # noqa: S101 - set above
    return found


def current() -> Filters:
    """The session's filters as last set."""
    found = st.session_state.get(FILTERS, Filters())
    assert isinstance(found, Filters)  # noqa: S101 - only ever set by this module
    return found


def set_filters(filters: Filters) -> None:
    """Make these the session's filters and write them to the address bar."""
    st.session_state[FILTERS] = filters
    st.session_state[NOTES] = ()
    asked: dict[str, list[str]] = {
        name: st.query_params.get_all(name)
        for name in st.query_params
        if name.startswith(VIEW_PREFIX)
    }
    for name, value in to_query(filters):
        asked.setdefault(name, []).append(value)
    st.query_params.from_dict(asked)
    st.session_state[_SEEN] = _pairs()


def change(**values: object) -> None:
    """Set some filters and keep the others."""
    set_filters(replace(current(), **values))  # type: ignore[arg-type]


def view(name: str, default: str) -> str:
    """One of the page's own parameters (``view_…``) from the address bar."""
    return str(st.query_params.get(VIEW_PREFIX + name, default))


def set_view(name: str, value: str, default: str) -> None:
    """Write one of the page's own parameters; the default leaves the address bar clean."""
    if value == default:
        st.query_params.pop(VIEW_PREFIX + name, None)
    else:
        st.query_params[VIEW_PREFIX + name] = value
    st.session_state[_SEEN] = _pairs()
