"""What a person takes along: files of the filtered sites, and the link to this view."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.filters import Filters, to_query


@dataclass(frozen=True, slots=True)
class Link:
    """The address of the page, of this view and of the same sites over HTTP."""

    page: str
    query: str
    in_api: bool

    @property
    def view(self) -> str:
        """The page with these filters."""
        return self.page + (f"?{self.query}" if self.query else "")

    @property
    def api(self) -> str:
        """The same sites as CSV over HTTP, empty where only this session knows them."""
        if not self.in_api:
            return ""
        return f"{self.page.rstrip('/')}/api/sites.csv" + (f"?{self.query}" if self.query else "")


def link_of(filters: Filters, *, in_api: bool) -> Link:
    """The link to what is shown; ``in_api`` where every session sees the same lists."""
    parts = urlsplit(st.context.url or "")
    page = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else "/"
    return Link(page, urlencode(to_query(filters)), in_api)


def link_button(link: Link) -> None:
    """Draw "Link": this view, and the same sites as an HTTP query, each to copy."""
    with st.popover("Link", icon=":material/link:"):
        st.markdown("This view")
        st.code(link.view, language=None, wrap_lines=True)
        if link.api:
            st.markdown("These sites as CSV, for Excel, pandas or a script")
            st.code(link.api, language=None, wrap_lines=True)
        else:
            st.caption("Lists you added are yours alone: links and queries do not hold them.")


def download_buttons(sites: pd.DataFrame, link: Link) -> None:
    """Draw the downloads of exactly the filtered rows."""
    del link
    st.download_button(
        "Download CSV",
        lambda: exports.to_csv(sites),
        file_name="sites.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="primary",
        key="download_csv",
        help="Exactly the rows of this table, with all columns",
    )
