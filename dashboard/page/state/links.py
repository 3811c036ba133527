"""Links to the page and to what is on screen."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from dashboard.page.state import address, session
from dashboard.query.filters import to_query
from dashboard.query.parameters import VIEW
from dashboard.service.service import service
from dashboard.web.response_cache import MAX_LINK


def get_page_url() -> str:
    """The URL of the page without a query; ``/`` if the browser did not say."""
    parts = urlsplit(st.context.url or "")
    return f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else "/"


def build_view_link() -> str:
    """The link to all that is on screen now, at most :data:`MAX_LINK` characters.

    A longer one is stored, and the link has its key.

    Raises:
        SavedViewError: it is too long, and cannot be stored.
    """
    page = get_page_url()
    query = urlencode([*address.view_pairs(), *to_query(address.current())])
    link = f"{page}?{query}" if query else page
    if len(link) <= MAX_LINK:
        return link
    key = service().views.save(query, session.get_owner())
    return f"{page}?{urlencode({VIEW: key})}"
