"""The choice of a picture or of slides of the filtered sites, with a preview."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from dashboard.errors import ExportError
from dashboard.exports import Provenance
from dashboard.maps.palette import COLOUR_BY, FIELD_PREFIX
from dashboard.page.state import address, session
from dashboard.page.tabs.view_names import name_view
from dashboard.page.widgets.download_link import draw_download_link
from dashboard.page.widgets.markdown import escape
from dashboard.query.filters import to_query
from dashboard.reports.render import MEDIA_TYPES, MOST_AT_ONCE, SIZES, THEMES, Look, render
from dashboard.reports.request import ReportQuery, build_filtered_report
from dashboard.service.service import service
from dashboard.web.downloads import Download
from dashboard.web.response_cache import MAX_LINK

_PREVIEW_DPI = 60
WAITING = (
    f"The server draws {MOST_AT_ONCE} pictures at a time and is drawing as many for others. "
    "Yours is drawn as soon as it can be, and shows here by itself."
)
_FORMAT_NAMES = {"png": "PNG", "svg": "SVG", "pdf": "PDF", "pptx": "Slides"}
_SIZE_NAMES = {
    "wide": "Wide (16:9)",
    "a4": "A4",
    "a4-portrait": "A4, portrait",
    "letter": "Letter",
    "letter-portrait": "Letter, portrait",
}


def draw_picture_form(sites: pd.DataFrame, provenance: Provenance, page: str) -> None:
    """Draw the choice of a format and look, a preview, and the link that draws the file.

    Args:
        sites: the filtered site table.
        provenance: where the trials come from.
        page: the URL of the page for the file's notes; empty if only this session sees the sites.
    """
    suffix = st.segmented_control(
        "Format",
        list(MEDIA_TYPES),
        default="png",
        key="picture_format",
        format_func=_FORMAT_NAMES.__getitem__,
    )
    suffix = str(suffix or "png")
    size = "wide"
    if suffix != "pptx":
        size = str(
            st.selectbox("Page", SIZES, key="picture_size", format_func=_SIZE_NAMES.__getitem__)
        )
    theme = st.segmented_control(
        "Colours", THEMES, default="light", key="picture_theme", format_func=str.capitalize
    )
    on_map = address.colour_by()
    own = [] if on_map in COLOUR_BY else [on_map]
    colour_by = st.selectbox(
        "Colour by",
        [*COLOUR_BY, *own],
        index=[*COLOUR_BY, *own].index(on_map),
        key=f"picture_colour_{on_map}",  # begins anew when the map's changes
        format_func=_name_colour,
    )
    sharp = suffix == "png" and st.toggle("For print (300 dots per inch)", key="picture_sharp")
    look = Look(suffix, size, str(theme or "light"), 300 if sharp else 150)
    asked = ReportQuery(address.current(), colour_by, look, address.shade())
    draw_download_link(
        "Download",
        session.offer_download(
            Download(
                name_view(sites, suffix),
                MEDIA_TYPES[suffix],
                partial(_build_file, sites, asked, provenance, page),
            )
        ),
        key="download_picture",
        primary=True,
        help="Drawn when you click: it takes some seconds, longer while others have pictures drawn",
    )
    what = "Slides have an editable chart and tables. " if suffix == "pptx" else ""
    st.caption(f"{what}Shaded as the map is now.")
    _draw_preview(sites, asked, provenance)


def _name_colour(name: str) -> str:
    return "How exact" if name == "precision" else name.removeprefix(FIELD_PREFIX).capitalize()


def _draw_preview(sites: pd.DataFrame, asked: ReportQuery, provenance: Provenance) -> None:
    look = asked.look._replace(suffix="png", dpi=_PREVIEW_DPI)
    note = st.empty()
    try:
        with st.spinner("Drawing a preview …"):
            report = build_filtered_report(sites, asked, provenance)
            picture = render(report, look, on_wait=lambda: note.caption(WAITING))
    except ExportError as error:
        note.warning(f"No preview: {escape(error)}")
    else:
        note.image(picture, caption="Preview")


def _build_file(
    sites: pd.DataFrame, asked: ReportQuery, provenance: Provenance, page: str
) -> Iterator[bytes]:
    query = urlencode(to_query(asked.filters))
    link = f"{page}?{query}" if page and len(query) < MAX_LINK else page
    report = build_filtered_report(sites, asked, provenance, link)
    yield render(report, asked.look, service().settings.site_map_pptx_template)
