"""Puts names on a picture's map where no marker and no other name is."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from matplotlib.patheffects import withStroke

from dashboard.reports.basemap import Features, Name
from dashboard.reports.lettering import build_font, is_drawable, measure_text, to_drawable
from dashboard.reports.markers import Marker
from dashboard.reports.report import Report

MOST_MARKERS = 40
"""Markers that are named."""
MOST_PLACES = 60
"""Countries, states and cities that are named for orientation."""

_SCALE_BOX = (0.0, 0.0, 140.0, 34.0)
_LARGE_CITY = 4
_SPECK = 1.5
"""Points from its middle to its border below which a country is not named: its name would stand
for a neighbour."""
_STEP = 9.0
"""Points that a country's name moves away from a marker, as long as it stays in the country."""

_KINDS = ("country", "state", "city")

Box = tuple[float, float, float, float]


class Label(NamedTuple):
    """A name on the map and its box: west, south, east, north in points."""

    text: str
    box: Box


class LabelBoard:
    """The map's surface, on which names are put as long as there is room.

    Args:
        axes: in points, from the lower left corner.
        room: width and height in points.
        halo: the colour around the letters.
    """

    def __init__(self, axes: Any, room: tuple[float, float], halo: str) -> None:
        self.labels: list[Label] = []
        self._axes = axes
        self._room = room
        self._halo = halo
        self._taken: list[Box] = [_SCALE_BOX]

    def keep_clear(self, markers: Sequence[Marker]) -> None:
        """Let no name lie over a marker."""
        self._taken += [
            (m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in markers
        ]

    def name_markers(self, markers: Sequence[Marker], report: Report, colour: str) -> None:
        """Name the markers of one city, most sites first."""
        font = build_font(7.5)
        for marker in markers:
            if len(self.labels) >= MOST_MARKERS:
                return
            names = {_name_place(report, row) for row in marker.rows} - {""}
            if len(names) == 1:
                text = to_drawable(next(iter(names)))[:40]
                self._put_beside(text, font, colour, (marker.x, marker.y), marker.radius + 3)

    def name_places(
        self, features: Features, at: npt.NDArray[np.float64], colours: Mapping[str, str]
    ) -> None:
        """Name countries, the largest first, large cities, states and other cities.

        Args:
            features: of the basemap.
            at: a row for each name: x and y in points.
            colours: of the basemap.
        """
        middle = np.array(self._room) / 2
        wanted = [
            (order, float(np.hypot(*(at[number] - middle))), number)
            for number, name in enumerate(features.names)
            if (order := _rank(name, features)) is not None
            and 0 < at[number][0] < self._room[0]
            and 0 < at[number][1] < self._room[1]
        ]
        named = {label.text for label in self.labels}
        most = len(self.labels) + MOST_PLACES
        for *_, number in sorted(wanted):
            name = features.names[number]
            text = to_drawable(name.text)
            if text in named or len(self.labels) >= most:
                continue
            named.add(text)
            x, y = at[number]
            if name.kind == "city":
                if self._put_beside(text, build_font(6.5), colours["text"], (x, y), 3.5):
                    self._axes.plot([x], [y], "o", color=colours["text"], markersize=2, zorder=2)
                continue
            font = build_font(8 if name.kind == "country" else 6.5, bold=name.kind == "country")
            colour = colours["text" if name.kind == "country" else "soft"]
            self._put_inside(
                text, font, colour, (x, y), name.room_metres / features.metres_per_point
            )

    def _put_inside(
        self, text: str, font: Any, colour: str, point: tuple[float, float], room: float
    ) -> bool:
        """Put a name over a point, or up to ``room`` points beside it, where there is room."""
        (x, y), (width, height) = point, measure_text(text, font)
        steps = [(0.0, 0.0)]
        for by in np.arange(_STEP, room, _STEP).tolist():
            steps += [(0.0, -by), (0.0, by), (by, 0.0), (-by, 0.0)]
        left, low = x - width / 2, y - height / 2
        return any(self._put(text, font, colour, (left + dx, low + dy)) for dx, dy in steps)

    def _put_beside(
        self, text: str, font: Any, colour: str, point: tuple[float, float], gap: float
    ) -> bool:
        """Put a name right of, left of, above or below a point, where there is room."""
        (x, y), (width, height) = point, measure_text(text, font)
        corners = (
            (x + gap, y - height / 2),
            (x - gap - width, y - height / 2),
            (x - width / 2, y + gap),
            (x - width / 2, y - gap - height),
        )
        return any(self._put(text, font, colour, corner) for corner in corners)

    def _put(self, text: str, font: Any, colour: str, corner: tuple[float, float]) -> bool:
        """Put a name with its lower left corner at a point, if there is room."""
        (x, y), (width, height) = corner, measure_text(text, font)
        box = (x - 1, y - 1, x + width + 1, y + height + 1)
        if box[0] < 0 or box[1] < 0 or box[2] > self._room[0] or box[3] > self._room[1]:
            return False
        if any(_overlap(box, other) for other in self._taken):
            return False
        self._axes.text(
            x,
            y,
            text,
            fontproperties=font,
            color=colour,
            va="bottom",
            zorder=6,
            path_effects=[withStroke(linewidth=2, foreground=self._halo)],
        )
        self._taken.append(box)
        self.labels.append(Label(text, box))
        return True


def _rank(name: Name, features: Features) -> tuple[int, float] | None:
    """The order in which a name is put, ``None`` if it is not shown at the features' zoom."""
    if name.kind not in _KINDS or (name.kind == "city" and name.rank > _last_rank(features)):
        return None
    if name.kind == "country":
        is_speck = name.room_metres < _SPECK * features.metres_per_point
        return None if is_speck else (0, -name.room_metres)  # the largest first
    if name.kind == "state":
        return (2, name.rank) if name.rank <= features.zoom else None
    return (1 if name.rank <= _LARGE_CITY else 3), name.rank


def _last_rank(features: Features) -> int:
    """The rank of the least cities that are named; on the page there are more."""
    return features.zoom + 1 if features.is_last else max(_LARGE_CITY, features.zoom - 1)


def _name_place(report: Report, row: int) -> str:
    """A place as written, or the gazetteer's name where that cannot be drawn."""
    written = report.cities[row]
    return written if is_drawable(written) else report.place_names[row] or written


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
