"""Reads the hand-written tables in ``geocache/data``."""

import csv
from collections.abc import Iterator

from geocache.geo.names import fold
from geocache.paths import DATA


def read_rows(name: str) -> Iterator[list[str]]:
    """The rows of a table, without the header."""
    with (DATA / name).open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        next(reader)
        yield from reader


def read_names(name: str) -> Iterator[tuple[str, str, str]]:
    """Country code, place and one of its names, from a table with several in the third column."""
    for country, place, names in read_rows(name):
        for one in names.split(";"):
            if one.strip():
                yield country, place, one.strip()


def read_district_points() -> dict[tuple[str, str], tuple[float, float]]:
    """Latitude and longitude of districts, by country code and folded name."""
    return {
        (country, fold(name)): (float(latitude), float(longitude))
        for country, name, latitude, longitude in read_rows("district-points.csv")
    }
