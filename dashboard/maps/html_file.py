"""The map as one HTML file that opens offline: scripts, borders and sites are inside it."""

import html

import pandas as pd

from dashboard.errors import ExportError
from dashboard.maps import bundle, folium_map
from dashboard.maps.layer import Circle, layer_data
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.vocabulary import NOT_STATED

MOST_SITES = 50_000
"""A file with more would be too heavy for a browser to open."""

TABLE_COLUMNS = ("facility", "city", "state", "country", "status", "trial_id", "precision")

_PAGE_STYLE = """
html, body { margin: 0; height: 100%; font: 15px/1.45 system-ui, sans-serif; color: #1f2937; }
header { padding: 12px 18px 10px; }
h1 { font-size: 20px; margin: 0 0 2px; overflow-wrap: anywhere; }
p { margin: 2px 0; }
#map_div { height: min(72vh, 760px); }
section { padding: 12px 18px; overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { text-align: left; padding: 3px 12px 3px 0; border-bottom: 1px solid #e5e7eb; }
footer { padding: 4px 18px 18px; font-size: 12px; color: #4b5563; }
"""


def map_html(
    sites: pd.DataFrame,
    *,
    title: str,
    as_of: str = "",
    colour_by: str = "status",
    circle: Circle | None = None,
    attribution: tuple[str, ...] = (),
) -> bytes:
    """The located sites as an interactive map, and all of them as a table below it.

    Args:
        sites: a site table.
        title: the heading.
        as_of: the date the data is from.
        colour_by: as on the page.
        circle: what "near" is measured from.
        attribution: whose data the file holds, a line each.

    Raises:
        ExportError: more than :data:`MOST_SITES` sites.
    """
    if len(sites) > MOST_SITES:
        raise ExportError(
            f"a map file holds at most {MOST_SITES:,} sites, these are {len(sites):,}: filter first"
        )
    data = layer_data(sites, colour_by=colour_by, circle=circle)
    options = folium_map.base_options(dark=False, view_filter=False)
    borders = f"{{borders: {bundle.countries().text}}}".replace("<", "\\u003c")
    script = (
        "var map_div = L.map('map_div', {worldCopyJump: true, zoomSnap: 0.5, minZoom: 1, "
        f"maxZoom: {folium_map.MAX_ZOOM}}}).setView([25, 10], 2);"
        "L.control.scale().addTo(map_div);"
        f"siteMap.base(map_div, Object.assign({folium_map.script_json(options)}, {borders}));"
        f"siteMap.layer({folium_map.script_json(data)}).addTo(map_div);"
    )
    words = html.escape(summary.sentence(sites, as_of))
    credits_ = "".join(f"<p>{html.escape(line)}</p>" for line in attribution)
    dated = f"Data as of {as_of}." if as_of else "The lists do not say of when their data is."
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{bundle.style().text}\n{_PAGE_STYLE}</style></head><body>"
        f"<header><h1>{html.escape(title)}</h1><p>{words}</p></header>"
        f'<div id="map_div"></div><section>{_table(sites)}</section>'
        f"<footer>{credits_}<p>{html.escape(dated)}</p></footer>"
        f"<script>{_script()}</script><script>{script}</script></body></html>"
    )
    return page.encode()


def _table(sites: pd.DataFrame) -> str:
    rows = to_plain_text(sites[list(TABLE_COLUMNS)])
    rows["status"] = rows["status"].replace("", NOT_STATED)
    head = "".join(f"<th>{name.replace('_', ' ').capitalize()}</th>" for name in TABLE_COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _script() -> str:
    return bundle.script().text.replace("</script", "<\\/script")
