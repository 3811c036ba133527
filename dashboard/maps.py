"""The folium map: a base that never changes, and a layer of places made anew at every filter.

The base keeps its identity in the browser, so pan and zoom survive every filter; the layer holds
plain arrays that ``assets/site-map.js`` draws. Every text enters the browser as text.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import folium
import pandas as pd
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from dashboard import summary
from dashboard.assets import libraries
from dashboard.palette import categories_of
from geocache.place import Flag, Precision

MAX_ZOOM = 17
ATTRIBUTION = (
    'Borders <a href="https://www.naturalearthdata.com/" target="_blank" rel="noopener">Natural '
    "Earth</a>, not a statement on their status | Places <a "
    'href="https://www.geonames.org/" target="_blank" rel="noopener">GeoNames</a> CC BY 4.0'
)
COLOURS = {
    False: {
        "sea": "#dfe8ee",
        "land": "#f7f6f2",
        "border": "#b9bec6",
        "shade": "#5b9bd5",
        "active": "#1d4ed8",
    },
    True: {
        "sea": "#141a21",
        "land": "#262e38",
        "border": "#465262",
        "shade": "#4d8fd1",
        "active": "#7db4ff",
    },
}

FLAG_WORDS = {
    Flag.AMBIGUOUS: "another place of this name is possible",
    Flag.APPROXIMATE: "approximate: the region or a nearby name, not the place itself",
    Flag.CONFLICTING_STATE: "the state given does not hold this city",
    Flag.CONFLICTING_POINT: "the registry's own point is elsewhere",
    Flag.OUTSIDE_COUNTRY: "outside the country given",
    Flag.PLACEHOLDER_FACILITY: "",
}
"""What each flag tells a reader; empty where it says nothing about the position."""

AREAS = {Precision.REGION, Precision.COUNTRY}


@dataclass(frozen=True, slots=True)
class Circle:
    """Where "near" is measured from, and how far it reaches (``None``: any distance)."""

    latitude: float
    longitude: float
    radius_km: float | None = None


class _Base(JSCSSMixin, MacroElement):
    """The sea, the countries and the controls; see ``site-map.js``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "siteMap.base({{ this._parent.get_name() }}, {{ this.options_json }});"
        "{% endmacro %}"
    )
    default_js = [  # noqa: RUF012 - folium's own form
        ("markercluster", libraries.CLUSTER_JS),
        ("site_map", libraries.SITE_MAP_JS),
    ]
    default_css = [  # noqa: RUF012
        ("markercluster_css", libraries.CLUSTER_CSS),
        ("site_map_css", libraries.SITE_MAP_CSS),
    ]

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "SiteMapBase"
        self.options_json = script_json(options)


class SiteLayer(folium.FeatureGroup):
    """The places of a site table with their sites, drawn by ``site-map.js``."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "var {{ this.get_name() }} = siteMap.layer({{ this.data_json }});"
        "{% endmacro %}"
    )

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(name="Sites")
        self.data_json = script_json(data)


def script_json(value: object) -> str:
    """JSON that is safe inside a script that others search and replace in.

    Inside strings every character but letters, digits and a few signs is written as ``\\u….``: no
    markup, template or variable pattern survives to be taken for one.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    pieces = []
    inside = escaped = False
    for character in text:
        if inside and not escaped and character in "<>&$`_/{}'()=;":
            pieces.append(f"\\u{ord(character):04x}")
        else:
            pieces.append(character)
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = inside
        elif character == '"':
            inside = not inside
    return "".join(pieces)


def base_map(*, dark: bool = False, tiles: str = "") -> folium.Map:
    """A new map without data; equal arguments give maps the browser takes for the same one."""
    made = folium.Map(
        location=(25, 10),
        zoom_start=2,
        tiles=tiles or None,
        attr="Tiles: see the tile server's terms" if tiles else None,
        control_scale=True,
        world_copy_jump=True,
        zoom_snap=0.5,
        max_zoom=MAX_ZOOM,
    )
    made.options["maxZoom"] = MAX_ZOOM
    made.options["minZoom"] = 1
    made.default_js = [("leaflet", libraries.LEAFLET_JS)]
    made.default_css = [("leaflet_css", libraries.LEAFLET_CSS)]
    options = {
        "dark": dark,
        "colours": COLOURS[dark],
        "countries": libraries.COUNTRIES,
        "attribution": ATTRIBUTION,
        "tiles": bool(tiles),
        "viewFilter": True,
    }
    made.add_child(_Base(options))
    return made


