"""Offers to ask online geocoders about places that were only looked up offline."""

import pandas as pd
import streamlit as st

from dashboard.errors import DashboardError
from dashboard.page.widgets.feedback import show_error
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.jobs.geocode import MAX_PLACES, find_unasked_places
from dashboard.service.jobs.runner import JobState
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import plural
from geocache.place import Place


def draw_offer(sites: pd.DataFrame, viewer: Viewer) -> None:
    """Draw how many places an online provider can be asked about, and a button to ask it."""
    names = " and ".join(p.name for p in viewer.geocoder.providers if p.online)
    if not names or viewer.editor is None:
        return
    places = find_unasked_places(sites, viewer.geocoder.locate_many)
    if not places:
        return
    batch = places[:MAX_PLACES]
    part = f" (the first of {len(places):,})" if len(batch) < len(places) else ""
    with st.container(border=True):
        st.markdown(
            f"{escape(names)} can be asked about {plural(len(places), 'place')}. This sends their "
            "names and addresses there."
        )
        st.button(
            f"Ask {names} about {plural(len(batch), 'place')}{part}",
            key="ask_online",
            icon=":material/travel_explore:",
            on_click=_ask,
            args=(viewer.editor, batch),
            disabled=any(
                job.state is JobState.RUNNING and job.key.startswith("ask:")
                for job in viewer.jobs.all()
            ),
        )
        for notice in viewer.geocoder.notices:
            st.caption(escape(notice))


def _ask(editor: Editor, places: tuple[Place, ...]) -> None:
    try:
        editor.geocode(places)
    except DashboardError as error:
        show_error(error)
