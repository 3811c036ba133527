"""Draws a report's map as PNG, SVG or PDF."""

import io
from dataclasses import dataclass
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle, Wedge
from matplotlib.patheffects import withStroke

from dashboard.maps.colours import DARK_COLOURS, LIGHT_COLOURS
from dashboard.reports.basemap import read_features
from dashboard.reports.labels import Label, LabelBoard
from dashboard.reports.land import SHADE_NAMES, draw_land, draw_water, list_shades
from dashboard.reports.lettering import build_font, to_drawable, wrap
from dashboard.reports.markers import Marker, group_places
from dashboard.reports.projection import Projection, choose_projection
from dashboard.reports.report import Report

POINTS = 72.0
SIZES = {
    "wide": (13.333, 7.5),
    "a4": (11.69, 8.27),
    "a4-portrait": (8.27, 11.69),
    "letter": (11.0, 8.5),
    "letter-portrait": (8.5, 11.0),
}
"""Width and height in inches."""

SLIDE_SIZE = (12.3, 5.6)
"""Of the map on a slide, which has its own title."""

_LEGEND_INCHES = 2.5
_MARGIN = 0.45
_MARKERS = {
    "circle": "o",
    "square": "s",
    "triangle": "^",
    "diamond": "D",
    "hexagon": "h",
    "star": "*",
    "cross": "X",
}


class Colours(NamedTuple):
    """Colours of a theme: of the page, and of the basemap."""

    page: str
    ink: str
    quiet: str
    map: dict[str, str]


COLOURS = {
    "light": Colours("#ffffff", "#1b1f24", "#5b6470", LIGHT_COLOURS),
    "dark": Colours("#15171a", "#eceff2", "#a2abb6", DARK_COLOURS),
}


@dataclass(frozen=True)
class PictureFormat:
    """How a picture is drawn: a key of :data:`SIZES`, of :data:`COLOURS`, and dots per inch.

    ``on_slide`` leaves out the heading and takes :data:`SLIDE_SIZE`.
    """

    suffix: str = "png"
    size: str = "wide"
    theme: str = "light"
    dpi: int = 150
    on_slide: bool = False


def draw_picture(report: Report, form: PictureFormat) -> bytes:
    """The picture as a file; equal reports give equal bytes.

    Args:
        report: what to show.
        form: how.
    """
    figure, _ = build_figure(report, form)
    file = io.BytesIO()
    metadata: dict[str, Any] = {
        "png": {"Software": None, "Title": report.title},
        "svg": {"Date": None, "Creator": None, "Title": report.title},
        "pdf": {"CreationDate": None, "Producer": None, "Creator": None, "Title": report.title},
    }[form.suffix]
    with mpl.rc_context(
        {"svg.hashsalt": "trial-site-map", "svg.fonttype": "path", "pdf.fonttype": 42}
    ):
        figure.savefig(file, format=form.suffix, dpi=form.dpi, metadata=metadata)
    return file.getvalue()


def build_figure(report: Report, form: PictureFormat) -> tuple[Figure, list[Label]]:
    """The figure of a report, and the names that stand on its map."""
    width, height = SLIDE_SIZE if form.on_slide else SIZES[form.size]
    colours = COLOURS[form.theme]
    figure = Figure(figsize=(width, height), facecolor=colours.page)
    FigureCanvasAgg(figure)
    portrait = height > width
    top = height - 0.05 if form.on_slide else _write_heading(figure, report, colours)
    bottom = _write_footer(figure, report, colours)
    legend = 0.0 if portrait else _LEGEND_INCHES
    below = 0.24 * (len(report.categories) + 5) if portrait else 0.0
    box = (_MARGIN, bottom + below, width - 2 * _MARGIN - legend, top - bottom - below)
    labels = _draw_map(figure, report, colours, box)
    at = (_MARGIN, bottom + below - 0.15) if portrait else (width - legend - _MARGIN + 0.25, top)
    _write_legend(figure, report, colours, at)
    return figure, labels


def _write(  # noqa: PLR0917 - a line of text has no less
    figure: Figure, x: float, y: float, text: str, size: float, colour: str, *, bold: bool = False
) -> None:
    """Write a line whose top left corner is at x, y inches from the bottom left of the page."""
    width, height = figure.get_size_inches()
    figure.text(
        x / width,
        y / height,
        text,
        fontproperties=build_font(size, bold=bold),
        color=colour,
        va="top",
        ha="left",
    )


