"""Travel times by road from where people live to the sites, from the operator's routing server."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.reach.population import project_areas, read_areas
from dashboard.reach.site_points import CHOICES, build_site_points, chord_km
from geocache.place import NotAsked, Place, Position
from geocache.providers.routing import Point, build_trip_place, parse_trips

CANDIDATES = 8
"""So many positions of sites, the nearest by straight line, are asked for from each area."""

FASTEST_KMH = 130.0
"""No road is faster: areas whose nearest site is farther than this allows are not asked for."""

Progress = Callable[[int, int], None]


class Asks(Protocol):
    """Asks a provider, as :class:`geocache.providers.asker.Asker` does."""

    def __call__(self, places: Sequence[Place]) -> Iterator[tuple[int, Position]]:
        """Index and answer of every place, as soon as each is known."""
        ...


class RoadTimes(NamedTuple):
    """Minutes by road from every listed area to the nearest and the third nearest site.

    In the rows of :func:`dashboard.reach.population.read_areas`; infinite where no site is reached,
    where an area is too far or no road leads. ``unasked`` counts the areas that the server gave no
    answer for, which count as not reached, and ``unasked_people`` who lives there; ``causes`` say
    why.
    """

    first: npt.NDArray[np.float64]
    third: npt.NDArray[np.float64]
    asked: int
    unasked: int
    unasked_people: int
    causes: tuple[str, ...]

    def describe_faults(self) -> str:
        """What is missing and why, in a sentence; empty if nothing is."""
        if not self.unasked:
            return ""
        return (
            f"The routing server gave no time for {self.unasked:,} of {self.asked:,} areas "
            f"({', '.join(self.causes)}): their {self.unasked_people:,} people count as not "
            "reached. What it answered is kept: run this again to ask for the rest."
        )


def measure_road_times(
    sites: pd.DataFrame, most_minutes: float, ask: Asks, progress: Progress | None = None
) -> RoadTimes:
    """Ask how long the way from each area to the sites takes.

    Args:
        sites: the filtered site table.
        most_minutes: nobody asks for longer; areas too far for it are not asked for.
        ask: asks the routing server, or the store of its answers.
        progress: called with the number of areas that are done, and of all.
    """
    areas, points = read_areas(), build_site_points(sites)
    first = np.full(len(areas), np.inf)
    third = first.copy()
    rows = _find_rows(sites, most_minutes)
    if points.tree is None or not len(rows):
        return RoadTimes(first, third, 0, 0, 0, ())
    _, near = points.tree.query(project_areas()[rows], k=min(CANDIDATES, len(points.sites)))
    near = near.reshape(len(rows), -1)
    spots: list[Point] = list(
        zip(points.latitudes.round(5).tolist(), points.longitudes.round(5).tolist(), strict=True)
    )
    numbers = dict(zip(spots, points.sites.tolist(), strict=True))
    origins = areas[["latitude", "longitude"]].to_numpy()[rows].tolist()
    places = [
        build_trip_place((lat, lon), [spots[one] for one in candidates])
        for (lat, lon), candidates in zip(origins, near.tolist(), strict=True)
    ]
    unasked, causes = [], dict[str, None]()
    for done, (index, answer) in enumerate(ask(places), start=1):
        if isinstance(answer.reason, NotAsked):
            unasked.append(rows[index])
            causes[answer.reason.cause] = None
        else:
            first[rows[index]], third[rows[index]] = _read_minutes(answer, numbers)
        if progress is not None:
            progress(done, len(places))
    people = int(areas["people"].to_numpy()[unasked].sum()) if unasked else 0
    return RoadTimes(first, third, len(places), len(unasked), people, tuple(causes))


def _find_rows(sites: pd.DataFrame, most_minutes: float) -> npt.NDArray[np.int64]:
    """The areas, in countries that have a site, that a site could be reached from in time."""
    points = build_site_points(sites)
    if points.tree is None:
        return np.empty(0, dtype=np.int64)
    codes = set(sites["country_code"].unique()) - {""}
    rows = np.flatnonzero(read_areas()["country_code"].isin(codes))
    limit = chord_km(most_minutes / 60 * FASTEST_KMH)
    distances, _ = points.tree.query(project_areas()[rows], distance_upper_bound=limit)
    found: npt.NDArray[np.int64] = rows[np.isfinite(distances)]
    return found


def _read_minutes(answer: Position, numbers: dict[Point, int]) -> tuple[float, float]:
    """Minutes to the nearest site and to the third."""
    trips, sites = parse_trips(answer), 0
    if not trips:
        return np.inf, np.inf
    third = np.inf
    for trip in trips:
        sites += numbers.get((trip.latitude, trip.longitude), 1)
        if sites >= CHOICES:
            third = trip.seconds / 60
            break
    return trips[0].seconds / 60, third
