"""Recruiting sites per million people as a shade of the land, with gaps as points, on a map."""

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

import folium
import pandas as pd
import streamlit as st

from dashboard.maps import folium_map
from dashboard.maps.colours import DARK_COLOURS, LIGHT_COLOURS
from dashboard.maps.viewport import fit_bounds, list_corners
from dashboard.page.widgets import folium_map as component
from dashboard.reach.outlines import build_outlines
from dashboard.reach.rates import FEW
from dashboard.sites.summary import plural

STEPS = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Recruiting sites per million people at which the shade becomes darker."""

MOST_GAPS = 200
"""So many gaps, those with most people, are points on the map."""

_OPACITIES = (0.2, 0.34, 0.48, 0.64, 0.8, 0.95)
_GREY, _GREY_OPACITY = "#8a8f98", 0.35
_GAP = "#d55e00"
_WIDTH, _HEIGHT = 760, 460


class Feature(NamedTuple):
    """One piece of the map: its geometry, what pointing at it says, and how it looks."""

    geometry: dict[str, Any]
    label: str
    style: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The GeoJSON feature."""
        properties = {"label": self.label, "style": self.style}
        return {"type": "Feature", "geometry": self.geometry, "properties": properties}


def draw_rates_map(rates: pd.DataFrame, gaps: pd.DataFrame, tiles: str) -> None:
    """Draw the map and its legend.

    Args:
        rates: as :func:`dashboard.reach.rates.measure_rates`, of one level.
        gaps: cities as :func:`dashboard.reach.gaps.find_gaps` gives them; empty for none.
        tiles: as ``SITE_MAP_TILES``.
    """
    dark = st.context.theme.type == "dark"
    group = folium.FeatureGroup()
    gaps = gaps[gaps["country_code"].isin(set(rates["country_code"]))]
    for features in (build_features(rates, dark=dark), _mark(gaps.head(MOST_GAPS))):
        if features:
            _build_layer(features).add_to(group)
    corners = [
        corner for code in dict.fromkeys(rates["country_code"]) for corner in list_corners(code)
    ]
    centre, zoom = fit_bounds(corners, width=_WIDTH, height=_HEIGHT)
    component.draw_map(
        folium_map.build_plain_map(
            dark=dark,
            tiles=tiles,
            label="Map of recruiting sites per million people. The table below holds the same.",
        ),
        group,
        key=f"rates_map_{'dark' if dark else 'light'}",
        height=_HEIGHT,
        returned=(),
        on_change=lambda: None,
        center=centre,
        zoom=zoom,
    )
    st.html(_build_legend(len(gaps), dark=dark))


def _build_layer(features: Sequence[Feature]) -> folium.GeoJson:
    return folium.GeoJson(
        {"type": "FeatureCollection", "features": [one.to_json() for one in features]},
        style_function=lambda feature: feature["properties"]["style"],
        marker=folium.CircleMarker(radius=4),
        tooltip=folium.GeoJsonTooltip(["label"], labels=False, style="", class_name="sm-tip"),
        smooth_factor=0.5,
    )


def build_features(rates: pd.DataFrame, *, dark: bool) -> list[Feature]:
    """The units that have an outline, shaded by their rate; grey where few sites recruit."""
    names = ["level", "name", "code", "country_code"]
    texts = rates[names].to_numpy().tolist()
    numbers = rates[["recruiting", "recruiting_per_million"]].to_numpy(float).tolist()
    features = []
    for (level, name, code, country), (recruiting, rate) in zip(texts, numbers, strict=True):
        geometry = build_outlines(level, country).get(code)
        if geometry is not None:
            style = _choose_style(int(recruiting), rate, dark=dark)
            features.append(Feature(geometry, _describe(name, int(recruiting), rate), style))
    return features


def _describe(name: str, recruiting: int, rate: float) -> str:
    count = plural(recruiting, "recruiting site")
    if rate != rate:  # noqa: PLR0124 - NaN: the people are not known well
        return escape(f"{name}: {count}, people not known well enough")
    if recruiting < FEW:
        return escape(f"{name}: {count}, too few for a rate")
    return escape(f"{name}: {rate:.2f} per million, {count}")


def _choose_style(recruiting: int, rate: float, *, dark: bool) -> dict[str, Any]:
    colours = DARK_COLOURS if dark else LIGHT_COLOURS
    edge = {"color": colours["border"], "weight": 0.5, "opacity": 0.7}
    if recruiting < FEW or rate != rate:  # noqa: PLR0124
        return {**edge, "fillColor": _GREY, "fillOpacity": _GREY_OPACITY}
    step = sum(rate >= limit for limit in STEPS)
    return {**edge, "fillColor": colours["shade"], "fillOpacity": _OPACITIES[step]}


def _mark(gaps: pd.DataFrame) -> list[Feature]:
    style = {"color": "#ffffff", "weight": 1, "opacity": 0.9}
    style |= {"fill": True, "fillColor": _GAP, "fillOpacity": 0.9}
    rows = gaps[["name", "people", "nearest_km", "latitude", "longitude"]].to_numpy().tolist()
    return [
        Feature(
            {"type": "Point", "coordinates": [longitude, latitude]},
            escape(f"{name}: {people:,.0f} people, nearest site {away:,.0f} km away"),
            style,
        )
        for name, people, away, latitude, longitude in rows
        if away == away  # noqa: PLR0124 - there is no site at all
    ]


def _build_legend(gaps: int, *, dark: bool) -> str:
    colour = (DARK_COLOURS if dark else LIGHT_COLOURS)["shade"]
    limits = [f"{one:g}" for one in STEPS]
    words = [f"under {limits[0]}", *limits[:-1], f"{limits[-1]} and more"]
    words[1:-1] = [f"{low} to {high}" for low, high in pairwise(limits)]
    entries = [
        (f"background:{colour};opacity:{opacity}", word)
        for opacity, word in zip(_OPACITIES, words, strict=True)
    ]
    entries.append(
        (f"background:{_GREY};opacity:{_GREY_OPACITY}", f"fewer than {FEW} recruiting, or unknown")
    )
    if gaps:
        part = f" (the largest {MOST_GAPS:,} of {gaps:,})" if gaps > MOST_GAPS else f" ({gaps:,})"
        shown = f"large city without a site near{part}"
        entries.append((f"background:{_GAP};border-radius:50%;width:0.7rem;height:0.7rem", shown))
    items = "".join(f"<li><i style='{style}'></i>{escape(words)}</li>" for style, words in entries)
    return (
        "<style>.rate-legend{list-style:none;display:flex;flex-wrap:wrap;gap:0.2rem 1rem;margin:0;"
        "padding:0;font-size:0.875rem}.rate-legend li{margin:0;display:flex;align-items:center;"
        "gap:0.4rem}.rate-legend i{display:inline-block;width:1.2rem;height:0.8rem}</style>"
        "<ul class='rate-legend' aria-label='Recruiting sites per million people'>"
        f"{items}</ul>"
    )
