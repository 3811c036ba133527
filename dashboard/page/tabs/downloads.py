"""Downloads of the filtered sites, and the link to this view."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard import exports
from dashboard.errors import SavedViewError
from dashboard.exports import Provenance
from dashboard.maps.html_file import MAX_SITES, build_map_html
from dashboard.page.state import address, links, session
from dashboard.page.tabs.pictures import draw_picture_form
from dashboard.page.tabs.view_names import name_view
from dashboard.page.widgets import on_demand
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import Filters, to_query
from dashboard.query.parameters import VIEW
from dashboard.web.downloads import Download
from dashboard.web.response_cache import MAX_LINK

MAX_ROWS = {"xlsx": 1_048_575}
"""The most rows of formats that have a limit."""


@dataclass(frozen=True, slots=True)
class Link:
    """URLs of the page and of the filtered sites over HTTP.

    ``in_api`` is false if only this session sees the sites.
    """

    page: str
    query: str
    in_api: bool

    @property
    def api(self) -> str:
        """The same sites as CSV over HTTP, empty if only this session sees them."""
        if not self.in_api:
            return ""
        return f"{self.page.rstrip('/')}/api/sites.csv" + (f"?{self.query}" if self.query else "")


def build_link(filters: Filters, *, in_api: bool) -> Link:
    """The link to what is shown; ``in_api``: whether every session sees the same lists."""
    return Link(links.get_page_url(), urlencode(to_query(filters)), in_api)


def draw_link_button(link: Link) -> None:
    """Draw “Link”: URLs of this view and of the same sites over HTTP, to copy."""
    on_demand.popover("Link", partial(_draw_urls, link), key="link", icon=":material/link:")


def _draw_urls(link: Link) -> None:
    st.markdown("This view")
    try:
        view = links.build_view_link()
    except SavedViewError as error:
        st.warning(f"This view is too long for a link, and cannot be stored: {escape(error)}")
    else:
        st.code(view, language=None, wrap_lines=True)
        if f"?{VIEW}=" in view:
            st.caption("The view is stored on this server. It is deleted a year after last use.")
    if len(link.api) > MAX_LINK:
        st.caption(
            "There is no link to these sites as CSV: it would be too long. Download them instead."
        )
    elif link.api:
        st.markdown("These sites as CSV, for Excel, pandas or a script")
        st.code(link.api, language=None, wrap_lines=True)
    else:
        st.warning(
            "Others who open this link do not see the lists that only you see. Make a link for a "
            "colleague there: “Open lists”, “Share”.",
            icon=":material/visibility_off:",
        )


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
    draw_download_link(
        "Download CSV",
        session.offer_download(
            Download(name_view(sites, "csv"), "text/csv", lambda: exports.csv_chunks(sites))
        ),
        key="download_csv",
        primary=True,
        help="All rows of this table, with every column",
    )
    on_demand.popover(
        "Other files",
        partial(_draw_other_files, sites, link, provenance, title),
        key="other_files",
        icon=":material/folder_zip:",
    )
    on_demand.popover(
        "Picture or slides",
        partial(draw_picture_form, sites, provenance, link.page if link.in_api else ""),
        key="picture",
        icon=":material/image:",
    )


def _draw_other_files(sites: pd.DataFrame, link: Link, provenance: Provenance, title: str) -> None:
    for form in exports.FORMATS.values():
        if form.suffix != "csv":
            build = partial(_build_file, sites, link, provenance, form.suffix)
            most = MAX_ROWS.get(form.suffix, len(sites))
            draw_download_link(
                form.label,
                session.offer_download(
                    Download(name_view(sites, form.suffix), form.media_type, build)
                ),
                key=f"download_{form.suffix}",
                disabled="" if len(sites) <= most else f"Holds at most {most:,} rows",
            )
    draw_download_link(
        "Map (one HTML file, opens offline)",
        session.offer_download(
            Download(
                name_view(sites, "html"),
                "text/html",
                partial(_build_map, sites, link, provenance, title),
            )
        ),
        key="download_html",
        disabled="" if len(sites) <= MAX_SITES else f"Holds at most {MAX_SITES:,} sites",
    )


def _build_content(sites: pd.DataFrame, link: Link, provenance: Provenance) -> exports.Content:
    return exports.Content("sites", sites, provenance.describe(sites, filter_text=link.query))


def _build_file(
    sites: pd.DataFrame, link: Link, provenance: Provenance, suffix: str
) -> Iterable[bytes]:
    return exports.FORMATS[suffix].chunks(_build_content(sites, link, provenance))


def _build_map(
    sites: pd.DataFrame, link: Link, provenance: Provenance, title: str
) -> Iterable[bytes]:
    about = _build_content(sites, link, provenance).about
    page = build_map_html(
        sites,
        title=title,
        as_of=about.as_of,
        colour_by=address.colour_by(),
        attribution=about.attribution,
    )
    return (page,)
