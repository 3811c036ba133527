"""A small map of the candidates of a place, to choose a point on."""

from collections.abc import Sequence

import streamlit as st

from dashboard.page.widgets.small_map import Mark, draw_small_map
from dashboard.query.coordinates import parse_point
from dashboard.service.viewer import Viewer
from geocache.place import Alternative

POINT = "pin_point"
"""The session state has the point that was clicked or typed under this key."""

_KEY = "choose_map"


def draw_point_map(candidates: Sequence[Alternative], country: str, viewer: Viewer) -> None:
    """Draw the numbered candidates and the chosen point; a click chooses one.

    Args:
        candidates: where the place could be; the map shows all of them.
        country: ISO 3166-1 alpha-2; shown if there are no candidates.
        viewer: for the settings.
    """
    marks = [
        Mark((one.latitude, one.longitude), str(number))
        for number, one in enumerate(candidates, start=1)
    ]
    chosen = _read_point()
    draw_small_map(
        [*marks, Mark(chosen, "✕", "sm-chosen")] if chosen else marks,
        viewer.settings,
        key=_KEY,
        country=country,
        shown=len(marks),
        returned=("last_clicked",),
        on_change=_choose_clicked,
    )


def _read_point() -> tuple[float, float] | None:
    try:
        return parse_point(st.session_state.get(POINT, ""))
    except ValueError:
        return None  # reported when it is pinned


def _choose_clicked() -> None:
    where = (st.session_state.get(_KEY) or {}).get("last_clicked")
    if where:
        longitude = (where["lng"] + 180) % 360 - 180
        st.session_state[POINT] = f"{where['lat']:.5f}, {longitude:.5f}"
