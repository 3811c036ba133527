"""One place in doubt: where it could be, and what a person makes of it."""

import streamlit as st

from dashboard.library.lists import Library
from dashboard.page.state import login
from dashboard.page.tabs import point_map
from dashboard.page.widgets import feedback
from dashboard.page.widgets.feedback import check_length
from dashboard.page.widgets.markdown import escape
from dashboard.query.coordinates import parse_point
from dashboard.service.pins import Pins
from dashboard.service.viewer import Viewer
from dashboard.sites import doubts, summary
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code
from geocache.geo.distance import distance_km
from geocache.place import Alternative

_NAME = "pin_who"
_LAST_NAME = "pin_who_last"
_MOST_OF_NAME = 80


def draw_correction(doubt: doubts.Doubt, library: Library, viewer: Viewer) -> None:
    """Draw what speaks against it, its choices beside a map of them, and the ways to correct it."""
    answer = viewer.geocoder.locate(doubt.places[0])
    lists = [one.reading.sites for one in library.lists if one.reading is not None]
    options = doubts.list_candidates(doubt, answer, doubts.find_registry_points(lists, doubt))
    name = ", ".join(p for p in (doubt.city, doubt.state, doubt.country) if p) or "No place named"
    with st.container(border=True):
        why = ": ".join(part for part in (doubt.problem, doubt.reason) if part)
        st.markdown(f"**{escape(name)}**, {escape(why)}")
        if viewer.editor is None:
            off = viewer.settings.site_map_read_only or not login.is_configured()
            what = "turned off on this server" if off else "left to others: ask who runs this"
            st.caption(f"Corrections are {what}.")
        left, right = st.columns([1, 1.2], gap="medium")
        with left:
            for number, option in enumerate(options):
                _option(doubt, options[0], option, number, viewer)
            if viewer.editor is not None and doubt.left_off:
                _put_back(doubt, viewer, viewer.editor.pins)
            elif viewer.editor is not None:
                _by_hand(doubt, viewer, viewer.editor.pins)
        with right:
            point_map.draw_point_map(options, country_code(doubt.country), viewer)


def _option(
    doubt: doubts.Doubt, first: Alternative, option: Alternative, number: int, viewer: Viewer
) -> None:
    shown = number == 0 and doubt.latitude is not None
    apart = distance_km((first.latitude, first.longitude), (option.latitude, option.longitude))
    about = " (shown now)" if shown else f", {apart:,.0f} km from 1" if number else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{number + 1}\\. {escape(option.place_name)}  \n"
            f"{option.latitude:.4f}, {option.longitude:.4f}{about}",
            width="stretch",
        )
        if viewer.editor is not None:
            st.button(
                "This one",
                key=f"this_{number}",
                on_click=_pin,
                args=(
                    doubt,
                    (option.latitude, option.longitude),
                    viewer,
                    viewer.editor.pins,
                    option.place_name,
                ),
            )


def _by_hand(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    st.text_input(
        "Or pin it here (latitude, longitude)",
        key=point_map.POINT,
        placeholder="click on the map, or type 50.33, 4.88",
    )
    if login.current_person() is None:
        # What was typed is forgotten with the field, which the next place brings back.
        st.session_state.setdefault(_NAME, st.session_state.get(_LAST_NAME, ""))
        st.text_input("Your name, kept with the pin", key=_NAME)
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
            help="For what has no place, such as “Multiple sites”. It stays in the table.",
        )


def _put_back(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    st.button(
        "Undo: look for it again",
        key="put_back",
        icon=":material/undo:",
        on_click=_unpin_all,
        args=(doubt, viewer, pins),
    )


def _unpin_all(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    said = f"Looked for again: {doubt.city or doubt.country}"
    feedback.run_action(viewer, lambda: pins.unpin(doubt.places), said, ":material/undo:")


def _leave_off(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    if not check_length("Your name", _who(), _MOST_OF_NAME):
        return
    feedback.run_action(
        viewer,
        lambda: pins.leave_off(doubt.places, note="", who=_who()),
        f"Left off: {doubt.city or doubt.country}",
        ":material/location_off:",
    )


def _who() -> str:
    person = login.current_person()
    if person is not None:
        return person.display_name
    st.session_state[_LAST_NAME] = typed = str(st.session_state.get(_NAME, "")).strip()
    return typed


def _pin_typed(doubt: doubts.Doubt, viewer: Viewer, pins: Pins) -> None:
    try:
        point = parse_point(st.session_state[point_map.POINT])
    except ValueError as error:
        st.toast(escape(str(error)), icon=":material/error:")
        return
    if point is None:
        st.toast(
            "Give latitude and longitude in degrees, such as 50.33, 4.88", icon=":material/error:"
        )
        return
    _pin(doubt, point, viewer, pins, "")


def _pin(
    doubt: doubts.Doubt, point: tuple[float, float], viewer: Viewer, pins: Pins, note: str
) -> None:
    if not check_length("Your name", _who(), _MOST_OF_NAME):
        return
    said = f"Pinned: {doubt.city or doubt.country}"
    if not in_country(*point, country_code(doubt.country)):
        said += f". The point lies outside {doubt.country}"
    done = feedback.run_action(
        viewer,
        lambda: pins.pin(doubt.places, *point, note=note, who=_who()),
        said,
        ":material/push_pin:",
    )
    if done:
        st.session_state[point_map.POINT] = ""
