"""``/api/positions``: where places are, from what is known or can be told offline."""

from typing import Any

from dashboard.errors import FilterError
from dashboard.query.filters import VIEW_PREFIX
from dashboard.query.near import find_place
from dashboard.query.parameters import MAX_NAME, NEAR_FORMS, nearest_first
from dashboard.service.service import Service
from geocache.place import Position

MAX_PLACES = 100


def parse_places(pairs: list[tuple[str, str]]) -> list[str]:
    """The places a query names.

    Raises:
        FilterError: none, too many, too long, or another parameter.
    """
    places = []
    for name, value in pairs:
        if name.startswith(VIEW_PREFIX):
            continue
        if name != "place":
            allowed = nearest_first(name, ("place",))
            raise FilterError(name[:40], value[:40], f"{name[:40]}: unknown parameter", allowed)
        if len(value) > MAX_NAME:
            raise FilterError(name, value[:40], f"place: longer than {MAX_NAME} characters")
        places.append(value)
    if not places or len(places) > MAX_PLACES:
        raise FilterError("place", "", f"place: give 1 to {MAX_PLACES} of them", NEAR_FORMS)
    return places


def build_positions(service: Service, pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """One position for each ``place``, in order; one that nobody knows says why.

    Raises:
        FilterError: the query cannot be used, or coordinates out of range.
    """
    found = [
        (place, find_place(place, service.geocoder.locate, "place"))
        for place in parse_places(pairs)
    ]
    used = {position.source for _, position in found}
    attribution = [p.attribution for p in service.geocoder.providers if p.name in used]
    return {
        "title": "Trial site map: positions",
        "about": {"attribution": [f"Positions: {words}" for words in attribution if words]},
        "data": [_record(place, position) for place, position in found],
    }


def _record(place: str, position: Position) -> dict[str, Any]:
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
        "alternatives": [alternative._asdict() for alternative in position.alternatives],
    }
