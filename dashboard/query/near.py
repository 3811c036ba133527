"""Where ``near`` is, in numbers, a ZIP code or words, and how far that is from each site."""

import re
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc
from rapidfuzz import process

from dashboard.errors import FilterError
from dashboard.query.coordinates import parse_point
from dashboard.query.parameters import NEAR_FORMS
from dashboard.sites.categoricals import factorize, normalize_text, normalize_texts, spread
from geocache.geo.distance import EARTH_RADIUS_KM
from geocache.place import Flag, Place, Position, Precision

KM_PER = {"km": 1.0, "miles": 1.609344}
"""Kilometres in each unit that distances are told in."""

SAME_CITY_KM = 50.0
LIKE = 75
"""So many per cent a name must be like another to be offered for it."""

LocatePlace = Callable[[Place], Position]

_US_ZIP = re.compile(r"^\s*([0-9]{5})(?:-[0-9]{4})?\s*$")
_ONE_SIGN = 1


def distance_km(
    latitude: float, longitude: float, latitudes: pd.Series, longitudes: pd.Series
) -> npt.NDArray[np.float64]:
    """Great-circle distances in km from one point to many (haversine); NaN stays NaN."""
    lat1, lon1 = np.radians(latitude), np.radians(longitude)
    lat2 = np.radians(latitudes.to_numpy(dtype=float))
    lon2 = np.radians(longitudes.to_numpy(dtype=float))
    a = np.sin((lat2 - lat1) / 2) ** 2
    a += np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    distances: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(a, 0, 1)))
    return distances


def list_interpretations(text: str) -> list[Place]:
    """The places a few words may mean, most likely first.

    A US ZIP code; ``Graz, Austria``; ``Rochester, Minnesota``; a bare city. One sign alone is
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
    if not parts or len(parts[0]) <= _ONE_SIGN:
        return []
    return [Place(city=parts[0])]


def find_place(text: str, locate: LocatePlace, parameter: str = "near") -> Position:
    """Where ``LAT,LON``, a ZIP code or a place in words is; unresolved when nobody knows.

    Raises:
        FilterError: two numbers that are no coordinates.
    """
    point = parse_point(text, parameter)
    if point:
        why = "the coordinates asked for"
        return Position(*point, Precision.FACILITY, text.strip(), "query", 1.0, reason=why)
    answers = (locate(place) for place in list_interpretations(text))
    first: Position | None = None
    for position in answers:
        if position.resolved:
            return position
        first = first or position
    return first or Position(reason="no place named")


def find_centre(near: str, locate: LocatePlace, sites: pd.DataFrame | None = None) -> Position:
    """The position that ``near`` names: ``LAT,LON``, a US ZIP, or a place ("Graz, Austria").

    A bare city is the one in the site table, if that has one of that name; else it must be the
    only one that anybody knows.

    Raises:
        FilterError: nobody knows the place, or more than one is meant; ``allowed`` says which.
    """
    bare = "," not in near
    own = _city_in(sites, near) if bare and sites is not None else None
    if own is not None:
        return own
    position = find_place(near, locate)
    if position.resolved and not (bare and Flag.AMBIGUOUS in position.flags):
        return position
    known = _places_like(near, sites) if sites is not None else ()
    if position.resolved:
        others = (position.place_name, *(a.place_name for a in position.alternatives))
        message = f"near={near}: say which place of that name, with its country"
        raise FilterError("near", near, message, (*others, *known))
    message = f"near={near}: nobody here knows this place"
    raise FilterError("near", near, message, (*known, *NEAR_FORMS))


def _city_in(sites: pd.DataFrame, name: str) -> Position | None:
    """Where the table has the city of that name; ``None`` without one, or with several."""
    codes, distinct = factorize(sites["city"])
    same = pc.equal(normalize_texts(distinct), normalize_text(name.strip())).to_numpy(
        zero_copy_only=False
    )
    found = sites[spread(codes, same) & sites["latitude"].notna().to_numpy()]
    if found.empty or not name.strip():
        return None
    first = found.iloc[0]
    apart = distance_km(
        first["latitude"], first["longitude"], found["latitude"], found["longitude"]
    )
    if apart.max() > SAME_CITY_KM:
        return None
    place = f"{first['city']}, {first['country']}"
    return Position(float(first["latitude"]), float(first["longitude"]), place_name=place)


def _places_like(near: str, sites: pd.DataFrame) -> tuple[str, ...]:
    """Cities of the table with a name like it, nearest spelling first."""
    pairs = sites[["city", "country"]].drop_duplicates().astype("str")
    cities = (pairs["city"] + ", " + pairs["country"]).tolist()
    found = process.extract(near, cities, limit=5, score_cutoff=LIKE)
    return tuple(text for text, _, _ in found)