def doubt(flags: str) -> str:
    """What the flags of a site say about its position, in words; empty when nothing."""
    words = [FLAG_WORDS.get(Flag(flag), "") for flag in flags.split(";") if flag]
    return "; ".join(word for word in words if word)


def site_title(site: Any) -> str:
    """The line a site is called by: facility, else its number, else that it has no name."""
    if site.facility:
        return str(site.facility)
    return f"Site {site.site_number}" if site.site_number else "Facility not named"


def site_detail(site: Any) -> str:
    """The second line of a site: number, trial, status, precision."""
    number = f"Site {site.site_number}" if site.site_number and site.facility else ""
    status = site.status or "Status not stated"
    parts = [number, site.trial_id, status, f"precision: {site.precision}"]
    return " · ".join(part for part in parts if part)


def layer_data(
    sites: pd.DataFrame,
    *,
    colour_by: str = "status",
    picked: tuple[int, ...] = (),
    active_countries: tuple[str, ...] = (),
    circle: Circle | None = None,
) -> dict[str, Any]:
    """What the browser draws: places and their sites as arrays, in one order.

    Sites at the same position and precision are one place. ``row`` of a site is its label in
    the index of ``sites``.
    """
    located = sites[sites["latitude"].notna()]
    categories, codes = categories_of(located, colour_by)
    located = located.assign(_category=codes, _row=located.index)
    keys = ["latitude", "longitude", "precision"]
    located = located.sort_values([*keys, "trial_id", "site_number"], kind="stable")
    number = located.groupby(keys, sort=False).ngroup().to_numpy()
    first_rows = located[~pd.Series(number).duplicated().to_numpy()]
    sizes = pd.Series(number).value_counts(sort=False).sort_index().tolist()
    doubts = [doubt(flags) for flags in located["flags"]]
    place_doubts: dict[int, list[str]] = {}
    for place, words in zip(number.tolist(), doubts, strict=True):
        if words and words not in place_doubts.setdefault(place, []):
            place_doubts[place].append(words)
    starts = [0]
    for size in sizes[:-1]:
        starts.append(starts[-1] + size)
    country = [
        summary.country_label(str(code), str(text))
        for code, text in zip(first_rows["country_code"], first_rows["country"], strict=True)
    ]
    data: dict[str, Any] = {
        "categories": [category.for_browser() for category in categories],
        "places": {
            "lat": first_rows["latitude"].round(5).tolist(),
            "lon": first_rows["longitude"].round(5).tolist(),
            "area": [int(p in AREAS) for p in first_rows["precision"]],
            "label": [
                ", ".join(part for part in (city or place, land) if part)
                for city, place, land in zip(
                    first_rows["city"], first_rows["place_name"], country, strict=True
                )
            ],
            "doubt": ["; ".join(place_doubts.get(i, [])) for i in range(len(sizes))],
            "sites": sizes,
            "first": starts if sizes else [],
        },
        "sites": {
            "row": [int(row) for row in located["_row"]],
            "category": located["_category"].tolist(),
            "title": [site_title(row) for row in located.itertuples()],
            "detail": [site_detail(row) for row in located.itertuples()],
        },
        "countries": {
            code: int(count)
            for code, count in sites["country_code"].value_counts().items()
            if code and count
        },
        "legend": colour_by,
        "active": list(active_countries),
        "picked": [int(row) for row in picked],
    }
    if circle is not None:
        data["centre"] = {"lat": circle.latitude, "lon": circle.longitude}
        if circle.radius_km is not None:
            data["circle"] = data["centre"] | {"km": circle.radius_km}
    data["revision"] = hashlib.sha256(json.dumps(data).encode()).hexdigest()[:12]
    return data
