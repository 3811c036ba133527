"""Finds the place that ``near`` names: coordinates, a US ZIP code or words."""

import re
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import pyarrow.compute as pc
from rapidfuzz import process

from dashboard.errors import FilterError
from dashboard.query.coordinates import parse_point
from dashboard.query.filter_kinds import NEAR_FORMS
from dashboard.sites.categoricals import factorize, normalize_text, normalize_texts, spread
from geocache.geo.distance import distances_km
from geocache.place import Flag, Place, Position, Precision

KM_PER = {"km": 1.0, "miles": 1.609344}
"""Kilometres in each unit of distance on the page."""

SAME_CITY_KM = 50.0
MIN_SIMILARITY = 75
"""Per cent from which on a city of the table is suggested for a name."""

LocatePlace = Callable[[Place], Position]

_US_ZIP = re.compile(r"^\s*([0-9]{5})(?:-[0-9]{4})?\s*$")


class Centre(NamedTuple):
    """The point that distances are measured from, and its name."""

    latitude: float
    longitude: float
    name: str


def find_centre(
    near: str, locate: LocatePlace | None, sites: pd.DataFrame | None = None
) -> Centre | None:
    """The point that ``near`` names; ``None`` if it is empty.

    A bare city is the one in the site table, if there is exactly one of that name; otherwise
    the name must be unambiguous.

    Args:
        near: ``LAT,LON``, a US ZIP code or a place ("Graz, Austria").
        locate: the geocoder; coordinates and cities of the table need none.
        sites: the site table.

    Raises:
        FilterError: an unknown or ambiguous place; ``allowed`` has what it may mean.
    """
    if not near:
        return None
    is_bare = "," not in near
    own = _find_city(sites, near) if is_bare and sites is not None else None
    if own is not None:
        return own
    if locate is None and parse_point(near) is None:
        raise FilterError("near", near, "a place name needs a geocoder")
    position = find_place(near, locate or (lambda _: Position()))
    latitude, longitude = position.latitude, position.longitude
    if latitude is None or longitude is None:
        message = f"near={near}: nobody here knows this place"
        raise FilterError("near", near, message, (*_suggest_cities(near, sites), *NEAR_FORMS))
    if is_bare and Flag.AMBIGUOUS in position.flags:
        others = (position.place_name, *(a.place_name for a in position.alternatives))
        message = f"near={near}: say which place of that name, with its country"
        raise FilterError("near", near, message, (*others, *_suggest_cities(near, sites)))
    return Centre(latitude, longitude, position.place_name)


def find_place(text: str, locate: LocatePlace, parameter: str = "near") -> Position:
    """The position of ``LAT,LON``, a ZIP code or a place in words; unresolved if unknown.

    Raises:
        FilterError: two numbers that are no coordinates.
    """
    point = parse_point(text, parameter)
    if point:
        reason = "the coordinates asked for"
        return Position(*point, Precision.FACILITY, text.strip(), "query", 1.0, reason=reason)
    first: Position | None = None
    for place in list_interpretations(text):
        position = locate(place)
        if position.resolved:
            return position
        first = first or position
    return first or Position(reason="no place named")


def list_interpretations(text: str) -> list[Place]:
    """The places that a few words may mean, most likely first.

    A US ZIP code; ``Graz, Austria``; ``Rochester, Minnesota``; a bare city. A single character is
    no place: too many villages are called ``Y``.
    """
    zip_code = _US_ZIP.match(text)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if zip_code:
        return [Place(postcode=zip_code[1], country="United States")]
    if len(parts) > 1:
        return [
            Place(city=parts[0], state=", ".join(parts[1:-1]), country=parts[-1]),
            Place(city=parts[0], state=parts[-1], country="United States"),
        ]
    if not parts or len(parts[0]) == 1:
        return []
    return [Place(city=parts[0])]


def _find_city(sites: pd.DataFrame, name: str) -> Centre | None:
    """The city of that name in the table; ``None`` without one, or with several."""
    codes, distinct = factorize(sites["city"])
    equal = pc.equal(normalize_texts(distinct), normalize_text(name.strip()))
    mask = spread(codes, equal.to_numpy(zero_copy_only=False))
    found = sites[mask & sites["latitude"].notna().to_numpy()]
    if found.empty or not name.strip():
        return None
    first = found.iloc[0]
    latitude, longitude = float(first["latitude"]), float(first["longitude"])
    distances = distances_km((latitude, longitude), found["latitude"], found["longitude"])
    if distances.max() > SAME_CITY_KM:
        return None
    return Centre(latitude, longitude, f"{first['city']}, {first['country']}")


def _suggest_cities(near: str, sites: pd.DataFrame | None) -> tuple[str, ...]:
    """Cities of the table with a similar name, the most similar first."""
    if sites is None:
        return ()
    pairs = sites[["city", "country"]].drop_duplicates().astype("str")
    cities = (pairs["city"] + ", " + pairs["country"]).tolist()
    found = process.extract(near, cities, limit=5, score_cutoff=MIN_SIMILARITY)
    return tuple(text for text, _, _ in found)
