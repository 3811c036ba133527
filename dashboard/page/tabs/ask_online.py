"""Offers to ask online geocoders for places that were only looked up offline."""

import pandas as pd
import streamlit as st

from dashboard.errors import DashboardError
from dashboard.jobs.geocode import MAX_PLACES, find_unasked_places
from dashboard.jobs.runner import JobState
from dashboard.page.widgets.markdown import escape
from dashboard.service.editor import Editor
from dashboard.service.viewer import Viewer
from dashboard.sites.summary import plural
from geocache.place import Place


def draw_offer(sites: pd.DataFrame, viewer: Viewer) -> None:
    """Where providers that are switched on were not asked yet: how many places, and a button."""
    names = [provider.name for provider in viewer.geocoder.providers if provider.online]
    if not names or viewer.editor is None:
        return
    places = find_unasked_places(sites)
    if not places:
        return
    some = places[:MAX_PLACES]
    with st.container(border=True):
        of = f" (the first of {len(places):,})" if len(some) < len(places) else ""
        st.markdown(
            f"{plural(len(places), 'place')} could be asked of {escape(' and '.join(names))}. "
            f"What the list says of them is sent there."
        )
        st.button(
            f"Ask {' and '.join(names)} for {plural(len(some), 'place')}{of}",
            key="ask_online",
            icon=":material/travel_explore:",
            on_click=_ask,
            args=(viewer.editor, some),
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
        st.toast(escape(str(error)), icon=":material/error:")
