"""The map projection of a picture: equal-area, centred on what it shows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from dashboard.maps.viewport import narrowest_arc

Floats = npt.NDArray[np.float64]

WORLD_DEGREES = 110.0
"""A wider or higher extent is drawn as a map of the world."""

LEAST_KM = 180.0
"""A smaller extent is widened to this, so that one city has its neighbours around it."""

_MARGIN = 1.18
_DENSIFY_DEGREES = 1.0


@dataclass(frozen=True)
class Projection:
    """An equal-area projection and the extent to draw, in its metres.

    ``world`` is Equal Earth, else it is Lambert's azimuthal projection; ``longitude`` and
    ``latitude`` are its centre in degrees; the extent is west, south, east, north.
    """

    world: bool
    longitude: float
    latitude: float
    extent: tuple[float, float, float, float]

    @cached_property
    def _transformer(self) -> Transformer:
        return _make_transformer(world=self.world, longitude=self.longitude, latitude=self.latitude)

    def project(self, longitudes: Floats, latitudes: Floats) -> tuple[Floats, Floats]:
        """The points in metres; longitudes may be from any turn of the globe."""
        x, y = self._transformer.transform(longitudes, latitudes)
        return np.asarray(x), np.asarray(y)

    def clip(self, land: Any) -> Any:
        """Land in view, moved to the turn of the globe that the centre is in, and projected."""
        west, south, east, north = self._visible_box()
        parts = []
        for turn in (-360, 0, 360):
            seen = shapely.clip_by_rect(land, west - turn, south, east - turn, north)
            if not seen.is_empty:
                moved = shapely.transform(
                    seen, lambda points, turn=turn: points + np.array([turn, 0])
                )
                parts += list(shapely.get_parts(shapely.segmentize(moved, _DENSIFY_DEGREES)))
        polygons = [part for part in parts if part.geom_type == "Polygon"]
        if not polygons:
            return None
        whole = shapely.MultiPolygon(polygons)

        def project(points: Floats) -> Floats:
            return np.column_stack(self.project(points[:, 0], points[:, 1]))

        return shapely.transform(whole, project)

    def find_box(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees of what is in view, by its edges and a grid."""
        if self.world:
            return self._visible_box()
        west, south, east, north = self.extent
        x, y = np.meshgrid(np.linspace(west, east, 21), np.linspace(south, north, 21))
        longitudes, latitudes = self._transformer.transform(x, y, direction="INVERSE")
        away = np.mod(longitudes - self.longitude + 180, 360) - 180
        return (
            self.longitude + float(away.min()),
            float(latitudes.min()),
            self.longitude + float(away.max()),
            float(latitudes.max()),
        )

    def _visible_box(self) -> tuple[float, float, float, float]:
        """West, south, east and north in degrees of what may be in view, and more."""
        if self.world:
            return self.longitude - 179.99, -90.0, self.longitude + 179.99, 90.0
        west, south, east, north = self.extent
        reach = np.hypot(max(-west, east), max(-south, north)) / 111_000 * 1.1 + 2
        top = min(89.9, self.latitude + reach)
        bottom = max(-89.9, self.latitude - reach)
        widest = max(abs(top), abs(bottom))
        width = reach / max(0.05, np.cos(np.radians(min(widest, 88.0))))
        width = float(min(width, 175.0))
        return self.longitude - width, float(bottom), self.longitude + width, float(top)

    def outline(self) -> Any:
        """The edge of the globe, where it is a map of the world; else ``None``."""
        if not self.world:
            return None
        edge = shapely.segmentize(
            shapely.box(self.longitude - 179.99, -90, self.longitude + 179.99, 90), 2.0
        )
        return shapely.transform(
            edge, lambda points: np.column_stack(self.project(points[:, 0], points[:, 1]))
        )


def _make_transformer(*, world: bool, longitude: float, latitude: float) -> Transformer:
    kind = "eqearth" if world else "laea"
    target = f"+proj={kind} +lon_0={longitude} +R=6371008.8 +units=m"
    target += "" if world else f" +lat_0={latitude}"
    return Transformer.from_crs("+proj=longlat +R=6371008.8", target, always_xy=True)


def choose_projection(longitudes: Floats, latitudes: Floats, aspect: float) -> Projection:
    """The projection that shows some points, with a margin.

    Args:
        longitudes: in degrees; the narrowest arc that holds all is shown, across 180 degrees too.
        latitudes: in degrees.
        aspect: width of the picture divided by its height.
    """
    if not len(longitudes):
        longitudes, latitudes = np.array([-170.0, 190.0]), np.array([-58.0, 78.0])
    west, east = narrowest_arc(longitudes)
    longitude = (west + east) / 2
    south, north = float(latitudes.min()), float(latitudes.max())
    world = east - west > WORLD_DEGREES or north - south > WORLD_DEGREES
    if world and west < -100 and east < 190:
        longitude = 10.0  # the usual view: the Pacific is cut, no continent
    latitude = 0.0 if world else (south + north) / 2
    bare = Projection(world, longitude, latitude, (0, 0, 0, 0))
    if world:
        x, y = bare.project(
            np.array([longitude - 179.99, longitude + 179.99, longitude, longitude]),
            np.array([0.0, 0.0, -58.0, 83.0]),
        )
        return Projection(world, longitude, latitude, _fit(x, y, aspect, 1.02))
    x, y = bare.project(longitudes, latitudes)
    return Projection(world, longitude, latitude, _fit(x, y, aspect, _MARGIN))


def _fit(x: Floats, y: Floats, aspect: float, margin: float) -> tuple[float, float, float, float]:
    """The extent around some points with the shape of the picture."""
    width = max(float(np.ptp(x)) * margin, LEAST_KM * 1_000)
    height = max(float(np.ptp(y)) * margin, LEAST_KM * 1_000 / aspect)
    if width / height < aspect:
        width = height * aspect
    else:
        height = width / aspect
    middle_x, middle_y = float(x.min() + x.max()) / 2, float(y.min() + y.max()) / 2
    return (
        middle_x - width / 2,
        middle_y - height / 2,
        middle_x + width / 2,
        middle_y + height / 2,
    )
