"""Reads places with known positions from a CSV file, for the evaluation."""

import csv
import math
from pathlib import Path
from typing import NamedTuple

from geocache.errors import InputError
from geocache.place import Place

_REQUIRED = ("city", "state", "country", "latitude", "longitude")


class Truth(NamedTuple):
    """A place and its true position; ``sites`` is its weight, ``row`` its line in the file."""

    place: Place
    latitude: float
    longitude: float
    sites: float
    row: int


def read_truth(path: Path) -> list[Truth]:
    """Read a truth file.

    Columns city, state, country, latitude, longitude, in any order or case, and optionally
    postcode (or zip) and sites.

    Raises:
        InputError: the file cannot be read, a column is missing, or a number is invalid.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            names = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
            missing = [name for name in _REQUIRED if name not in names]
            if missing:
                raise InputError(f"{path}: no column {', '.join(missing)}")
            return [
                _parse_row(path, {key: row.get(name) or "" for key, name in names.items()}, number)
                for number, row in enumerate(reader, start=2)
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error


def _parse_row(path: Path, row: dict[str, str], number: int) -> Truth:
    try:
        latitude, longitude = float(row["latitude"]), float(row["longitude"])
        sites = float(row.get("sites") or 1)
    except ValueError as error:
        raise InputError(f"{path}, row {number}: {error}") from error
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= sites < math.inf):
        raise InputError(f"{path}, row {number}: a coordinate or weight is out of range")
    postcode = row.get("postcode") or row.get("zip") or ""
    place = Place("", row["city"], row["state"], postcode, row["country"])
    return Truth(place, latitude, longitude, sites, number)
