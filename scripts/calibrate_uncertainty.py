"""Build ``geocache/data/uncertainty.csv`` from hospitals whose doors are known.

    python scripts/calibrate_uncertainty.py HOSPITALS.csv [--held-back]

HOSPITALS has the columns city, state, postcode, country, latitude and longitude. The radius of a
kind of answer at places of a size is the distance within which 90 % of such hospitals lie. A
country's factor is the same for distances measured in these radii. Both are drawn towards the
whole where there are few hospitals. With ``--held-back`` the file is not written: the radii of one
half are tried on the other, and the share of hospitals within them is printed.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from geocache.commands.truth import read_truth
from geocache.gazetteer import Gazetteer
from geocache.gazetteer.matcher import Matcher
from geocache.geo.countries import country_code
from geocache.geo.distance import distance_km
from geocache.geo.uncertainty import FILE, SIZES, Kind, Uncertainty, round_km
from geocache.settings import read_settings

SHARE = 0.9
FEW = 25
"""Hospitals that weigh as much as knowing nothing of a country; fewer than these give no factor."""

ASSUMED_KM = {Kind.PART: 15.0, Kind.AROUND: 60.0, Kind.REGION: 85.0}
"""Radii of kinds that too few hospitals have; nearly all regions are small counties of Kenya."""


class Answer(NamedTuple):
    """What an answer rests on, and how far from the door it lies."""

    kind: Kind
    country: str
    people: int
    distance_km: float


class Recorder(Uncertainty):
    """Numbers the estimates that are asked for, instead of making them."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Kind, int]] = []

    def estimate_km(self, country: str, kind: Kind, people: int = 0) -> float:
        """The number of the estimate."""
        self.asked.append((country, kind, people))
        return len(self.asked) - 1.0


def measure(file: Path) -> list[tuple[bool, Answer]]:
    """The answer for each hospital that is found, and whether it belongs to the first half."""
    recorder = Recorder()
    gazetteer = Gazetteer(read_settings().index_folder)
    matcher = Matcher(gazetteer._index, uncertainty=recorder)  # noqa: SLF001
    found = []
    for truth in read_truth(file):
        position = matcher.locate(truth.place)
        if position.latitude is None or position.longitude is None:
            continue
        _, kind, people = recorder.asked[int(position.uncertainty_km or 0)]
        door = (truth.latitude, truth.longitude)
        far = distance_km((position.latitude, position.longitude), door)
        half = blake2b(f"{truth.place}{door}".encode(), digest_size=1).digest()[0] % 2 == 0
        found.append((half, Answer(kind, country_code(truth.place.country), people, far)))
    return found


def find_quantile(values: Sequence[float]) -> float:
    """The value within which :data:`SHARE` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(SHARE * len(ordered)))]


def classify_size(people: int) -> int:
    """The least inhabitants of the class of a size."""
    return max(size for size in SIZES if size <= people)


def fit(
    answers: Sequence[Answer],
) -> tuple[dict[tuple[str, int], float], dict[tuple[str, str], float]]:
    """Radii by kind and class of size, and factors by kind and country."""
    radii: dict[tuple[str, int], float] = {}
    for kind in Kind:
        if kind in ASSUMED_KM:
            radii.update({(kind, size): ASSUMED_KM[kind] for size in SIZES})
            continue
        of_kind = [one for one in answers if one.kind is kind]
        whole = find_quantile([one.distance_km for one in of_kind])
        for size in SIZES:
            far = [one.distance_km for one in of_kind if classify_size(one.people) == size]
            own = find_quantile(far) if far else whole
            radii[kind, size] = round_km((own * len(far) + whole * FEW) / (len(far) + FEW))
    shares: dict[tuple[str, str], list[float]] = defaultdict(list)
    for one in answers:
        shares[one.kind, one.country].append(
            one.distance_km / radii[one.kind, classify_size(one.people)]
        )
    factors = {
        key: round((find_quantile(values) * len(values) + FEW) / (len(values) + FEW), 2)
        for key, values in sorted(shares.items())
        if len(values) >= FEW
    }
    return radii, factors


def check(fitted: Sequence[Answer], others: Sequence[Answer]) -> None:
    """Print how many of other hospitals lie within the radii."""
    radii, factors = fit(fitted)
    held: dict[str, list[bool]] = defaultdict(list)
    for one in others:
        radius = radii[one.kind, classify_size(one.people)]
        inside = one.distance_km <= radius * factors.get((one.kind, one.country), 1.0)
        for name in ("all", one.kind, one.country):
            held[name].append(inside)
    for name, inside in sorted(held.items(), key=lambda item: -len(item[1]))[:24]:
        print(f"{name:<12}{len(inside):>6}{sum(inside) / len(inside):>8.1%}")


def main(file: Path, *, held_back: bool) -> None:
    measured = measure(file)
    if held_back:
        first = [answer for half, answer in measured if half]
        second = [answer for half, answer in measured if not half]
        check(first, second)
        check(second, first)
        return
    radii, factors = fit([answer for _, answer in measured])
    with FILE.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened, lineterminator="\n")
        writer.writerow(("kind", "country", "people", "value"))
        writer.writerows((kind, "", size, km) for (kind, size), km in radii.items())
        writer.writerows((kind, country, "", factor) for (kind, country), factor in factors.items())


if __name__ == "__main__":
    main(Path(sys.argv[1]), held_back="--held-back" in sys.argv)
