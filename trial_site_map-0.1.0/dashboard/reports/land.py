"""Draws the land of a picture, shaded by its number of sites as on the page."""

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from dashboard.reports.basemap import Features
from dashboard.reports.projection import Projection
from dashboard.reports.report import Report
from geocache.geo.borders import read_land
from geocache.geo.states import read_state_outlines

SHADE_NAMES = {"countries": "Sites per country", "states": "Sites per state or province"}
_LEAST, _RANGE = 0.08, 0.3
"""Share of the shade where there is one site, and how much is added where there are most."""
_TOLERANCE_POINTS = 0.25

RGB = tuple[float, float, float]


def draw_land(
    axes: Any, projection: Projection, report: Report, colours: Mapping[str, str], scale: float
) -> None:
    """Draw sea, countries and, where they are shaded, states.

    Args:
        axes: in points, from the lower left corner of the extent; their own colour shows around
            the globe.
        projection: of the map.
        report: whose counts shade the land.
        colours: of the basemap.
        scale: points per metre.
    """
    globe = projection.outline()
    pen = _Pen(axes, projection, scale)
    if globe is None:
        axes.set_facecolor(colours["sea"])
    else:
        pen.draw(globe, facecolor=colours["sea"], linewidth=0)
    counts = _select_counts(report)
    most = max(counts.values(), default=1)
    with_states = {code.partition("-")[0] for code in report.states}
    for code, land in read_land().items():
        seen = pen.project(land)
        if seen is None:
            continue
        shade = _shade(counts.get(code, 0), most, colours)
        pen.draw(seen, facecolor=shade, edgecolor=colours["border"], linewidth=0.5)
        for state, outline in read_state_outlines(code).items() if code in with_states else ():
            part = pen.project(outline)
            if part is not None:
                shade = _shade(counts.get(state, 0), most, colours)
                pen.draw(part, facecolor=shade, edgecolor=colours["state"], linewidth=0.3)
        if code in with_states:
            pen.draw(seen, facecolor="none", edgecolor=colours["border"], linewidth=0.6)


def draw_water(
    axes: Any, projection: Projection, features: Features, colours: Mapping[str, str], scale: float
) -> None:
    """Draw lakes and rivers over the land; the arguments are those of :func:`draw_land`."""
    pen = _Pen(axes, projection, scale)
    for lake in features.lakes:
        seen = pen.project(lake)
        if seen is not None:
            pen.draw(seen, facecolor=colours["sea"], linewidth=0)
    pen.draw_lines(features.rivers, color=colours["river"], linewidth=0.5)


def list_shades(report: Report, colours: Mapping[str, str]) -> list[tuple[int, RGB]]:
    """Up to three numbers of sites and the colours of land with so many, for the legend."""
    counts = _select_counts(report)
    most = max(counts.values(), default=0)
    steps = sorted({1, round(most**0.5), most} - {0}) if most else []
    return [(number, _shade(number, most, colours)) for number in steps]


def _select_counts(report: Report) -> Mapping[str, int]:
    return {"countries": report.countries, "states": report.states}.get(report.shade, {})


def _shade(sites: int, most: int, colours: Mapping[str, str]) -> RGB:
    """The colour of land; like ``computeTint`` of the page's basemap."""
    share = _LEAST + _RANGE * log(1 + sites) / log(1 + most) if sites else 0.0
    land, shade = np.array(to_rgb(colours["land"])), np.array(to_rgb(colours["shade"]))
    red, green, blue = land * (1 - share) + shade * share
    return float(red), float(green), float(blue)


class _Pen:
    """Draws shapes in degrees or metres on axes in points."""

    def __init__(self, axes: Any, projection: Projection, scale: float) -> None:
        self._axes = axes
        self._projection = projection
        self._scale = scale

    def project(self, shape: Any) -> Any:
        """What is in view of a shape in degrees, in metres; ``None`` if nothing is."""
        seen = self._projection.clip(shape)
        if seen is None:
            return None
        seen = seen.simplify(_TOLERANCE_POINTS / self._scale, preserve_topology=False)
        return None if seen.is_empty else seen

    def draw_lines(self, lines: Sequence[Any], **look: Any) -> None:
        """Draw lines in degrees."""
        paths = []
        for line in lines:
            points = shapely.get_coordinates(line)
            x, y = self._projection.project(points[:, 0], points[:, 1])
            paths.append((np.column_stack((x, y)) - self._projection.extent[:2]) * self._scale)
        self._axes.add_collection(LineCollection(paths, zorder=1, **look), autolim=False)

    def draw(self, shape: Any, **look: Any) -> None:
        """Draw a shape in metres."""
        west, south = self._projection.extent[:2]
        vertices, codes = [], []
        for polygon in shapely.get_parts(shape):
            if polygon.geom_type != "Polygon":
                continue
            for ring in (polygon.exterior, *polygon.interiors):
                points = (shapely.get_coordinates(ring) - [west, south]) * self._scale
                vertices.append(points)
                steps = np.full(len(points) - 2, Path.LINETO)
                codes.append(np.concatenate(([Path.MOVETO], steps, [Path.CLOSEPOLY])))
        if vertices:
            path = Path(np.concatenate(vertices), np.concatenate(codes))
            self._axes.add_artist(PathPatch(path, zorder=1, **look))
