"""What to doubt, and putting it right: every correction is a pin in the cache."""

import folium
import pandas as pd
import streamlit as st

from dashboard import maps, quality, summary
from dashboard.coordinates import point_of
from dashboard.library import Library
from dashboard.links import plain
from dashboard.service import Service
from dashboard.views import changing, online, signed_in
from dashboard.views.folium_map import folium_map
from dashboard.views.limits import within
from dashboard.views.pins import pins_view
from geocache.distance import distance_km
from geocache.place import Alternative

_TABLE = "doubts_table"
_NAME = "pin_who"
_POINT = "pin_point"
_MOST_OF_NAME = 80
_BY_KEYBOARD = "By keyboard: the arrow keys move in the table, Shift and Space select a row."


def quality_view(sites: pd.DataFrame, library: Library, opened: Service) -> None:
    """Draw the places in doubt among the filtered sites, and the pins that people set."""
    online.offer(sites, opened)
    doubts = quality.doubts(sites)
    found = doubts.shown
    if not found:
        st.markdown("Every site shown is on the map, and nothing speaks against its position.")
    else:
        st.markdown(
            f"{_counts(doubts)} Select a row to see why, and to put it right.", help=_BY_KEYBOARD
        )
        if doubts.places > len(found):
            st.caption(f"The first {len(found):,} of {doubts.places:,} places; filter for others.")
        state = st.dataframe(
            quality.doubt_table(found),
            hide_index=True,
            height=320 if len(found) > 8 else "auto",
            key=_TABLE,
            on_select="rerun",
            selection_mode="single-row",
            column_config={
                "problem": "Problem",
                "city": "City",
                "state": "State",
                "country": "Country",
                "sites": "Sites",
                "place_name": "Placed at",
                "reason": st.column_config.TextColumn("Why", width="large"),
            },
            alt=f"Places in doubt, {len(found):,} rows",
        )
        rows = state["selection"]["rows"]
        if rows and rows[0] < len(found):
            _put_right(found[rows[0]], library, opened)
    pins_view(opened)


def _counts(found: quality.Doubts) -> str:
    said = {"Not on the map": found.missing, "Doubtful": found.flagged}
    if found.left_off:
        said["Left off"] = found.left_off
    return " ".join(f"{what}: **{summary.plural(n, 'site')}**." for what, n in said.items())


def _put_right(doubt: quality.Doubt, library: Library, opened: Service) -> None:
    answer = opened.locate(doubt.places[0])
    lists = [one.reading.sites for one in library.lists if one.reading is not None]
    options = quality.choices(doubt, answer, quality.own_points(lists, doubt))
    name = ", ".join(p for p in (doubt.city, doubt.state, doubt.country) if p) or "No place named"
    with st.container(border=True):
        st.markdown(f"**{plain(name)}**: {plain(doubt.reason or doubt.problem)}")
        if not opened.may_change:
            off = opened.settings.site_map_read_only or not signed_in.configured()
            what = "turned off on this server" if off else "left to others: ask who runs this"
            st.caption(f"Corrections are {what}.")
        left, right = st.columns([1, 1.2], gap="medium")
        with left:
            for number, option in enumerate(options):
                _option(doubt, options[0], option, number, opened)
            if opened.may_change and doubt.left_off:
                _put_back(doubt, opened)
            elif opened.may_change:
                _by_hand(doubt, opened)
        with right:
            _map(options, opened)


def _option(
    doubt: quality.Doubt, first: Alternative, option: Alternative, number: int, opened: Service
) -> None:
    shown = number == 0 and doubt.latitude is not None
    apart = distance_km((first.latitude, first.longitude), (option.latitude, option.longitude))
    about = " (shown now)" if shown else f", {apart:,.0f} km from 1" if number else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"{number + 1}\\. {plain(option.place_name)}  \n"
            f"{option.latitude:.4f}, {option.longitude:.4f}{about}",
            width="stretch",
        )
        if opened.may_change:
            st.button(
                "This one",
                key=f"this_{number}",
                on_click=_pin,
                args=(doubt, option.latitude, option.longitude, opened, option.place_name),
            )