def _write_heading(figure: Figure, report: Report, colours: Colours) -> float:
    """Title and filter; returns where the map begins, in inches from the bottom."""
    width, height = figure.get_size_inches()
    y = height - _MARGIN + 0.1
    room = (width - 2 * _MARGIN) * POINTS
    for line in wrap(to_drawable(report.title), build_font(17, bold=True), room, 2):
        _write(figure, _MARGIN, y, line, 17, colours.ink, bold=True)
        y -= 0.31
    parts = [*report.figures, report.filter_text, f"as of {report.as_of}" if report.as_of else ""]
    text = to_drawable(" · ".join(part for part in parts if part))
    for line in wrap(text, build_font(10), room, 2):
        _write(figure, _MARGIN, y, line, 10, colours.quiet)
        y -= 0.2
    return float(y - 0.08)


def _write_footer(figure: Figure, report: Report, colours: Colours) -> float:
    """Notes and credits; returns where the map ends, in inches from the bottom."""
    width = float(figure.get_size_inches()[0])
    note = "Most sites stand at the centre of their city, not at the hospital."
    if report.unplaced:
        note += (
            f" {report.unplaced:,} of {report.sites:,} sites have no position and are not shown."
        )
    sources = "; ".join(
        (*report.credits, "Borders: Natural Earth, no statement on their status; rivers: GSHHG")
    )
    room = (width - 2 * _MARGIN) * POINTS
    lines = [
        *wrap(note, build_font(8), room, 2),
        *wrap(to_drawable(sources), build_font(8), room, 2),
        *(wrap(to_drawable(report.link), build_font(8), room, 1) if report.link else []),
    ]
    y = 0.28 + 0.15 * (len(lines) - 1)
    top = y + 0.14
    for line in lines:
        _write(figure, _MARGIN, y, line, 8, colours.quiet)
        y -= 0.15
    return top


def _write_legend(
    figure: Figure, report: Report, colours: Colours, at: tuple[float, float]
) -> None:
    """The categories with their numbers of sites on the map."""
    width, height = figure.get_size_inches()
    x, y = at
    if not report.categories:
        return
    heading = {"precision": "Position known to the"} | {
        name: name.capitalize() for name in ("trial", "list", "decision")
    }
    _write(figure, x, y, heading.get(report.colour_by, "Site status"), 10, colours.ink, bold=True)
    totals = report.counts.sum(axis=0)
    for category, total in zip(report.categories, totals, strict=True):
        y -= 0.24
        figure.add_artist(
            mpl.lines.Line2D(
                [(x + 0.08) / width],
                [(y - 0.07) / height],
                marker=_MARKERS[category.shape],
                color=category.colour,
                markeredgecolor=colours.page,
                markersize=9,
                linestyle="none",
            )
        )
        label = wrap(to_drawable(category.label), build_font(9), (_LEGEND_INCHES - 1.0) * POINTS, 1)
        _write(figure, x + 0.25, y, (label or [""])[0], 9, colours.ink)
        _write(figure, x + _LEGEND_INCHES - 0.75, y, f"{int(total):,}", 9, colours.quiet)
    shades = list_shades(report, colours.map)
    if not shades:
        return
    y -= 0.42
    _write(figure, x, y, SHADE_NAMES[report.shade], 10, colours.ink, bold=True)
    y -= 0.24
    for step, (number, colour) in enumerate(shades):
        left = x + 0.02 + step * 0.6
        figure.add_artist(
            Rectangle(
                (left / width, (y - 0.14) / height),
                0.2 / width,
                0.14 / height,
                facecolor=colour,
                edgecolor=colours.map["border"],
                linewidth=0.5,
                transform=figure.transFigure,
            )
        )
        _write(figure, left + 0.26, y, f"{number:,}", 9, colours.quiet)


