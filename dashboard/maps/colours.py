"""Colours of the basemap and what its land is shaded by, on the page and in pictures."""

from typing import Literal, get_args

Shade = Literal["countries", "states", "none"]
SHADES: tuple[Shade, ...] = get_args(Shade)
"""What the land can be shaded by."""

LIGHT_COLOURS = {
    "sea": "#bfd9ea",
    "land": "#f7f5ef",
    "border": "#8d8794",
    "state": "#c3bfc4",
    "river": "#86b4d6",
    "text": "#3c4048",
    "soft": "#7b7f88",
    "water_text": "#4d7896",
    "halo": "#ffffff",
    "shade": "#8a5fa8",
    "active": "#1d4ed8",
}
DARK_COLOURS = {
    "sea": "#0f1c2b",
    "land": "#29313b",
    "border": "#7b8494",
    "state": "#465160",
    "river": "#2b567a",
    "text": "#dde2ea",
    "soft": "#aab4c2",
    "water_text": "#6d90ad",
    "halo": "#1a2129",
    "shade": "#a884c4",
    "active": "#7db4ff",
}
