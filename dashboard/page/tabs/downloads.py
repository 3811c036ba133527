"""Downloads of the filtered sites, and the link to this view."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.exports import Provenance
from dashboard.maps.html_file import MAX_SITES, build_map_html
from dashboard.page.state import address
from dashboard.page.widgets import on_demand
from dashboard.query.filters import Filters, to_query

MAX_ROWS = {"xlsx": 1_048_575}
"""The most rows of formats that have a limit."""


@dataclass(frozen=True, slots=True)
class Link:
    """URLs of the page, of this view, and of the same sites over HTTP.

    ``in_api`` is false if only this session sees the sites.
    """

    page: str
    query: str
    in_api: bool

    @property
    def view(self) -> str:
        """The page with these filters."""
        return self.page + (f"?{self.query}" if self.query else "")

    @property
    def api(self) -> str:
        """The same sites as CSV over HTTP, empty if only this session sees them."""
        if not self.in_api:
            return ""
        return f"{self.page.rstrip('/')}/api/sites.csv" + (f"?{self.query}" if self.query else "")


def build_link(filters: Filters, *, in_api: bool) -> Link:
    """The link to what is shown; ``in_api``: whether every session sees the same lists."""
    parts = urlsplit(st.context.url or "")
    page = f"{parts.scheme}://{parts.netloc}{parts.path}" if parts.netloc else "/"
    return Link(page, urlencode(to_query(filters)), in_api)


def draw_link_button(link: Link) -> None:
    """Draw “Link”: URLs of this view and of the same sites over HTTP, to copy."""
    on_demand.popover("Link", partial(_draw_urls, link), key="link", icon=":material/link:")


def _draw_urls(link: Link) -> None:
    st.markdown("This view")
    st.code(link.view, language=None, wrap_lines=True)
    if link.api:
        st.markdown("These sites as CSV, for Excel, pandas or a script")
        st.code(link.api, language=None, wrap_lines=True)
    else:
        st.caption("Only you see the lists you added, so links do not include them.")


def draw_download_buttons(
    sites: pd.DataFrame, link: Link, provenance: Provenance, title: str
) -> None:
    """Draw the downloads of the filtered rows; each file is made when its button is clicked.

    Args:
        sites: the filtered site table.
        link: the link to this view.
        provenance: where the trials come from, for the files' metadata.
        title: the heading of the map file.
    """
    st.download_button(
        "Download CSV",
        lambda: exports.to_csv(sites),
        file_name="sites.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        # White text on the dark theme's light blue has too little contrast.
        type="secondary" if st.context.theme.type == "dark" else "primary",
        key="download_csv",
        help="All rows of this table, with every column",
    )
    on_demand.popover(
        "Other files",
        partial(_draw_other_files, sites, link, provenance, title),
        key="other_files",
        icon=":material/folder_zip:",
    )


def _draw_other_files(sites: pd.DataFrame, link: Link, provenance: Provenance, title: str) -> None:
    for form in exports.FORMATS.values():
        if form.suffix != "csv":
            st.download_button(
                form.label,
                partial(_build_file, sites, link, provenance, form.suffix),
                file_name=f"sites.{form.suffix}",
                mime=form.media_type,
                on_click="ignore",
                key=f"download_{form.suffix}",
                width="stretch",
                disabled=len(sites) > MAX_ROWS.get(form.suffix, len(sites)),
            )
    st.download_button(
        "Map (one HTML file, opens offline)",
        partial(_build_map, sites, link, provenance, title),
        file_name="sites.html",
        mime="text/html",
        on_click="ignore",
        key="download_html",
        width="stretch",
        disabled=len(sites) > MAX_SITES,
        help=f"Up to {MAX_SITES:,} sites",
    )


def _build_content(sites: pd.DataFrame, link: Link, provenance: Provenance) -> exports.Content:
    return exports.Content("sites", sites, provenance.describe(sites, filter_text=link.query))


def _build_file(sites: pd.DataFrame, link: Link, provenance: Provenance, suffix: str) -> bytes:
    return exports.to_bytes(_build_content(sites, link, provenance), suffix)


def _build_map(sites: pd.DataFrame, link: Link, provenance: Provenance, title: str) -> bytes:
    about = _build_content(sites, link, provenance).about
    return build_map_html(
        sites,
        title=title,
        as_of=about.as_of,
        colour_by=address.colour_by(),
        attribution=about.attribution,
    )
