"""The map as one HTML file that opens offline, with scripts, tiles and sites inside."""

import html
import json
from base64 import b64encode

import pandas as pd

from dashboard.errors import ExportError
from dashboard.maps import basemap, bundle
from dashboard.maps.javascript import dump_script_json
from dashboard.maps.layer import Circle, build_layer_data
from dashboard.maps.tile_archive import collect_tiles
from dashboard.sites import summary
from dashboard.sites.categoricals import to_plain_text
from dashboard.sites.vocabulary import NOT_STATED

MAX_TILE_BYTES = 3_000_000
"""Of the tiles in a file; as text they take a third more."""

MAX_SITES = 50_000
"""A browser would take too long to open a file with more."""

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


def build_map_html(
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
        as_of: the date of the data, empty if unknown.
        colour_by: a key of :data:`~dashboard.maps.palette.COLOUR_BY`.
        circle: drawn where the sites are filtered by distance.
        attribution: lines that credit the sources of the data.

    Raises:
        ExportError: more than :data:`MAX_SITES` sites.
    """
    if len(sites) > MAX_SITES:
        raise ExportError(
            f"a map file holds at most {MAX_SITES:,} sites, not {len(sites):,}: filter first"
        )
    data = build_layer_data(sites, colour_by=colour_by, circle=circle)
    names = {"stateNames": json.loads(bundle.build_state_names().text)}
    options = basemap.build_options(in_page=False) | names
    tiles = json.dumps(collect_inline(sites), separators=(",", ":"))  # letters, digits, +/= alone
    library = bundle.build_script().text.replace("</script", "<\\/script")
    script = (
        "var map_div = L.map('map_div', {worldCopyJump: true, zoomSnap: 0.25, minZoom: 1, "
        f"maxZoom: {basemap.MAX_ZOOM}}}).setView([25, 10], 2);"
        "L.control.scale().addTo(map_div);"
        f"siteMap.start(map_div, Object.assign({dump_script_json(options)}, {{inline: {tiles}}}));"
        f"siteMap.buildLayer({dump_script_json(data)}).addTo(map_div);"
    )
    sentence = html.escape(summary.sentence(sites, as_of))
    credits_ = "".join(f"<p>{html.escape(line)}</p>" for line in attribution)
    date = f"Data as of {as_of}." if as_of else "The lists do not state the date of their data."
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{bundle.build_style().text}\n{_PAGE_STYLE}</style></head><body>"
        f"<header><h1>{html.escape(title)}</h1><p>{sentence}</p></header>"
        f'<div id="map_div"></div><section>{_build_table(sites)}</section>'
        f"<footer>{credits_}<p>{html.escape(date)}</p></footer>"
        f"<script>{library}</script><script>{script}</script></body></html>"
    )
    return page.encode()


def collect_inline(sites: pd.DataFrame) -> dict[str, str]:
    """The tiles around the sites by ``z/x/y``: gzip as base64, empty for the open sea."""
    located = sites[["latitude", "longitude"]].dropna().round(1).drop_duplicates()
    points = list(located.itertuples(index=False, name=None))
    tiles = collect_tiles(basemap.load_bundled(), points, max_bytes=MAX_TILE_BYTES)
    return {f"{tile.z}/{tile.x}/{tile.y}": b64encode(tile.data).decode() for tile in tiles}


def _build_table(sites: pd.DataFrame) -> str:
    rows = to_plain_text(sites[list(TABLE_COLUMNS)])
    rows["status"] = rows["status"].replace("", NOT_STATED)
    head = "".join(f"<th>{name.replace('_', ' ').capitalize()}</th>" for name in TABLE_COLUMNS)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row) + "</tr>"
        for row in rows.itertuples(index=False, name=None)
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
