"""Turns a service's results into one position or a known miss."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from geopy.location import Location
from rapidfuzz.fuzz import token_set_ratio

from geocache.geo import names
from geocache.geo.borders import in_country
from geocache.geo.distance import COORDINATE_DECIMALS, distance_km
from geocache.geo.uncertainty import estimate_radius
from geocache.place import Alternative, Flag, Position, Precision
from geocache.providers.queries import Query
from geocache.providers.replies import read_country_code, summarize

APART_KM = 25.0
"""Results farther apart than this are different places."""

_MIN_SIMILARITY = 70.0
"""Of 100: "LKH Graz" and "LKH-Univ. Klinikum Graz" are above, "LKH Graz" and "Graz Hbf" below."""
_IMPORTANCE_GAP = 0.15  # of Nominatim's importance (0-1): closer places are about equal
_SCORES = {
    Precision.FACILITY: 0.95,
    Precision.POSTCODE: 0.9,
    Precision.CITY: 0.9,
    Precision.REGION: 0.5,
}
_DOUBT = {Flag.AMBIGUOUS: 0.8, Flag.APPROXIMATE: 0.7, Flag.OUTSIDE_COUNTRY: 0.3}


class Interpretation(NamedTuple):
    """A position, and the essential values of its result (empty for a miss)."""

    position: Position
    reply: str = ""


def interpret(
    results: Sequence[Location],
    query: Query,
    source: str,
    classify: Callable[[Mapping[str, Any]], Precision | None] | None,
) -> Interpretation:
    """The best result at the level asked for, with flags for doubts.

    ``classify`` tells the level of a result; without it every result is assumed to be of the level
    asked for, and flagged ``approximate``.
    """
    fitting = [one for one in results if classify is None or classify(one.raw) == query.level]
    if not fitting:
        others = sorted({str(classify(one.raw) or "other") for one in results if classify})
        found = f"only {', '.join(others)}" if others else "nothing"
        return Interpretation(
            Position(source=source, reason=f"{query.level} unknown: {found} found")
        )
    best = fitting[0]
    flags = _build_flags(best, fitting, query)
    if classify is None and Flag.APPROXIMATE not in flags:
        flags.append(Flag.APPROXIMATE)
    score = _SCORES[query.level]
    for flag in flags:
        score *= _DOUBT.get(flag, 1.0)
    asked = "parts" if query.parts else "words"
    position = Position(
        round(best.latitude, COORDINATE_DECIMALS),
        round(best.longitude, COORDINATE_DECIMALS),
        query.level,
        str(best.address or ""),
        source,
        round(score, 3),
        tuple(flags),
        f"{query.level} found by {asked}",
        tuple(
            Alternative(
                round(one.latitude, COORDINATE_DECIMALS),
                round(one.longitude, COORDINATE_DECIMALS),
                str(one.address or ""),
                round(score * 0.9, 3),
            )
            for one in _list_distant(best, fitting)
        ),
    )
    position = position._replace(uncertainty_km=estimate_radius(position, query.country))
    return Interpretation(position, summarize(best.raw))


def _build_flags(best: Location, fitting: Sequence[Location], query: Query) -> list[Flag]:
    flags = []
    if _is_outside(best, query.country):
        flags.append(Flag.OUTSIDE_COUNTRY)
    if query.level is Precision.FACILITY and not _has_name(best, query):
        flags.append(Flag.APPROXIMATE)
    if any(_is_rival(best, one) for one in _list_distant(best, fitting)):
        flags.append(Flag.AMBIGUOUS)
    return flags


def _is_outside(result: Location, country: str) -> bool:
    if not country:
        return False
    named = read_country_code(result.raw)
    if named == country:
        return False
    return not in_country(result.latitude, result.longitude, country)


def _has_name(result: Location, query: Query) -> bool:
    """Whether a result's name and city resemble those asked for."""
    name, _, rest = str(result.address or "").partition(",")
    facility, city = names.fold(query.place.facility), names.fold(query.place.city)
    alike = token_set_ratio(facility, names.fold(name)) >= _MIN_SIMILARITY
    address = names.fold(f"{name} {rest}")
    return alike and (not city or not rest or city in address)


def _list_distant(best: Location, fitting: Sequence[Location]) -> list[Location]:
    here = (best.latitude, best.longitude)
    return [
        one for one in fitting[1:] if distance_km(here, (one.latitude, one.longitude)) > APART_KM
    ]


def _is_rival(best: Location, other: Location) -> bool:
    weights = [one.raw.get("importance") for one in (best, other)]
    if all(isinstance(weight, int | float) for weight in weights):
        return bool(abs(weights[0] - weights[1]) < _IMPORTANCE_GAP)
    return names.fold(str(best.address).partition(",")[0]) == names.fold(
        str(other.address).partition(",")[0]
    )
