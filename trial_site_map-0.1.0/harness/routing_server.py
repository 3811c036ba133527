"""A routing server on a loopback port that speaks the protocols of OSRM and of Valhalla.

Its roads are straight and 60 km/h fast, so that a kilometre takes a minute; none leads to a place
south of the equator.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from geocache.geo.distance import distance_km
from harness.provider_server import ProviderHandler, ProviderServer, Seen, run_server


def _find_seconds(origin: tuple[float, float], to: tuple[float, float]) -> float | None:
    return None if to[0] < 0 else round(distance_km(origin, to) * 60, 1)


def _answer_osrm(seen: Seen) -> Any:
    prefix = "/table/v1/driving/"
    if not seen.path.startswith(prefix):
        return {"code": "InvalidUrl", "message": "URL string malformed"}
    points = []
    for text in seen.path.removeprefix(prefix).split(";"):
        longitude, latitude = map(float, text.split(","))
        points.append((latitude, longitude))
    sources = [int(one) for one in seen.query["sources"].split(";")]
    destinations = [int(one) for one in seen.query["destinations"].split(";")]
    rows = [[_find_seconds(points[s], points[d]) for d in destinations] for s in sources]
    return {"code": "Ok", "durations": rows, "sources": [], "destinations": []}


def _answer_valhalla(seen: Seen) -> Any:
    if seen.path != "/sources_to_targets":
        return {"error_code": 106, "error": "Try any of: '/locate' '/route'", "status_code": 404}
    asked = json.loads(seen.query["json"])
    assert asked["costing"] == "auto"
    rows = []
    for start, source in enumerate(asked["sources"]):
        row = []
        for end, target in enumerate(asked["targets"]):
            taken = _find_seconds((source["lat"], source["lon"]), (target["lat"], target["lon"]))
            way = {"from_index": start, "to_index": end, "distance": taken and taken / 60}
            row.append(way | {"time": taken})
        rows.append(row)
    return {"sources_to_targets": rows, "units": "kilometers", "algorithm": "timedistancematrix"}


_ANSWERS = {"osrm": _answer_osrm, "valhalla": _answer_valhalla}


@contextmanager
def run_routing(kind: str) -> Iterator[ProviderServer]:
    """A running server of a kind: ``osrm`` or ``valhalla``."""
    state = ProviderServer()

    class Handler(ProviderHandler):
        def build_reply(self, seen: Seen) -> Any:
            return _ANSWERS[kind](seen)

    with run_server(state, Handler):
        yield state
