"""Minutes by road in the Reach tab: what a routing server answered, and a button to ask it."""

import pandas as pd
import streamlit as st

from dashboard.errors import DashboardError
from dashboard.page.widgets.feedback import show_error
from dashboard.reach.road_times import RoadTimes
from dashboard.service.editor import Editor
from dashboard.service.jobs.routes import KEY
from dashboard.service.jobs.runner import JobState
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import plural


def draw_road_minutes(sites: pd.DataFrame, minutes: int, viewer: Viewer) -> RoadTimes | None:
    """The times by road, once the server has answered for every area; else a button to ask it.

    Args:
        sites: the filtered site table.
        minutes: that are asked for, 0 for a distance.
        viewer: the session.

    Returns:
        ``None`` for a distance, without a routing server, and until all its answers are there.
    """
    road = viewer.recall_road_times(sites, minutes) if minutes else None
    if road is None:
        return None
    if not road.unasked:
        return road
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            "Minutes are estimated. The routing server has answered for "
            f"{road.asked - road.unasked:,} of {plural(road.asked, 'area')}.",
            width="content",
        )
        if viewer.editor is not None:
            st.button(
                "Ask it for minutes by road",
                key="ask_routes",
                icon=":material/route:",
                on_click=_ask,
                args=(viewer.editor, sites, minutes),
                disabled=any(
                    job.key.startswith(KEY) and job.state is JobState.RUNNING
                    for job in viewer.jobs.all()
                ),
                help="Sends the points of places and of sites to the server of the operator.",
            )
    return None


def _ask(editor: Editor, sites: pd.DataFrame, minutes: int) -> None:
    try:
        editor.route(sites, minutes)
    except DashboardError as error:
        show_error(error)
