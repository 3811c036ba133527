"""Runs what a person asks of a list, or says why it was refused."""

from collections.abc import Callable

import streamlit as st

from dashboard.errors import UploadError
from dashboard.page.widgets.feedback import show_error
from geocache.errors import ReadOnlyError


def run(action: Callable[[], object]) -> None:
    """Run an action, and draw the whole page again, which shows it."""
    try:
        action()
    except (UploadError, ReadOnlyError) as error:
        show_error(error)
    else:
        st.rerun()
