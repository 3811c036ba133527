"""What the page shows while the lists are being opened for the first time."""

import streamlit as st

from dashboard.links import plain
from dashboard.service import Service

PATIENCE_SECONDS = 0.25


def wait_for(opened: Service) -> None:
    """Return once the lists are open; until then show how far it is, and stop if it failed."""
    opened.start()
    if not opened.wait(PATIENCE_SECONDS):
        place = st.empty()
        while not opened.wait(PATIENCE_SECONDS):
            progress = opened.progress
            place.progress(progress.fraction, f"{plain(progress.stage)} …")
        place.empty()
    if opened.failure:
        st.error(plain(opened.failure))
        st.stop()
