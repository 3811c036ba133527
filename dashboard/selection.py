"""Carrying filters out on a site table."""

import re
from collections.abc import Callable
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process

from dashboard.codes import codes_of, folded, folded_texts, remembered, spread
from dashboard.coordinates import BBox, point_of
from dashboard.errors import FilterError
from dashboard.filters import Filters
from dashboard.parameters import NEAR_FORMS
from dashboard.vocabulary import NOT_STATED
from geocache.distance import EARTH_RADIUS_KM
from geocache.place import Flag, Place, Position

DISTANCE_COLUMN = "distance_km"
KM_PER_MILE = 1.609344
SAME_CITY_KM = 50.0
SEARCHED = ("trial_id", "trial_title", "site_number", "facility", "city", "state", "country")

Mask = npt.NDArray[np.bool_]
Locate = Callable[[Place], Position]


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


def _one_of(column: pd.Series, values: tuple[str, ...]) -> Mask:
    codes, distinct = codes_of(column)
    wanted = pa.array(sorted({folded(value) for value in values}), type=pa.large_string())
    return spread(codes, _mask(pc.is_in(folded_texts(distinct), value_set=wanted)))


def _flagged(column: pd.Series, values: tuple[str, ...]) -> Mask:
    codes, distinct = codes_of(column)
    wanted = set(values)
    passed = [not wanted.isdisjoint(str(text).split(";")) for text in distinct]
    return spread(codes, np.array(passed, dtype=bool))


def _mask(passed: pa.Array) -> Mask:
    mask: Mask = passed.to_numpy(zero_copy_only=False)
    return mask


def _search(sites: pd.DataFrame, query: str) -> Mask:
    words = dict.fromkeys(folded(query).split())
    columns = [codes_of(sites[name]) for name in SEARCHED]
    mask = np.ones(len(sites), dtype=bool)
    for word in words:
        found = np.zeros(len(sites), dtype=bool)
        for codes, distinct in columns:
            holds = _mask(pc.match_substring(folded_texts(distinct), word))
            if holds.any():
                found |= spread(codes, holds)
        mask &= found
        if not mask.any():
            break
    return mask


def _inside(sites: pd.DataFrame, box: BBox) -> Mask:
    latitude, longitude = sites["latitude"].to_numpy(), sites["longitude"].to_numpy()
    in_height = (latitude >= box.south) & (latitude <= box.north)
    if box.west <= box.east:
        in_width = (longitude >= box.west) & (longitude <= box.east)
    else:
        in_width = (longitude >= box.west) | (longitude <= box.east)
    inside: Mask = in_height & in_width
    return inside


_LIST_COLUMNS = {
    "trial": "trial_id",
    "state": "state",
    "city": "city",
    "phase": "phase",
    "sponsor": "sponsor",
    "precision": "precision",
}


def masks(sites: pd.DataFrame, filters: Filters) -> dict[str, Mask]:
    """For each filter that is set, by name, the rows it keeps (``near`` apart)."""
    found = {
        name: _one_of(sites[column], getattr(filters, name))
        for name, column in _LIST_COLUMNS.items()
        if getattr(filters, name)
    }
    if filters.country:
        found["country"] = _one_of(sites["country_code"], filters.country)
    if filters.status:
        wanted = tuple("" if s == NOT_STATED else s for s in filters.status)
        found["status"] = _one_of(sites["status"], wanted)
    if filters.flag:
        found["flag"] = _flagged(sites["flags"], filters.flag)
    if filters.q:
        found["q"] = _search(sites, filters.q)
    if filters.bbox is not None:
        found["bbox"] = _inside(sites, filters.bbox)
    return found


_US_ZIP = re.compile(r"^\s*([0-9]{5})(?:-[0-9]{4})?\s*$")
_ONE_SIGN = 1


def readings_of(text: str) -> list[Place]:
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


def find_place(text: str, locate: Locate, parameter: str = "near") -> Position:
    """Where ``LAT,LON``, a ZIP code or a place in words is; unresolved when nobody knows.

    Raises:
        FilterError: two numbers that are no coordinates.
    """
    point = point_of(text, parameter)
    if point:
        return Position(*point, place_name=text)
    answers = (locate(place) for place in readings_of(text))
    first: Position | None = None
    for position in answers:
        if position.resolved:
            return position
        first = first or position
    return first or Position(reason="no place named")


def centre_of(near: str, locate: Locate, sites: pd.DataFrame | None = None) -> Position:
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
    codes, distinct = codes_of(sites["city"])
    same = pc.equal(folded_texts(distinct), folded(name.strip())).to_numpy(zero_copy_only=False)
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
    return tuple(text for text, _, _ in process.extract(near, cities, limit=5))


@remembered
def _in_use(_sites: pd.DataFrame) -> WeakValueDictionary[Filters, pd.DataFrame]:
    """What was filtered from a table, for as long as anybody shows it."""
    return WeakValueDictionary()


def _kept(sites: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """The rows that all filters but ``near`` keep; sessions with equal filters share the table."""
    shared = _in_use(sites)
    found = shared.get(filters)
    if found is None:
        mask = np.ones(len(sites), dtype=bool)
        for passed in masks(sites, filters).values():
            mask &= passed
        found = shared[filters] = sites if mask.all() else sites[mask]
    return found


def apply(sites: pd.DataFrame, filters: Filters, locate: Locate | None = None) -> pd.DataFrame:
    """The rows the filters keep, in the table's order, with its columns.

    With ``near`` they come by distance, with a last column ``distance_km`` (1 decimal); rows
    without a position, or beyond ``radius_km``, are left out.

    Raises:
        FilterError: ``near`` names a place that nobody knows.
    """
    kept = _kept(sites, filters)
    if not filters.near:
        return kept
    if locate is None and point_of(filters.near) is None:
        raise FilterError("near", filters.near, "a place name needs a geocoder")
    centre = centre_of(filters.near, locate or (lambda _: Position()), sites)
    assert centre.latitude is not None  # noqa: S101 - centre_of answers resolved positions
    assert centre.longitude is not None  # noqa: S101
    distances = distance_km(centre.latitude, centre.longitude, kept["latitude"], kept["longitude"])
    near = kept.assign(**{DISTANCE_COLUMN: distances.round(1)})
    limit = filters.radius_km if filters.radius_km is not None else np.inf
    near = near[distances <= limit]
    return near.sort_values(DISTANCE_COLUMN, kind="stable")
