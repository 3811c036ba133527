"""The offer to ask an online provider for what is not known offline; nothing is asked unasked."""

import pandas as pd
import streamlit as st

from dashboard.errors import DashboardError
from dashboard.jobs.geocode import MOST_PLACES, unasked
from dashboard.jobs.runner import State
from dashboard.page.state import session
from dashboard.page.widgets.markdown import plain
from dashboard.service.service import Service
from dashboard.sites.summary import plural
from geocache.errors import ReadOnlyError
from geocache.place import Place


def offer(sites: pd.DataFrame, opened: Service) -> None:
    """Where providers that are switched on were not asked yet: how many places, and a button."""
    names = [provider.name for provider in opened.cache.providers if provider.online]
    if not names or not opened.may_change:
        return
    places = unasked(sites)
    if not places:
        return
    some = places[:MOST_PLACES]
    with st.container(border=True):
        of = f" (the first of {len(places):,})" if len(some) < len(places) else ""
        st.markdown(
            f"{plural(len(places), 'place')} could be asked of {plain(' and '.join(names))}. "
            f"What the list says of them is sent there."
        )
        st.button(
            f"Ask {' and '.join(names)} for {plural(len(some), 'place')}{of}",
            key="ask_online",
            icon=":material/travel_explore:",
            on_click=_ask,
            args=(opened, some),
            disabled=any(
                job.state is State.RUNNING and job.key.startswith("ask:")
                for job in opened.jobs.all()
            ),
        )
        for notice in opened.cache.notices:
            st.caption(plain(notice))


def _ask(opened: Service, places: tuple[Place, ...]) -> None:
    try:
        opened.ask(places, owner=session.owner())
    except (DashboardError, ReadOnlyError) as error:
        st.toast(plain(str(error)), icon=":material/error:")
