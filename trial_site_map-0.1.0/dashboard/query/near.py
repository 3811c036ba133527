"""Finds the place that ``near`` names: coordinates, a postcode or words."""

import math
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd
import pyarrow.compute as pc
from rapidfuzz import process

from dashboard.errors import FilterError
from dashboard.query.coordinates import parse_point
from dashboard.query.filter_kinds import NEAR_FORMS
from dashboard.sites.categoricals import factorize, normalize_text, normalize_texts, spread
from geocache.gazetteer.postcode_forms import split_postcode
from geocache.geo.countries import country_name
from geocache.geo.distance import distances_km
from geocache.place import Flag, Place, Position, Precision

KM_PER = {"km": 1.0, "miles": 1.609344}
"""Kilometres in each unit of distance on the page."""

_EXACT_KM = 1.0
"""A position this exact is a door: distances to it have a decimal."""

_PAD = " "
"""Before shorter numbers, so that texts sort as their numbers do."""

SAME_CITY_KM = 50.0
MIN_SIMILARITY = 75
"""Per cent from which on a city of the table is suggested for a name."""

LocatePlace = Callable[[Place], Position]

_UNKNOWN = " is not known"
_KNOWN_POSTCODE = ("postcode agrees", "point of postcode", "; postcode ")


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
        near: ``LAT,LON``, a postcode, alone or with its town, or a place ("Graz, Austria").
        locate: the geocoder; coordinates and cities of the table need none.
        sites: the site table, whose countries go first where several have the postcode.

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
        own = _find_own_country(position, sites)
        if own is not None:
            return own
        others = (position.place_name, *(a.place_name for a in position.alternatives))
        message = f"near={near}: say which place of that name, with its country"
        raise FilterError("near", near, message, (*others, *_suggest_cities(near, sites)))
    return Centre(latitude, longitude, position.place_name + _note_fallback(position))


def _note_fallback(position: Position) -> str:
    """In brackets that the postcode is not known, where the position is the town's."""
    return f" ({position.reason.partition(';')[0]})" if is_fallback(position) else ""


def _find_own_country(position: Position, sites: pd.DataFrame | None) -> Centre | None:
    """The only one of several places that lies in a country of the sites."""
    if sites is None or not position.reason.startswith("postcode "):
        return None
    names = {country_name(code) for code in sites["country_code"].unique() if code}
    several = (
        (position.latitude, position.longitude, position.place_name),
        *((other.latitude, other.longitude, other.place_name) for other in position.alternatives),
    )
    own = [one for one in several if one[2].rpartition(", ")[2] in names]
    latitude, longitude, name = own[0] if len(own) == 1 else (None, None, "")
    if latitude is None or longitude is None:
        return None
    return Centre(latitude, longitude, name + _note_fallback(position))


def describe_distance(distance_km: float, uncertainty_km: float, unit: str = "km") -> str:
    """A distance as exactly as the position allows: ``about 57 km``, ``same city``, ``2.4 km``.

    ``unit`` is one of :data:`KM_PER`. The texts sort as the distances do.
    """
    if math.isnan(distance_km):
        return ""
    away = distance_km / KM_PER[unit]
    if uncertainty_km <= _EXACT_KM:
        return f"{_PAD}{away:{_PAD}>8,.1f} {unit}"
    if distance_km < _EXACT_KM:
        return f"{_PAD}same city"
    return f"about {away:{_PAD}>6,.0f} {unit}"


def find_place(text: str, locate: LocatePlace, parameter: str = "near") -> Position:
    """The position of ``LAT,LON``, a postcode or a place in words; unresolved if unknown.

    If the postcode beside a town is unknown, the town's, and the reason begins with saying so.

    Raises:
        FilterError: two numbers that are no coordinates.
    """
    point = parse_point(text, parameter)
    if point:
        reason = "the coordinates asked for"
        return Position(*point, Precision.FACILITY, text.strip(), "query", 1.0, reason=reason)
    first: Position | None = None
    code, town = split_postcode(text)
    for place in list_interpretations(text):
        position = locate(place)
        stripped = bool(code) and "without digits" in position.reason
        known = _is_postcode_known(position) if place.postcode else not stripped
        if position.resolved and known:
            return position
        first = first or position
    if code and town:
        _, comma, country = text.partition(",")
        found = find_place(f"{town}{comma}{country}", locate, parameter)
        if found.resolved:
            return found._replace(reason=f"postcode {code}{_UNKNOWN}; {found.reason}")
    return first or Position(reason="no place named")


def is_fallback(position: Position) -> bool:
    """Whether a position is a town's because the postcode beside it is unknown."""
    return position.reason.partition(";")[0].endswith(_UNKNOWN)


def _is_postcode_known(position: Position) -> bool:
    """Whether an answer says that it used the postcode itself, not only its first characters."""
    reason = position.reason
    return reason.startswith("postcode ") or any(words in reason for words in _KNOWN_POSTCODE)


def list_interpretations(text: str) -> list[Place]:
    """The places that a few words may mean, most likely first.

    A postcode, alone or with its town; ``Graz, Austria``; ``Rochester, Minnesota``; a bare city. A
    single character is no place: too many villages are called ``Y``.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        return []
    code, town = split_postcode(text)
    whole: list[Place] = []
    if len(parts) > 1:
        whole = [
            Place(city=parts[0], state=", ".join(parts[1:-1]), country=parts[-1]),
            Place(city=parts[0], state=parts[-1], country="United States"),
        ]
        if code:
            whole = [place._replace(city=town, postcode=code) for place in whole] + whole
    elif code:
        whole = (
            [Place(city=town, postcode=code), Place(city=parts[0])]
            if town
            else [Place(postcode=code)]
        )
    elif len(parts[0]) > 1:
        whole = [Place(city=parts[0])]
    return whole


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
