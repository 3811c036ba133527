"""One site: what is known of it, and how exactly it is placed."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.places import doubt as doubt_words
from dashboard.page.widgets.markdown import link, plain, trial_link
from dashboard.sites.facilities import find_other_trials
from dashboard.sites.trial import Trial


def site_details(site: pd.Series, whole: pd.DataFrame, trials: Mapping[str, Trial]) -> None:
    """Draw a card of one row of the site table, with what else runs there in all open lists."""
    with st.container(border=True):
        st.markdown(f"**{plain(folium_map.site_title(site))}**")
        where = ", ".join(
            part for part in (site.city, site.state, site.postcode, site.country) if part
        )
        lines = [plain(where or "No address")]
        if site.site_number:
            lines.append(f"Site number {plain(site.site_number)}")
        lines.append(f"Status: {plain(site.status or 'not stated')}")
        trial = trials.get(site.trial_id)
        if trial and trial.title:
            lines.append(f"{link(trial_link(trial), trial.trial_id)} · {plain(trial.title)}")
        st.markdown("  \n".join(lines))
        st.caption(plain(position_words(site)))
        others = find_other_trials(site, whole)
        if others:
            st.caption("Also at this facility: " + ", ".join(plain(t) for t in others))


def position_words(site: pd.Series) -> str:
    """How exactly a site is placed, by whom and what to doubt, in a sentence."""
    if pd.isna(site.latitude):
        return f"Not on the map: {site.reason or 'no position'}"
    words = f"Placed at {site.place_name}, precision {site.precision}, by {site.source}"
    doubt = doubt_words(site["flags"])
    return (
        words
        + (f": {site.reason}" if site.reason else "")
        + (f". Doubtful: {doubt}" if doubt else "")
    )
