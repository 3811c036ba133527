"""Travel times from an operator's own routing server, Valhalla or OSRM, asked as geocoders are.

A query is an origin with some destinations. Its answer is the position of the destination that is
reached first, with the first few as alternatives; it is stored, claimed, paced and retried like a
geocoder's. Protocols: Valhalla's ``sources_to_targets`` and OSRM's ``table`` service.
"""

import json
import math
import time
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

from geocache.keys import query_key
from geocache.place import Alternative, Place, Position, Precision
from geocache.providers.adapter import BoundedAdapter
from geocache.providers.faults import Fault, classify_fault
from geocache.providers.interpret import Interpretation
from geocache.providers.queries import Query
from geocache.providers.terms import DAY_SECONDS, Terms
from geocache.settings import split_routing_address

NAME = "routing"
KEEP_DAYS = 180.0
"""Roads change: stored times are asked again after this."""

MOST_TRIPS = 3
"""So many destinations, those reached first, are kept of an answer."""

_RULES_VERSION = "1"
_SEPARATOR = ";"

Point = tuple[float, float]
"""Latitude and longitude in degrees."""


class Trip(NamedTuple):
    """The way to one destination, and the seconds that it takes."""

    latitude: float
    longitude: float
    seconds: float


def build_trip_place(origin: Point, destinations: Sequence[Point]) -> Place:
    """The place that stands for an origin and its destinations; 5 decimals are told apart."""
    return Place(_format_point(origin), _SEPARATOR.join(sorted(map(_format_point, destinations))))


def parse_trips(answer: Position) -> tuple[Trip, ...]:
    """The destinations reached first, soonest first; none where no road leads to one."""
    return tuple(
        Trip(one.latitude, one.longitude, float(one.place_name)) for one in answer.alternatives
    )


class RoutingProvider:
    """A routing server as an :class:`~geocache.providers.geopy_provider.OnlineProvider`.

    Args:
        url: ``valhalla+http://127.0.0.1:8002`` or ``osrm+http://127.0.0.1:5000``; https too.
        requests_per_second: a limit set by the user; ``None`` for none.
        user_agent: sent with each request.

    Raises:
        ValueError: the URL names no kind of server.
    """

    online = True
    attribution = "Travel times: © OpenStreetMap contributors (ODbL), by the operator's own server"

    def __init__(
        self, url: str, *, requests_per_second: float | None = None, user_agent: str = ""
    ) -> None:
        self.kind, self._base = split_routing_address(url)
        self.name = NAME
        digest = blake2b(self._base.encode(), digest_size=4).hexdigest()
        self.version = f"{_RULES_VERSION}-{self.kind}-{digest}"
        self.terms = Terms(
            NAME, "", self.attribution, "", 0.0, 0.0, keep_days=KEEP_DAYS, knows_facilities=False
        )
        self._interval = 1.0 / requests_per_second if requests_per_second else 0.0
        self._headers = {"User-Agent": user_agent} if user_agent else {}
        host = urlsplit(self._base).hostname or ""
        direct = host in {"localhost", "127.0.0.1", "::1"} or bool(proxy_bypass(host))
        self._adapter = BoundedAdapter(proxies={} if direct else getproxies(), ssl_context=None)

    def interval_seconds(self, *, scheduled: bool) -> float:  # noqa: ARG002 - the operator's own
        """The minimum time between two requests; 0 if there is no limit."""
        return self._interval

    def expires_at(self, position: Position, now: float) -> float:  # noqa: ARG002 - hits and misses
        """When an answer must be asked again, in seconds since 1970."""
        return now + DAY_SECONDS * KEEP_DAYS

    def build_first_key(self, place: Place) -> str:
        """The key of the one query of a place of :func:`build_trip_place`."""
        return query_key("trip", place.facility, place.city)

    def queries(self, place: Place) -> Iterator[Query]:
        """The one query."""
        yield Query(
            self.build_first_key(place), Precision.FACILITY, f"{place.facility} to", "", place
        )

    def ask(self, query: Query, *, timeout_seconds: float) -> Interpretation:
        """Send one request.

        Raises:
            Fault: it brought no usable answer.
        """
        origin = _parse_point(query.place.facility)
        destinations = [_parse_point(text) for text in query.place.city.split(_SEPARATOR)]
        try:
            reply = self._adapter.get_json(
                self._build_url(origin, destinations),
                timeout=timeout_seconds,
                headers=self._headers,
            )
            return _build_answer(destinations, _READERS[self.kind](reply))
        except Exception as error:
            raise classify_fault(error, self.name) from error

    def locate(self, place: Place) -> Position:
        """Ask now, without the store.

        Raises:
            Fault: the server could not be asked.
        """
        query = next(self.queries(place))
        time.sleep(self._interval)
        return self.ask(query, timeout_seconds=self.terms.timeout_seconds).position

    def _build_url(self, origin: Point, destinations: Sequence[Point]) -> str:
        if self.kind == "osrm":
            points = _SEPARATOR.join(f"{lon:.5f},{lat:.5f}" for lat, lon in (origin, *destinations))
            chosen = _SEPARATOR.join(str(number + 1) for number in range(len(destinations)))
            asked = {"sources": "0", "destinations": chosen, "annotations": "duration"}
            return f"{self._base}/table/v1/driving/{points}?{urlencode(asked, safe=';')}"
        matrix = {
            "sources": [{"lat": origin[0], "lon": origin[1]}],
            "targets": [{"lat": lat, "lon": lon} for lat, lon in destinations],
            "costing": "auto",
        }
        return f"{self._base}/sources_to_targets?{urlencode({'json': json.dumps(matrix)})}"


def _read_osrm(reply: Any) -> list[float | None]:
    if not isinstance(reply, dict) or reply.get("code") != "Ok":
        raise Fault("unreadable reply")
    return [_read_seconds(one) for one in reply["durations"][0]]


def _read_valhalla(reply: Any) -> list[float | None]:
    matrix = reply["sources_to_targets"]
    if isinstance(matrix, dict):  # without "verbose", since version 3.4
        return [_read_seconds(one) for one in matrix["durations"][0]]
    trips = sorted(matrix[0], key=lambda one: int(one["to_index"]))
    return [_read_seconds(one["time"]) for one in trips]


_READERS = {"osrm": _read_osrm, "valhalla": _read_valhalla}


def _read_seconds(value: Any) -> float | None:
    """Seconds; ``None`` where no road leads."""
    if value is None:
        return None
    seconds = float(value)
    if not math.isfinite(seconds) or seconds < 0:
        raise Fault("unreadable reply")
    return seconds


def _build_answer(destinations: Sequence[Point], seconds: Sequence[float | None]) -> Interpretation:
    found = sorted(
        (taken, point)
        for point, taken in zip(destinations, seconds, strict=True)
        if taken is not None
    )
    if not found:
        return Interpretation(Position(source=NAME, reason="no road leads there"))
    first = tuple(
        Alternative(point[0], point[1], f"{taken:.0f}", 1.0) for taken, point in found[:MOST_TRIPS]
    )
    nearest = found[0][1]
    position = Position(
        nearest[0],
        nearest[1],
        Precision.FACILITY,
        source=NAME,
        score=1.0,
        reason="reached first",
        alternatives=first,
    )
    return Interpretation(position, json.dumps([one.place_name for one in first]))


def _format_point(point: Point) -> str:
    return f"{point[0]:.5f},{point[1]:.5f}"


def _parse_point(text: str) -> Point:
    latitude, _, longitude = text.partition(",")
    return float(latitude), float(longitude)
