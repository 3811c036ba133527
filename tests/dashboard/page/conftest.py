"""The service behind pages that are run in this process, each for a session of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

from dashboard.service.service import Service
from dashboard.web.session_cookie import COOKIE


@pytest.fixture
def running(
    opened: Callable[[], Service], data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Service:
    """The service over the seed. A page's session is its state ``cookie``, else ann's."""
    monkeypatch.setenv("SITE_MAP_DATA", str(data_folder))
    cookies = property(lambda _: {COOKIE: st.session_state.get("cookie", "ann")})
    monkeypatch.setattr(type(st.context), "cookies", cookies)
    service = opened()
    service.library()
    return service
