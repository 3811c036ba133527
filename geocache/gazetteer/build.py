"""Builds the index: sorted arrays of name hashes and places, in files that are mapped, not read."""

import json
import shutil
import tempfile
from array import array
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from geocache.gazetteer import sources
from geocache.gazetteer.hashing import name_hash
from geocache.gazetteer.kinds import Kind
from geocache.gazetteer.regions import RegionTable
from geocache.names import expanded, fold, key

Progress = Callable[[str, float], None]

_JOIN_DECIMALS = 3


def build(folder: Path, progress: Progress) -> None:
    """Write the index into ``folder``, which appears whole or not at all.

    Takes about 10 seconds and 300 MB; the result has about 80 MB.

    Raises:
        IndexBuildError: a data package is missing or has another shape than expected.
        OSError: the folder cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
    try:
        _Builder(scratch, progress).run()
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Builder:
    def __init__(self, folder: Path, progress: Progress) -> None:
        self.folder = folder
        self.progress = progress
        self.regions = RegionTable()
        self.latitudes, self.longitudes = array("i"), array("i")
        self.populations, self.first, self.second = array("I"), array("i"), array("i")
        self.countries: dict[str, int] = {}
        self.country_of = array("H")
        self.texts = bytearray()
        self.text_starts = array("I", [0])
        self.hashes, self.rows, self.kinds = array("Q"), array("I"), array("B")

    def run(self) -> None:
        self.progress("Reading states and counties", 0.0)
        named = {
            (r.country, round(r.latitude, _JOIN_DECIMALS), round(r.longitude, _JOIN_DECIMALS)): (
                r.state,
                r.county,
            )
            for r in sources.regions()
        }
        for row, place in enumerate(sources.places()):
            if row % 10_000 == 0:
                self.progress("Reading places", 0.1 + 0.6 * row / 235_000)
            spot = (
                place.country,
                round(place.latitude, _JOIN_DECIMALS),
                round(place.longitude, _JOIN_DECIMALS),
            )
            self.add(row, place, *named.get(spot, ("", "")))
        del named
        self.progress("Naming states", 0.75)
        self.regions.finish()
        self.progress("Sorting names", 0.85)
        self.write()
        self.progress("Ready", 1.0)

    def add(self, row: int, place: sources.SourcePlace, state: str, county: str) -> None:
        self.latitudes.append(round(place.latitude * 100_000))
        self.longitudes.append(round(place.longitude * 100_000))
        self.populations.append(place.population)
        self.country_of.append(self.countries.setdefault(place.country, len(self.countries)))
        self.texts += place.name.encode()
        self.text_starts.append(len(self.texts))
        first, second = self.regions.number(place.country, place.admin1, state, county)
        self.first.append(first)
        self.second.append(second)
        for number in (first, second):
            if number >= 0:
                self.regions.count(number, row, place.latitude, place.longitude, place.population)
        for name, kind in names_of(place.name, place.alternates).items():
            self.hashes.append(name_hash(place.country, name))
            self.rows.append(row)
            self.kinds.append(kind)

    def write(self) -> None:
        hashes = np.frombuffer(self.hashes, dtype=np.uint64)
        rows = np.frombuffer(self.rows, dtype=np.uint32)
        kinds = np.frombuffer(self.kinds, dtype=np.uint8)
        people = np.frombuffer(self.populations, dtype=np.uint32)
        order = np.lexsort((-people[rows].astype(np.int64), kinds, hashes))
        self.save("hashes", hashes[order])
        self.save("rows", rows[order])
        self.save("kinds", kinds[order])
        self.save("populations", people)
        self.save("latitudes", np.frombuffer(self.latitudes, dtype=np.int32))
        self.save("longitudes", np.frombuffer(self.longitudes, dtype=np.int32))
        self.save("first", np.frombuffer(self.first, dtype=np.int32))
        self.save("second", np.frombuffer(self.second, dtype=np.int32))
        self.save("country_of", np.frombuffer(self.country_of, dtype=np.uint16))
        self.save("text_starts", np.frombuffer(self.text_starts, dtype=np.uint32))
        (self.folder / "texts").write_bytes(self.texts)
        self.save("hosts", self.hosts())
        grouped = {
            country: [
                [r.number, r.name, r.level, r.parent, r.population, r.main_place, sorted(r.names)]
                for r in regions
            ]
            for country, regions in self.regions.by_country().items()
        }
        (self.folder / "regions.json").write_text(json.dumps(grouped), encoding="utf-8")
        (self.folder / "countries.json").write_text(json.dumps(list(self.countries)))

    def hosts(self) -> np.ndarray:
        """For each place the far larger place whose suburb it looks like, or itself."""
        latitude = np.radians(np.frombuffer(self.latitudes, dtype=np.int32) / 100_000)
        longitude = np.radians(np.frombuffer(self.longitudes, dtype=np.int32) / 100_000)
        points = 6371 * np.column_stack(
            (
                np.cos(latitude) * np.cos(longitude),
                np.cos(latitude) * np.sin(longitude),
                np.sin(latitude),
            )
        )
        people = np.frombuffer(self.populations, dtype=np.uint32)
        host = np.arange(len(people), dtype=np.uint32)
        best = people.astype(np.int64) * 4 + 50_000
        tree = cKDTree(points)
        large = np.flatnonzero(people >= 200_000)
        for row in large:
            reach_km = 4 + (int(people[row]) / 1_000_000) ** 0.5 * 6
            near = np.asarray(tree.query_ball_point(points[row], reach_km), dtype=np.int64)
            smaller = near[best[near] < people[row]]
            host[smaller] = row
            best[smaller] = people[row]
        return host

    def save(self, name: str, values: np.ndarray) -> None:
        (self.folder / name).write_bytes(np.ascontiguousarray(values).tobytes())


def names_of(name: str, alternates: list[str]) -> dict[str, Kind]:
    """The keys a place is found by, each with the best kind of name that gives it."""
    found: dict[str, Kind] = {key(fold(name)): Kind.OFFICIAL}
    if "(" in name:
        outside, _, inside = name.partition("(")
        found.setdefault(key(fold(outside)), Kind.OFFICIAL_PART)
        found.setdefault(key(fold(inside)), Kind.ALTERNATE)
    wide = expanded(name)
    if wide:
        found.setdefault(key(fold(wide)), Kind.OFFICIAL)
    for alternate in alternates:
        folded = key(fold(alternate))
        found.setdefault(folded, Kind.ALTERNATE if folded.isascii() else Kind.OTHER_SCRIPT)
        wide = expanded(alternate)
        if wide:
            found.setdefault(key(fold(wide)), Kind.ALTERNATE)
    found.pop("", None)
    return found
