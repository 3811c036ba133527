"""Joins positions to the site table, and decides which position wins."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from dashboard.sites.categoricals import (
    categorical_from_codes,
    combine_codes,
    factorize,
    find_first_rows,
    spread,
)
from geocache.facilities import Correction
from geocache.geo.borders import in_country
from geocache.geo.countries import country_code
from geocache.geo.distance import COORDINATE_DECIMALS, distance_km
from geocache.geo.uncertainty import estimate_radius, round_km
from geocache.keys import place_key
from geocache.place import (
    DOUBTFUL_FLAGS,
    POSITION_COLUMNS,
    POSTCODE_LABEL,
    REGISTER_PREFIX,
    Alternative,
    Flag,
    Place,
    Position,
    Precision,
    drop_impossible_points,
    is_on_earth,
)

LocateMany = Callable[[Sequence[Place]], Iterable[Position]]

FAR_KM = 500.0
CONFLICT_KM = 50.0
POSTCODE_KM = 30.0
"""A postcode this near to the registry's own point speaks for it."""
PLACE_COLUMNS = Place._fields


@dataclass(frozen=True, slots=True)
class Known:
    """What the store knows: which saved positions are still valid, and corrections of facilities.

    Valid are those of ``version``, except at ``pinned`` places.
    """

    version: str = ""
    pinned: tuple[Place, ...] = ()
    corrections: tuple[Correction, ...] = ()


def find_rows(table: pd.DataFrame, places: Iterable[Place]) -> np.ndarray:
    """A mask of the rows of a table with :data:`PLACE_COLUMNS` that are one of some places."""
    wanted = {place_key(place) for place in places}
    if not wanted or not len(table):
        return np.zeros(len(table), dtype=bool)
    codes, distinct = list_distinct_places(table)
    return spread(codes, np.array([place_key(place) in wanted for place in distinct], dtype=bool))


def position_columns(table: pd.DataFrame, locate: LocateMany | None) -> dict[str, ExtensionArray]:
    """The columns :data:`POSITION_COLUMNS` for a table with :data:`PLACE_COLUMNS`.

    ``latitude`` and ``longitude`` of that table are the registry's own points, NaN where there
    are none. Each distinct place is located once.
    """
    codes, answers = _locate_distinct(table, locate)
    own = table["latitude"].notna().to_numpy() & table["longitude"].notna().to_numpy()
    if own.any():
        codes, answers = _add_registry_points(table, codes, answers, own)
    columns = list(zip(*(_to_row(a) for a in answers), strict=True)) or [()] * len(POSITION_COLUMNS)
    joined: dict[str, ExtensionArray] = {}
    for name, values in zip(POSITION_COLUMNS, columns, strict=True):
        if name in {"latitude", "longitude", "score", "uncertainty_km"}:
            joined[name] = pd.array(list(values), dtype="float64").take(codes)
        else:
            joined[name] = categorical_from_codes(codes, list(values))
    return joined


def _to_row(position: Position) -> tuple[object, ...]:
    return (
        np.nan if position.latitude is None else round(position.latitude, COORDINATE_DECIMALS),
        np.nan if position.longitude is None else round(position.longitude, COORDINATE_DECIMALS),
        str(position.precision),
        position.place_name,
        position.source,
        position.score,
        ";".join(position.flags),
        position.reason,
        np.nan if position.uncertainty_km is None else position.uncertainty_km,
    )


def list_distinct_places(table: pd.DataFrame) -> tuple[np.ndarray, list[Place]]:
    """For each row the code of its place, and the distinct places by code."""
    columns = [factorize(table[name]) for name in PLACE_COLUMNS]
    codes, keys = pd.factorize(combine_codes((of, len(distinct)) for of, distinct in columns))
    first = find_first_rows(codes, len(keys))
    words = [distinct.astype("str")[of[first]].tolist() for of, distinct in columns]
    return codes, [Place(*row) for row in zip(*words, strict=True)]


def _locate_distinct(
    table: pd.DataFrame, locate: LocateMany | None
) -> tuple[np.ndarray, list[Position]]:
    """For each row the code of its position, and the distinct positions by code.

    The hospitals of a city mostly share one position, so there are far fewer than places.
    """
    if locate is None:
        return np.zeros(len(table), dtype=np.int64), [Position()]
    codes, places = list_distinct_places(table)
    numbers: dict[Position, int] = {}
    answers = map(drop_impossible_points, locate(places))
    of_place = [numbers.setdefault(answer, len(numbers)) for answer in answers]
    return np.array(of_place, dtype=np.int64)[codes], list(numbers)