def _draw_map(
    figure: Figure, report: Report, colours: Colours, box: tuple[float, float, float, float]
) -> list[Label]:
    page_width, page_height = figure.get_size_inches()
    left, bottom, width, height = box
    axes = figure.add_axes(
        (left / page_width, bottom / page_height, width / page_width, height / page_height)
    )
    axes.set_xlim(0, width * POINTS)
    axes.set_ylim(0, height * POINTS)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    projection = _choose(report, width / height)
    scale = width * POINTS / (projection.extent[2] - projection.extent[0])
    axes.set_facecolor(colours.page)
    draw_land(axes, projection, report, colours.map, scale)
    features = read_features(projection.find_box(), 1 / scale)
    draw_water(axes, projection, features, colours.map, scale)
    x, y = projection.project(report.longitudes, report.latitudes)
    x, y = (x - projection.extent[0]) * scale, (y - projection.extent[1]) * scale
    inside = (x >= 0) & (x <= width * POINTS) & (y >= 0) & (y <= height * POINTS)
    rows = np.flatnonzero(inside)
    markers = group_places(x[rows], y[rows], report.counts[rows]) if len(rows) else []
    markers = [one._replace(rows=rows[one.rows]) for one in markers]
    for marker in reversed(markers):
        _draw_marker(axes, marker, report, colours)
    if not projection.world:
        _draw_scale(axes, scale, colours)
    if not report.sites:
        _write_notice(axes, "No site matches this filter.", colours, (width, height))
        return []
    board = LabelBoard(axes, (width * POINTS, height * POINTS), colours.page)
    board.keep_clear(markers)
    board.name_markers(markers, report, colours.ink)
    names_x, names_y = projection.project(
        np.array([name.longitude for name in features.names]),
        np.array([name.latitude for name in features.names]),
    )
    at = np.column_stack((names_x, names_y)) - projection.extent[:2]
    board.name_places(features, at * scale, colours.map)
    return board.labels


def _choose(report: Report, aspect: float) -> Projection:
    if report.bbox is None:
        return choose_projection(report.longitudes, report.latitudes, aspect)
    west, south, east, north = report.bbox
    east += 360 if east < west else 0
    longitudes = np.linspace(west, east, 9)
    corners = np.concatenate((longitudes, longitudes, [west, east]))
    return choose_projection(
        corners, np.concatenate((np.full(9, south), np.full(9, north), [south, north])), aspect
    )


def _draw_marker(axes: Any, marker: Marker, report: Report, colours: Colours) -> None:
    present = np.flatnonzero(marker.counts)
    if marker.sites == 1:
        category = report.categories[present[0]]
        axes.plot(
            [marker.x],
            [marker.y],
            marker=_MARKERS[category.shape],
            color=category.colour,
            markeredgecolor=colours.page,
            markeredgewidth=0.8,
            markersize=marker.radius * 2,
            zorder=3,
        )
        return
    axes.add_artist(Circle((marker.x, marker.y), marker.radius, facecolor=colours.page, zorder=3))
    shares = np.maximum(marker.counts[present] / marker.sites, 0.04)
    edges = 90 - 360 * np.concatenate(([0.0], (shares / shares.sum()).cumsum()))
    for number, start, end in zip(present, edges[:-1], edges[1:], strict=True):
        axes.add_artist(
            Wedge(
                (marker.x, marker.y),
                marker.radius,
                end,
                start,
                width=marker.radius * 0.34,
                facecolor=report.categories[number].colour,
                zorder=4,
            )
        )
    text = f"{marker.sites:,}" if marker.sites < 10_000 else f"{marker.sites / 1000:.0f}k"
    axes.text(
        marker.x,
        marker.y,
        text,
        fontproperties=build_font(min(8.0, 2.1 * marker.radius / max(len(text), 2)), bold=True),
        color=colours.ink,
        ha="center",
        va="center_baseline",
        zorder=5,
    )


def _write_notice(axes: Any, text: str, colours: Colours, room: tuple[float, float]) -> None:
    """Write a sentence in the middle of a map of so many inches."""
    axes.text(
        room[0] * POINTS / 2,
        room[1] * POINTS / 2,
        text,
        fontproperties=build_font(16, bold=True),
        color=colours.ink,
        ha="center",
        va="center",
        zorder=6,
        path_effects=[withStroke(linewidth=4, foreground=colours.page)],
    )


def _draw_scale(axes: Any, scale: float, colours: Colours) -> None:
    """A bar of a round number of kilometres in the lower left corner."""
    target = 110 / scale / 1_000
    magnitude = 10 ** np.floor(np.log10(target))
    kilometres = float(max(step for step in (1, 2, 5) if step * magnitude <= target) * magnitude)
    length = kilometres * 1_000 * scale
    axes.add_artist(Rectangle((12, 12), length, 3, facecolor=colours.ink, linewidth=0, zorder=6))
    axes.text(
        12,
        19,
        f"{kilometres:g} km",
        fontproperties=build_font(8),
        color=colours.ink,
        zorder=6,
        path_effects=[withStroke(linewidth=2, foreground=colours.page)],
    )
