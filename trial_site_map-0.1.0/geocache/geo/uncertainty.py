"""How far off a position may be: the radius in which 90 % of hospitals of such answers lie.

``geocache/data/uncertainty.csv``, which ``scripts/calibrate_uncertainty.py`` makes from hospitals
whose doors are known, has a radius in km for each kind of answer and size of place, and a factor
for each kind and country that has enough of them. docs/accuracy.md says how well they hold.
"""

import csv
from bisect import bisect_right
from enum import StrEnum
from functools import cache

from geocache.geo.countries import country_code
from geocache.paths import DATA
from geocache.place import DOUBTFUL_FLAGS, Flag, Position, Precision

FILE = DATA / "uncertainty.csv"

SIZES = (0, 1, 5_000, 20_000, 100_000, 500_000, 2_000_000)
"""The least inhabitants of each class of size; nobody counted those of the first."""

DOOR_KM = 0.3
"""Of a position at the facility itself."""

COUNTRY_KM = 500.0
"""Of a position that only names the country."""

_MOST_KM = 300.0


class Kind(StrEnum):
    """What an answer rests on, as far as it tells how far off it may be."""

    POSTCODE = "postcode"
    CITY = "city"
    PART = "part"
    """A city of which a part is named, or one with a similar name."""
    AROUND = "around"
    """Something near a place that is not known itself."""
    DOUBTFUL = "doubtful"
    REGION = "region"


@cache
def _read_table() -> tuple[dict[tuple[str, int], float], dict[tuple[str, str], float]]:
    """Radii by kind and class of size, and factors by kind and country."""
    radii: dict[tuple[str, int], float] = {}
    factors: dict[tuple[str, str], float] = {}
    with FILE.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            if row["country"]:
                factors[row["kind"], row["country"]] = float(row["value"])
            else:
                radii[row["kind"], int(row["people"])] = float(row["value"])
    return radii, factors


class Uncertainty:
    """Estimates radii from the table."""

    def __init__(self) -> None:
        self._radii, self._factors = _read_table()

    def estimate_km(self, country: str, kind: Kind, people: int = 0) -> float:
        """The radius in km of an answer of a kind, at a place of so many people (0: unknown)."""
        size = SIZES[bisect_right(SIZES, people) - 1]
        radius = self._radii[kind, size] * self._factors.get((kind, country), 1.0)
        return round_km(min(_MOST_KM, radius))


def round_km(radius: float) -> float:
    """A radius with no more digits than it deserves: 0.4, 3.6, 12, 85."""
    return round(radius, 1) if radius < 10 else float(round(radius))


def classify(position: Position) -> Kind:
    """The kind of a resolved answer, of any provider."""
    if position.precision in (Precision.REGION, Precision.COUNTRY):
        return Kind.REGION
    if Flag.APPROXIMATE in position.flags:
        return Kind.AROUND
    if not DOUBTFUL_FLAGS.isdisjoint(position.flags):
        return Kind.DOUBTFUL
    return Kind.POSTCODE if position.precision is Precision.POSTCODE else Kind.CITY


def estimate_radius(position: Position, country: str) -> float | None:
    """The radius in km of an answer of any provider in a country, given by its code or name."""
    if position.latitude is None:
        return None
    if position.precision is Precision.FACILITY and DOUBTFUL_FLAGS.isdisjoint(position.flags):
        return DOOR_KM
    if position.precision is Precision.COUNTRY:
        return COUNTRY_KM
    code = country if len(country) == 2 else country_code(country)
    return Uncertainty().estimate_km(code, classify(position))