def _by_hand(doubt: quality.Doubt, opened: Service) -> None:
    st.text_input(
        "Or pin it here (latitude, longitude)",
        key=_POINT,
        placeholder="click on the map, or type 50.33, 4.88",
    )
    if signed_in.person_on_page() is None:
        st.text_input("Your name, kept with the pin", key=_NAME)
    sites = summary.plural(len(doubt.rows), "site")
    with st.container(horizontal=True):
        st.button(
            f"Pin {sites} here",
            key="pin_here",
            type="primary",
            icon=":material/push_pin:",
            on_click=_pin_typed,
            args=(doubt, opened),
        )
        st.button(
            f"Leave {sites} off the map",
            key="leave_off",
            icon=":material/location_off:",
            on_click=_leave_off,
            args=(doubt, opened),
            help="For what has no place, such as “Multiple sites”. It stays in the table.",
        )


def _put_back(doubt: quality.Doubt, opened: Service) -> None:
    st.button(
        "Undo: look for it again",
        key="put_back",
        icon=":material/undo:",
        on_click=_unpin_all,
        args=(doubt, opened),
    )


def _unpin_all(doubt: quality.Doubt, opened: Service) -> None:
    def unpin() -> None:
        for place in doubt.places:
            opened.unpin(place)

    said = f"Looked for again: {doubt.city or doubt.country}"
    changing.change(opened, unpin, said, ":material/undo:")


def _leave_off(doubt: quality.Doubt, opened: Service) -> None:
    if not within("Your name", _who(), _MOST_OF_NAME):
        return
    changing.change(
        opened,
        lambda: opened.leave_off(doubt.places, note="", who=_who()),
        f"Left off: {doubt.city or doubt.country}",
        ":material/location_off:",
    )


def _who() -> str:
    person = signed_in.person_on_page()
    if person is not None:
        return person.shown
    return str(st.session_state.get(_NAME, "")).strip()


def _map(options: list[Alternative], opened: Service) -> None:
    dark = st.context.theme.type == "dark"
    tiles = opened.settings.site_map_tiles
    chooser = maps.base_map(dark=dark, tiles=tiles, chooser=True)
    group = folium.FeatureGroup()
    for number, option in enumerate(options):
        folium.Marker(
            (option.latitude, option.longitude),
            icon=folium.DivIcon(
                html=f'<div class="sm-choice">{number + 1}</div>', icon_size=(24, 24)
            ),
        ).add_to(group)
    centre = (options[0].latitude, options[0].longitude) if options else (25.0, 10.0)
    folium_map(
        chooser,
        group,
        key="choose_map",
        height=300,
        returned=("last_clicked",),
        on_change=_clicked,
        center=centre,
        zoom=6 if options else 2,
    )


def _clicked() -> None:
    where = (st.session_state.get("choose_map") or {}).get("last_clicked")
    if where:
        longitude = (where["lng"] + 180) % 360 - 180
        st.session_state[_POINT] = f"{where['lat']:.5f}, {longitude:.5f}"


def _pin_typed(doubt: quality.Doubt, opened: Service) -> None:
    try:
        point = point_of(st.session_state[_POINT])
    except ValueError as error:
        st.toast(plain(str(error)), icon=":material/error:")
        return
    if point is None:
        st.toast(
            "Give latitude and longitude in degrees, such as 50.33, 4.88", icon=":material/error:"
        )
        return
    _pin(doubt, *point, opened, "")


def _pin(
    doubt: quality.Doubt, latitude: float, longitude: float, opened: Service, note: str
) -> None:
    if not within("Your name", _who(), _MOST_OF_NAME):
        return
    done = changing.change(
        opened,
        lambda: opened.pin(doubt.places, latitude, longitude, note=note, who=_who()),
        f"Pinned: {doubt.city or doubt.country}",
        ":material/push_pin:",
    )
    if done:
        st.session_state[_POINT] = ""
