"""Reads the built index: places by name, and the data of a place."""

import mmap
from bisect import bisect_left, bisect_right
from functools import cached_property
from math import cos, radians
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from geocache.errors import IndexBuildError
from geocache.gazetteer.hashing import BUCKET_BITS, LOCALITY_MASK, name_hash
from geocache.gazetteer.name_kinds import NameKind
from geocache.geo.distance import distance_km

_KINDS = tuple(NameKind)
_BUCKET_SHIFT = 64 - BUCKET_BITS


class RegionRow(NamedTuple):
    """A state (``level`` 1) or county (2); ``main_place`` is the row of its largest place."""

    number: int
    name: str
    level: int
    parent: int
    population: int
    main_place: int
    names: tuple[str, ...]


class Index:
    """Read-only view of the files that :func:`geocache.gazetteer.builder.build.build_index` wrote.

    Rows are places; coordinates are integers, in hundred-thousandths of a degree. The files are
    memory-mapped, so opening takes milliseconds and processes share the memory.

    Raises:
        IndexBuildError: a file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.hashes = self._view("hashes", "Q")
            self._buckets = self._view("buckets", "I")
            self.rows = self._view("rows", "I")
            self.kinds = self._view("kinds", "B")
            self.populations = self._view("populations", "I")
            self.latitudes = self._view("latitudes", "i")
            self.longitudes = self._view("longitudes", "i")
            self.first = self._view("first", "i")
            self.second = self._view("second", "i")
            self.hosts = self._view("hosts", "I")
            self.fame = self._view("fame", "B")
            self.priors = self._view("priors", "d")
            self._country_of = self._view("country_of", "H")
            self._text_starts = self._view("text_starts", "I")
            self._texts = self._view("texts", "B")
            self._region_starts = self._view("region_starts", "I")
            self._region_rows = self._view("region_rows", "I")
            self._region_west = self._view("region_west", "i")
            self._region_east = self._view("region_east", "i")
            self._spellings = self._view("spellings", "B")
            self.code_keys = self._view("code_keys", "Q")
            self.code_latitudes = self._view("code_latitudes", "i")
            self.code_longitudes = self._view("code_longitudes", "i")
            self.code_spreads = self._view("code_spreads", "B")
            self.code_cedex = self._view("code_cedex", "B")
            self.code_rows = self._view("code_rows", "i")
            self.code_regions = self._view("code_regions", "i")
            self.code_ranges: dict[str, tuple[int, int]] = self._json("code_ranges")
            self.countries: list[str] = self._json("countries")
            self._spelling_places: dict[str, list[int]] = self._json("spelling_places")
        except (OSError, ValueError, TypeError) as error:
            raise IndexBuildError(
                f"the gazetteer index in {folder} cannot be read ({error}); remove that folder"
            ) from error
        self._regions_of: dict[str, dict[int, tuple[Any, ...]]] = {}

    def _view(self, name: str, code: Any) -> memoryview:
        with (self.folder / name).open("rb") as opened:
            return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)).cast(code)

    def _json(self, name: str) -> Any:
        return orjson.loads((self.folder / f"{name}.json").read_bytes())

    def find_named(self, country: str, key: str) -> list[tuple[int, NameKind]]:
        """Rows of the country's places with this name, best kind and most populous first."""
        return self._find_hash(name_hash(country, key))

    def find_localities(self, country: str, key: str) -> list[tuple[int, NameKind]]:
        """Rows of localities with this name that only the postal table has."""
        return self._find_hash(name_hash(country, key) ^ LOCALITY_MASK)

    def _find_hash(self, wanted: int) -> list[tuple[int, NameKind]]:
        hashes = self.hashes
        bucket = wanted >> _BUCKET_SHIFT
        end = self._buckets[bucket + 1]
        at = bisect_left(hashes, wanted, self._buckets[bucket], end)
        found = []
        while at < end and hashes[at] == wanted:
            found.append((self.rows[at], _KINDS[self.kinds[at]]))
            at += 1
        return found

    def name(self, row: int) -> str:
        """The place's official name."""
        return str(self._texts[self._text_starts[row] : self._text_starts[row + 1]], "utf-8")

    def country(self, row: int) -> str:
        """The place's alpha-2 country code."""
        return self.countries[self._country_of[row]]

    def point(self, row: int) -> tuple[float, float]:
        """Latitude and longitude, WGS 84 degrees."""
        return self.latitudes[row] / 100_000, self.longitudes[row] / 100_000

    def find_impossible_point(self) -> str:
        """The first place whose point is not on Earth, in a few words; empty if there is none."""
        for row in range(len(self.latitudes)):
            latitude, longitude = self.point(row)
            if not (abs(latitude) <= 90 and abs(longitude) <= 180):
                return f"place {row} has the point {latitude}, {longitude}"
        return ""

    @cached_property
    def _regions(self) -> dict[str, str]:
        """Each country's regions as JSON text, parsed on demand."""
        found: dict[str, str] = self._json("regions")
        return found

    def _by_number(self, country: str) -> dict[int, tuple[Any, ...]]:
        """A country's regions by number, as plain tuples of text and numbers.

        The garbage collector does not track these; lists or named tuples made every lookup a tenth
        slower.
        """
        known = self._regions_of.get(country)
        if known is None:
            rows = orjson.loads(self._regions.get(country, "[]"))
            known = {row[0]: (*row[:-1], tuple(row[-1])) for row in rows}
            self._regions_of[country] = known
        return known

    def names_of_regions(self, country: str) -> list[tuple[int, tuple[str, ...]]]:
        """The number and the normalized names of each state and county of a country."""
        return [(number, row[-1]) for number, row in self._by_number(country).items()]

    def regions(self, country: str) -> list[RegionRow]:
        """The states and counties of a country."""
        return [RegionRow._make(row) for row in self._by_number(country).values()]

    def select_regions(self, country: str, numbers: frozenset[int]) -> list[RegionRow]:
        """The states and counties of a country with these numbers."""
        known = self._by_number(country)
        return [RegionRow._make(known[number]) for number in sorted(numbers) if number in known]

    @cached_property
    def region_names(self) -> list[str]:
        """Display name of every region, in the order of their numbers."""
        found: list[str] = self._json("region_names")
        return found

    def rows_of_region(self, number: int) -> memoryview:
        """Rows of the places in a state or county, south to north."""
        return self._region_rows[self._region_starts[number] : self._region_starts[number + 1]]

    def find_nearest_in_region(
        self, number: int, point: tuple[float, float], reach_km: float = 40.0
    ) -> int:
        """The row of a region's place nearest to a point, -1 if there is none within reach."""
        rows, north = self.rows_of_region(number), round(point[0] * 100_000)
        latitude = self.latitudes.__getitem__
        band = int(reach_km / 111 * 100_000)
        first = bisect_left(rows, north - band, key=latitude)
        last = bisect_right(rows, north + band, lo=first, key=latitude)
        near = [(distance_km(point, self.point(row)), row) for row in rows[first:last]]
        away, row = min(near, default=(reach_km, -1))
        return row if away < reach_km else -1

    def measure_width(self, number: int) -> float:
        """The degrees of longitude between a region's westernmost and easternmost place."""
        return (self._region_east[number] - self._region_west[number]) / 100_000

    def near_region(self, row: int, number: int, reach_km: float) -> bool:
        """Whether a place of the region lies within ``reach_km`` of a place."""
        start, stop = self._region_starts[number], self._region_starts[number + 1]
        latitudes, here_north = self.latitudes, self.latitudes[row]
        band = int(reach_km / 111 * 100_000)
        if start == stop or not (
            latitudes[self._region_rows[start]] - band
            <= here_north
            <= latitudes[self._region_rows[stop - 1]] + band
        ):
            return False
        here = self.point(row)
        longitudes, longitude = self.longitudes, self.longitudes[row]
        width = int(band / max(0.05, cos(radians(here[0])))) + 1
        if not self._region_west[number] - width <= longitude <= self._region_east[number] + width:
            return False
        latitude = latitudes.__getitem__
        rows = self.rows_of_region(number)
        first = bisect_left(rows, here_north - band, key=latitude)
        last = bisect_right(rows, here_north + band, lo=first, key=latitude)
        return any(
            abs(longitudes[other] - longitude) <= width
            and distance_km(here, self.point(other)) <= reach_km
            for other in rows[first:last]
        )

    def find_codes(self, country: str, start: int, stop: int) -> range:
        """Numbers of a country's postcodes from one encoded code to before another."""
        first, last = self.code_ranges.get(country, (0, 0))
        begin = bisect_left(self.code_keys, start, first, last)
        return range(begin, bisect_left(self.code_keys, stop, begin, last))

    def code_point(self, number: int) -> tuple[float, float]:
        """Latitude and longitude of a postcode, WGS 84 degrees."""
        return self.code_latitudes[number] / 100_000, self.code_longitudes[number] / 100_000

    @cached_property
    def areas(self) -> dict[str, dict[str, list[int]]]:
        """Postcode areas: country, prefix, then main city's row and region number or -1."""
        found: dict[str, dict[str, list[int]]] = self._json("areas")
        return found

    def spellings(self, country: str) -> list[str]:
        """The country's Latin names, folded, sorted by length, then alphabetically."""
        place = self._spelling_places.get(country)
        if not place:
            return []
        start, length = place
        return bytes(self._spellings[start : start + length]).decode().split("\n")
