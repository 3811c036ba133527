"""The filters of this browser session, synchronized with the address bar."""

from urllib.parse import parse_qsl

import streamlit as st

from dashboard.errors import SavedViewError
from dashboard.maps.colours import SHADES, Shade
from dashboard.maps.palette import COLOUR_BY, FIELD_PREFIX
from dashboard.page.streamlit_internals import is_history_navigation
from dashboard.query.filters import Filters, parse_leniently, to_query
from dashboard.query.parameters import MAX_QUERY, VIEW, VIEW_PREFIX
from dashboard.service.service import service

FILTERS = "filters"
NOTES = "address_notes"
MODES = ("map", "finder")
LINKED = "list"
"""The page's own parameter with the key of a link to a colleague's list."""

AREA = "area"
OVER_TIME = "over_time"
SIDES = ("compare_a", "compare_b")
"""The page's own parameter with the name of the area that is filtered by."""

_UNCONFIRMED = "address_unconfirmed"
_PAIRS = "address_written"


def read_address() -> Filters:
    """The session's filters: from the address bar at the first run and at back and forward.

    Otherwise session state wins: a click may carry a stale URL, from before the browser received
    the last filter's, and following it would undo that filter. What a link asks for that does not
    exist is dropped, with a note in ``st.session_state[NOTES]``; at the first run nothing is shown
    until the person has read that (:func:`is_unconfirmed`).
    """
    first = _PAIRS not in st.session_state
    if first or is_history_navigation():
        written = _browser_pairs()
        pairs, notes = _load_saved(written)
        notes = (*notes, *_check_linked(pairs))
        st.session_state[FILTERS], dropped = parse_leniently(pairs)
        st.session_state[NOTES] = (*notes, *dropped)
        st.session_state[_UNCONFIRMED] = first and bool(st.session_state[NOTES])
        st.session_state[_PAIRS] = written
        if pairs != written:
            _write(
                [pair for pair in pairs if pair[0].startswith(VIEW_PREFIX)] + to_query(current())
            )
    elif sorted(st.session_state[_PAIRS]) != sorted(_browser_pairs()):
        _write(st.session_state[_PAIRS])
    return current()


def _browser_pairs() -> list[tuple[str, str]]:
    return [(name, value) for name in st.query_params for value in st.query_params.get_all(name)]


def _load_saved(pairs: list[tuple[str, str]]) -> tuple[list[tuple[str, str]], tuple[str, ...]]:
    """The pairs with those of a stored view in place of its key, and why there are none."""
    keys = [value for name, value in pairs if name == VIEW]
    if not keys:
        return pairs, ()
    rest = [pair for pair in pairs if pair[0] != VIEW]
    try:
        query = service().views.load(keys[0])
    except SavedViewError as error:
        return rest, (f"the stored view cannot be loaded now: {error}",)
    if query is None:
        link = service().links.open(keys[0])
        if link is not None:
            pairs = parse_qsl(link.query, keep_blank_values=True, max_num_fields=MAX_QUERY)
            return [(VIEW_PREFIX + LINKED, link.key), *pairs, *rest], ()
        return rest, ("the stored view is not here: it was deleted, or the link is not complete",)
    return [*parse_qsl(query, keep_blank_values=True, max_num_fields=MAX_QUERY), *rest], ()


def linked() -> str:
    """The key of the link to a colleague's list that this page shows; empty for none."""
    return view(LINKED, "")


def _check_linked(pairs: list[tuple[str, str]]) -> tuple[str, ...]:
    keys = [value for name, value in pairs if name == VIEW_PREFIX + LINKED]
    if not keys or service().links.open(keys[-1]) is not None:
        return ()
    return ("the colleague’s list is not here any more: the link was revoked or has expired",)


def is_unconfirmed() -> bool:
    """Whether the link that was opened asks for what is not there, and nobody has read that yet."""
    return bool(st.session_state.get(_UNCONFIRMED))


def confirm() -> None:
    """Show what is left of the link."""
    st.session_state[_UNCONFIRMED] = False


def view_pairs() -> list[tuple[str, str]]:
    """The page's own parameters (``view_…``) as they are now."""
    return [pair for pair in _session_pairs() if pair[0].startswith(VIEW_PREFIX)]


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
    kept = view_pairs()
    if not filters.within:  # the name of an area goes with it
        kept = [pair for pair in kept if pair[0] != VIEW_PREFIX + AREA]
    _write([*kept, *to_query(filters)])


def change(**values: object) -> None:
    """Set some filters and keep the others."""
    set_filters(current().replace(**values))


def set_area(line: str, name: str = "") -> None:
    """Filter by an area, an encoded polyline or empty for none; its name, if any, goes along."""
    set_view(AREA, name, "")
    change(within=line)


def view(name: str, default: str) -> str:
    """One of the page's own parameters (``view_…``) from the address bar."""
    return dict(_session_pairs()).get(VIEW_PREFIX + name, default)


def colour_by() -> str:
    """What the markers are coloured by; the status unless the address bar says otherwise."""
    found = view("colour", "status")
    return found if found in COLOUR_BY or found.startswith(FIELD_PREFIX) else "status"


def shade() -> Shade:
    """What the land is shaded by; countries unless the address bar says otherwise."""
    found = view("shade", "countries")
    return next((one for one in SHADES if one == found), "countries")


def mode() -> str:
    """What the page shows: ``map``, or ``finder``; what the operator starts with by default."""
    start = service().settings.site_map_start
    found = view("mode", start)
    return found if found in MODES else start


def set_mode(name: str) -> None:
    """Show the page in a mode."""
    set_view("mode", name, service().settings.site_map_start)


def unit() -> str:
    """The unit of distances: ``km``, or ``miles`` if the address bar says so."""
    return "miles" if view("unit", "km") == "miles" else "km"


def set_view(name: str, value: str, default: str) -> None:
    """Write one of the page's own parameters; the default is left out of the address."""
    parameter = VIEW_PREFIX + name
    rest = [pair for pair in _session_pairs() if pair[0] != parameter]
    _write(rest if value == default else [*rest, (parameter, value)])


def list_columns() -> list[str]:
    """The columns that the table shows, if they were chosen."""
    text = view("columns", "")
    return [name.replace("%2C", ",").replace("%25", "%") for name in text.split(",") if name]


def set_columns(names: list[str]) -> None:
    """Choose the table's columns; none for those that are not empty."""
    quoted = (name.replace("%", "%25").replace(",", "%2C") for name in names)
    set_view("columns", ",".join(quoted), "")