def _add_registry_points(
    table: pd.DataFrame, codes: np.ndarray, answers: list[Position], own: np.ndarray
) -> tuple[np.ndarray, list[Position]]:
    """The codes and positions, with a further position for each distinct registry point."""
    given = table[own]
    keys = [(codes[own], len(answers))]
    for name in ("city", "country"):  # what :func:`choose_position` uses of a place
        of, texts = factorize(given[name])
        keys.append((of, len(texts)))
    for name in ("latitude", "longitude"):
        of, degrees = pd.factorize(given[name].to_numpy())
        keys.append((of, len(degrees)))
    numbers, distinct = pd.factorize(combine_codes(keys))
    first = find_first_rows(numbers, len(distinct))
    words = [given[name].iloc[first].astype("str") for name in PLACE_COLUMNS]
    points = (given[name].iloc[first] for name in ("latitude", "longitude"))
    weighed = [
        choose_position(Place(*place), answers[answer], latitude, longitude)
        for answer, latitude, longitude, *place in zip(
            codes[own][first], *points, *words, strict=True
        )
    ]
    codes = codes.copy()
    codes[own] = len(answers) + numbers
    return codes, answers + weighed


def _list_distances(answer: Position, point: tuple[float, float]) -> list[float]:
    """How far, in km, the alternatives of an answer lie from a point."""
    return [distance_km(point, (other.latitude, other.longitude)) for other in answer.alternatives]


def choose_position(place: Place, answer: Position, latitude: float, longitude: float) -> Position:
    """The position to show: the registry's own point or a provider's answer.

    A pin wins, then a door: an unflagged answer of a register of facilities, as registries give the
    centre of the city. The registry's point wins over other providers unless it lies outside the
    country, or more than 50 km from an unflagged gazetteer answer: then that is shown, flagged
    ``conflicting_point``, with the registry's among its alternatives; so is a door that far away.
    Where the answer is in doubt the registry's point stays; it is flagged if every place of that
    name is more than 500 km away.
    """
    if answer.source == "pin":
        return answer
    registry = Position(
        latitude,
        longitude,
        Precision.CITY,
        ", ".join(part for part in (place.city, place.country) if part),
        "registry",
        1.0,
        tuple(f for f in answer.flags if f is Flag.PLACEHOLDER_FACILITY),
        "the registry's own point",
    )
    if not is_on_earth(latitude, longitude):
        reason = (
            f"{answer.reason}; the registry's own point is no coordinate: {latitude}, {longitude}"
        )
        return answer._replace(reason=reason)
    code = country_code(place.country)
    outside = bool(code) and not in_country(latitude, longitude, code)
    if not answer.resolved:
        if outside:
            registry = registry._replace(
                flags=(*registry.flags, Flag.OUTSIDE_COUNTRY),
                score=0.1,
                reason=f"the registry's own point lies outside {place.country}",
            )
        return registry._replace(uncertainty_km=estimate_radius(registry, code))
    return _weigh(place, answer, registry, outside=outside)


def _weigh(place: Place, answer: Position, registry: Position, *, outside: bool) -> Position:
    """The answer or the registry's own point; both have coordinates."""
    point = (registry.latitude or 0.0, registry.longitude or 0.0)
    apart = distance_km(point, (answer.latitude or 0.0, answer.longitude or 0.0))
    doubts = set(answer.flags) & DOUBTFUL_FLAGS
    is_door = answer.precision is Precision.FACILITY and answer.source.startswith(REGISTER_PREFIX)
    if is_door and not doubts and not outside and apart <= CONFLICT_KM:
        return answer._replace(
            reason=f"{answer.reason}; the registry's own point is {apart:.0f} km away"
        )
    trusted = is_door or answer.source == "gazetteer"
    code = country_code(place.country)
    if not outside and (apart <= CONFLICT_KM or doubts or not trusted):
        known = answer.uncertainty_km if not doubts and apart <= CONFLICT_KM else None
        radius = None if known is None else round_km(known + apart)
        nearest = min([apart, *_list_distances(answer, point)])
        far = (Flag.CONFLICTING_POINT,) if nearest > FAR_KM else ()
        return registry._replace(
            flags=(*registry.flags, *far),
            reason=f"the registry's own point, {apart:.0f} km from {answer.source}",
            uncertainty_km=radius or estimate_radius(registry, code),
        )
    by_postcode = _find_postcode(point, answer)
    if not outside and by_postcode:
        return registry._replace(
            reason=f"the registry's own point, near {by_postcode}; {answer.source} is "
            f"{apart:.0f} km away",
            uncertainty_km=estimate_radius(registry, code),
        )
    why = f"lies outside {place.country}" if outside else f"is {apart:.0f} km away"
    doubted = answer._replace(
        flags=(*answer.flags, Flag.CONFLICTING_POINT),
        reason=f"{answer.reason}; the registry's own point {why}",
        alternatives=(Alternative(*point, registry.place_name, 0.5), *answer.alternatives),
    )
    return doubted._replace(uncertainty_km=estimate_radius(doubted, code))


def _find_postcode(point: tuple[float, float], answer: Position) -> str:
    """The postcode among the answer's alternatives that lies near the registry's own point."""
    near = (
        other.place_name
        for other in answer.alternatives
        if other.place_name.startswith(POSTCODE_LABEL)
        and distance_km(point, (other.latitude, other.longitude)) <= POSTCODE_KM
    )
    return next(near, "")
