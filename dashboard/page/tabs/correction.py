"""Corrects one place in doubt: its candidates, beside a map of them, and ways to pin it."""

import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.state import login
from dashboard.page.tabs import point_map
from dashboard.page.widgets.feedback import check_length, run_action, show_error
from dashboard.page.widgets.markdown import escape
from dashboard.query.coordinates import parse_point
from dashboard.service.pins import Pins
from dashboard.service.viewer import Viewer
from dashboard.sites import doubts, summary
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code
from geocache.geo.distance import distance_km
from geocache.place import Alternative, Position

_NAME = "pin_who"
_LAST_NAME = "pin_who_last"
_MAX_NAME_LENGTH = 80


def draw_correction(doubt: doubts.Doubt, library: Library, viewer: Viewer) -> None:
    """Draw why the place is in doubt, its candidates and a map of them, and ways to correct it."""
    answer = viewer.geocoder.locate(doubt.places[0])
    lists = [one.reading.sites for one in library.lists if one.reading is not None]
    candidates = doubts.list_candidates(doubt, answer, doubts.find_registry_points(lists, doubt))
    name = ", ".join(p for p in (doubt.city, doubt.state, doubt.country) if p) or "Unnamed place"
    with st.container(border=True):
        why = f"{doubt.problem} ({doubt.reason})" if doubt.reason else doubt.problem
        st.markdown(f"**{escape(name)}**: {escape(why)}")
        if viewer.editor is None:
            turned_off = viewer.settings.site_map_read_only or not login.is_configured()
            st.caption(
                "Corrections are turned off on this server."
                if turned_off
                else "You can look here but not correct. Ask the person who runs this dashboard."
            )
        left, right = st.columns([1, 1.2], gap="medium")
        with left:
            for number, candidate in enumerate(candidates):
                _draw_candidate(doubt, candidates[0], candidate, number, answer, viewer)
            if viewer.editor is not None and doubt.left_off:
                _draw_put_back(doubt, viewer, viewer.editor.pins)
            elif viewer.editor is not None:
                _draw_pin_form(doubt, viewer, viewer.editor.pins)
        with right:
            point_map.draw_point_map(candidates, country_code(doubt.country), viewer)


def _draw_candidate(  # noqa: PLR0917 - a line of the list has no less
    doubt: doubts.Doubt,
    first: Alternative,
    candidate: Alternative,
    number: int,
    answer: Position,
    viewer: Viewer,
) -> None:
    distance = distance_km(
        (first.latitude, first.longitude), (candidate.latitude, candidate.longitude)
    )
    if number == 0:
        remark = " (shown now)" if doubt.latitude is not None else ""
    else:
        remark = f", {distance:,.0f} km from 1"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{number + 1}\\. {escape(candidate.place_name)}  \n"
            f"{candidate.latitude:.4f}, {candidate.longitude:.4f}{remark}",
            width="stretch",
        )
        if viewer.editor is not None:
            st.button(
                "Pin here",
                key=f"this_{number}",
                on_click=_pin,
                args=(
                    doubt,
                    (candidate.latitude, candidate.longitude),
                    viewer,
                    viewer.editor.pins,
                    candidate.place_name,
                    doubts.judge_precision(candidate, answer),
                ),
            )


def _draw_pin_form(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    st.text_input(
        "Point to pin (latitude, longitude)",
        key=point_map.POINT,
        placeholder="Click the map, or type 50.33, 4.88",
    )
    if login.current_person() is None:
        # Streamlit forgets a field's text once the field is gone; the next place brings it back.
        st.session_state.setdefault(_NAME, st.session_state.get(_LAST_NAME, ""))
        st.text_input("Your name, saved with the pin", key=_NAME)
    sites = summary.plural(len(doubt.rows), "site")
    with st.container(horizontal=True):
        st.button(
            f"Pin {sites} here",
            key="pin_here",
            type="primary",
            icon=":material/push_pin:",
            on_click=_pin_typed,
            args=(doubt, viewer, pins),
        )
        st.button(
            f"Leave {sites} off the map",
            key="leave_off",
            icon=":material/location_off:",
            on_click=_leave_off,
            args=(doubt, viewer, pins),
            help="For entries that are no place, such as “Multiple sites”. They stay in the table.",
        )


def _draw_put_back(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    st.button(
        "Put back on the map",
        key="put_back",
        icon=":material/undo:",
        on_click=_put_back,
        args=(doubt, viewer, pins),
    )


def _put_back(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    done = f"Put back: {_name(doubt)}"
    run_action(viewer, lambda: pins.unpin(doubt.places), done, ":material/undo:")


def _leave_off(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    if not check_length("Your name", _read_name(), _MAX_NAME_LENGTH):
        return
    run_action(
        viewer,
        lambda: pins.leave_off(doubt.places, note="", who=_read_name()),
        f"Left off the map: {_name(doubt)}{_describe_reach(doubt, pins)}",
        ":material/location_off:",
    )


def _pin_typed(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    try:
        point = parse_point(st.session_state[point_map.POINT])
    except ValueError as error:
        show_error(error)
        return
    if point is None:
        show_error("Enter latitude and longitude in degrees, such as 50.33, 4.88")
        return
    _pin(doubt, point, viewer, pins)


def _pin(
    doubt: doubts.Doubt,
    point: tuple[float, float],
    viewer: Viewer,
    pins: Pins,
    *chosen: str,
) -> None:
    """Pin the sites of a place; ``chosen`` are the candidate's name and precision, if it is one."""
    note, precision = chosen or ("", "")
    if not check_length("Your name", _read_name(), _MAX_NAME_LENGTH):
        return
    done = f"Pinned: {_name(doubt)}{_describe_reach(doubt, pins)}"
    if not in_country(*point, country_code(doubt.country)):
        done += f". The point is outside {doubt.country}"
    pinned = run_action(
        viewer,
        lambda: pins.pin(doubt.places, *point, note=note, who=_read_name(), precision=precision),
        done,
        ":material/push_pin:",
    )
    if pinned:
        st.session_state[point_map.POINT] = ""


def _describe_reach(doubt: doubts.Doubt, pins: Pins) -> str:
    private = len(pins.select_private(doubt.places))
    if not private:
        return ""
    return ", for you only" if private == len(doubt.places) else ", on your own lists for you only"


def _read_name() -> str:
    """The name to save with a pin: the logged-in person, else what was typed."""
    person = login.current_person()
    if person is not None:
        return person.display_name
    st.session_state[_LAST_NAME] = typed = str(st.session_state.get(_NAME, "")).strip()
    return typed


def _name(doubt: doubts.Doubt) -> str:
    return doubt.city or doubt.country or "unnamed place"
