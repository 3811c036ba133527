"""``/api/positions``: where places are, from the geocache and offline providers."""

from typing import Any

from dashboard.errors import FilterError
from dashboard.query.filter_kinds import NEAR_FORMS
from dashboard.query.near import find_place
from dashboard.query.parameters import MAX_NAME, VIEW_PREFIX, sort_by_similarity
from dashboard.service.service import Service
from geocache.place import Position

MAX_PLACES = 100


def parse_places(pairs: list[tuple[str, str]]) -> list[str]:
    """The places in a query.

    Raises:
        FilterError: none, too many, too long, or another parameter.
    """
    places = []
    for name, text in pairs:
        if name.startswith(VIEW_PREFIX):
            continue
        if name != "place":
            allowed = sort_by_similarity(name, ("place",))
            raise FilterError(name[:40], text[:40], f"{name[:40]}: unknown parameter", allowed)
        if len(text) > MAX_NAME:
            raise FilterError(name, text[:40], f"place: longer than {MAX_NAME} characters")
        places.append(text)
    if not places or len(places) > MAX_PLACES:
        raise FilterError("place", "", f"place: give 1 to {MAX_PLACES} of them", NEAR_FORMS)
    return places


def build_positions(service: Service, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """The response body: one position per ``place``, in order; an unknown one has a reason.

    Raises:
        FilterError: the query is not allowed, or coordinates are out of range.
    """
    found = [
        (place, find_place(place, service.geocoder.locate, "place"))
        for place in parse_places(pairs)
    ]
    sources = {position.source for _, position in found}
    attribution = [p.attribution for p in service.geocoder.providers if p.name in sources]
    return {
        "title": "Trial site map: positions",
        "about": {"attribution": [f"Positions: {one}" for one in attribution if one]},
        "data": [_build_record(place, position) for place, position in found],
    }


def _build_record(place: str, position: Position) -> dict[str, Any]:
    return {
        "place": place,
        "latitude": position.latitude,
        "longitude": position.longitude,
        "precision": str(position.precision),
        "place_name": position.place_name,
        "source": position.source,
        "score": position.score,
        "flags": ";".join(position.flags),
        "reason": position.reason,
        "uncertainty_km": position.uncertainty_km,
        "alternatives": [alternative._asdict() for alternative in position.alternatives],
    }
