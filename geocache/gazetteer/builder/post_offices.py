"""US post offices and ZIP codes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_TERRITORIES = frozenset(("PR", "GU", "VI", "AS", "MP"))
_MILITARY = frozenset(("AA", "AE", "AP"))
"""Mail of forces and embassies abroad (APO, DPO, FPO), which has no place."""


class PostOffice(NamedTuple):
    """A locality name that the postal service accepts, at the mean of its ZIP codes."""

    country: str
    state: str
    name: str
    latitude: float
    longitude: float


class ZipCode(NamedTuple):
    """A ZIP code; ``names`` are the localities it accepts, the usual one first."""

    code: str
    state: str
    latitude: float
    longitude: float
    names: tuple[str, ...]


def read_zip_codes() -> Iterator[ZipCode]:
    """All US ZIP codes with a position in the country, about 41,000."""
    from zipcodes import _zipcodes  # noqa: PLC0415

    row: dict[str, Any]
    for row in _zipcodes.list_all():
        try:
            latitude, longitude = float(row["lat"]), float(row["long"])
        except (TypeError, ValueError):
            continue
        if (latitude or longitude) and row["state"] not in _MILITARY:
            names = (row["city"], *row["acceptable_cities"], *row["unacceptable_cities"])
            yield ZipCode(row["zip_code"], row["state"], latitude, longitude, names)


def locate_post_offices(codes: Iterable[ZipCode]) -> Iterator[PostOffice]:
    """All locality names of each state."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for code in codes:
        for name in code.names:
            points[code.state, name].append((code.latitude, code.longitude))
    for (state, name), spots in points.items():
        latitude = sum(spot[0] for spot in spots) / len(spots)
        longitude = sum(spot[1] for spot in spots) / len(spots)
        country = state if state in _TERRITORIES else "US"
        yield PostOffice(country, state, name, latitude, longitude)
