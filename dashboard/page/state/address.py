"""The filters of this browser session, synchronized with the address bar."""

import streamlit as st

from dashboard.maps.palette import COLOUR_BY
from dashboard.page.streamlit_internals import is_history_navigation
from dashboard.query.filters import Filters, parse_leniently, to_query
from dashboard.query.parameters import VIEW_PREFIX

FILTERS = "filters"
NOTES = "address_notes"
_PAIRS = "address_written"


def read_address() -> Filters:
    """The session's filters: from the address bar at the first run and at back and forward.

    Otherwise session state wins: a click may carry a stale URL, from before the browser received
    the last filter's, and following it would undo that filter. What a link asks for that does not
    exist is dropped, with a note in ``st.session_state[NOTES]``.
    """
    first = _PAIRS not in st.session_state
    if first or is_history_navigation():
        pairs = _browser_pairs()
        st.session_state[FILTERS], st.session_state[NOTES] = parse_leniently(pairs)
        st.session_state[_PAIRS] = pairs
    elif sorted(st.session_state[_PAIRS]) != sorted(_browser_pairs()):
        _write(st.session_state[_PAIRS])
    return current()


def _browser_pairs() -> list[tuple[str, str]]:
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _session_pairs() -> list[tuple[str, str]]:
    """Names and values in the address bar, as last written or else as the browser sent them."""
    found = st.session_state.get(_PAIRS)
    return _browser_pairs() if found is None else list(found)


def _write(pairs: list[tuple[str, str]]) -> None:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    st.query_params.from_dict(values)
    st.session_state[_PAIRS] = pairs


def current() -> Filters:
    """The session's filters as last set."""
    found = st.session_state.get(FILTERS, Filters())
    assert isinstance(found, Filters)  # noqa: S101 - only ever set by this module
    return found


def set_filters(filters: Filters) -> None:
    """Make these the session's filters and write them to the address bar."""
    st.session_state[FILTERS] = filters
    st.session_state[NOTES] = ()
    views = [pair for pair in _session_pairs() if pair[0].startswith(VIEW_PREFIX)]
    _write([*views, *to_query(filters)])


def change(**values: object) -> None:
    """Set some filters and keep the others."""
    set_filters(current().replace(**values))


def view(name: str, default: str) -> str:
    """One of the page's own parameters (``view_…``) from the address bar."""
    return dict(_session_pairs()).get(VIEW_PREFIX + name, default)


def colour_by() -> str:
    """What the markers are coloured by; the status unless the address bar says otherwise."""
    found = view("colour", "status")
    return found if found in COLOUR_BY else "status"


def unit() -> str:
    """The unit of distances: ``km``, or ``miles`` if the address bar says so."""
    return "miles" if view("unit", "km") == "miles" else "km"


def set_view(name: str, value: str, default: str) -> None:
    """Write one of the page's own parameters; the default is left out of the address."""
    parameter = VIEW_PREFIX + name
    rest = [pair for pair in _session_pairs() if pair[0] != parameter]
    _write(rest if value == default else [*rest, (parameter, value)])
