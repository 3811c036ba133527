"""The filters of this browser session, and their two-way sync with the address bar."""

from dataclasses import replace

import streamlit as st

from dashboard.maps.palette import COLOUR_BY
from dashboard.page.streamlit_internals import is_history_navigation
from dashboard.query.filters import VIEW_PREFIX, Filters, parse_leniently, to_query

FILTERS = "filters"
NOTES = "address_notes"
_WRITTEN = "address_written"


def _pairs() -> list[tuple[str, str]]:
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def read_address() -> Filters:
    """The session's filters; read from the address bar at the first run and at back and forward.

    Otherwise the session is right and the address bar late: a click on the map may have left the
    browser before it heard of the address that the filter before it made. Following that one would
    undo the filter. What a link asks that does not exist is dropped, with a note in
    ``st.session_state[NOTES]``.
    """
    first = _WRITTEN not in st.session_state
    if first or is_history_navigation():
        pairs = _pairs()
        st.session_state[FILTERS], st.session_state[NOTES] = parse_leniently(pairs)
        st.session_state[_WRITTEN] = pairs
    elif sorted(st.session_state[_WRITTEN]) != sorted(_pairs()):
        _write(st.session_state[_WRITTEN])
    return current()


def _written() -> list[tuple[str, str]]:
    """What the address bar says, or will once the browser has heard of it: (name, value) pairs."""
    found = st.session_state.get(_WRITTEN)
    return _pairs() if found is None else list(found)


def _write(pairs: list[tuple[str, str]]) -> None:
    asked: dict[str, list[str]] = {}
    for name, value in pairs:
        asked.setdefault(name, []).append(value)
    st.query_params.from_dict(asked)
    st.session_state[_WRITTEN] = pairs


def current() -> Filters:
    """The session's filters as last set."""
    found = st.session_state.get(FILTERS, Filters())
    assert isinstance(found, Filters)  # noqa: S101 - only ever set by this module
    return found


def set_filters(filters: Filters) -> None:
    """Make these the session's filters and write them to the address bar."""
    st.session_state[FILTERS] = filters
    st.session_state[NOTES] = ()
    views = [pair for pair in _written() if pair[0].startswith(VIEW_PREFIX)]
    _write([*views, *to_query(filters)])


def change(**values: object) -> None:
    """Set some filters and keep the others."""
    set_filters(replace(current(), **values))  # type: ignore[arg-type]


def view(name: str, default: str) -> str:
    """One of the page's own parameters (``view_…``) from the address bar."""
    return dict(_written()).get(VIEW_PREFIX + name, default)


def colour_by() -> str:
    """What the markers are coloured by, as the address bar says; else the status."""
    asked = view("colour", "status")
    return asked if asked in COLOUR_BY else "status"


def unit() -> str:
    """What distances are told in, as the address bar says: ``km`` or ``miles``."""
    return "miles" if view("unit", "km") == "miles" else "km"


def set_view(name: str, value: str, default: str) -> None:
    """Write one of the page's own parameters; the default leaves the address bar clean."""
    parameter = VIEW_PREFIX + name
    rest = [pair for pair in _written() if pair[0] != parameter]
    _write(rest if value == default else [*rest, (parameter, value)])
