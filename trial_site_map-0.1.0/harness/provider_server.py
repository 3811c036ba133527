"""A geocoding service on a loopback port: HTTP, each provider's format, and its failures."""

import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Known:
    """A place the service knows; ``level`` is facility, postcode, city, region or station."""

    name: str
    latitude: float
    longitude: float
    level: str = "city"
    country: str = "at"
    within: str = "Austria"
    importance: float = 0.6


@dataclass
class Seen:
    """A request that the service received."""

    path: str
    query: dict[str, str]
    user_agent: str
    at: float

    @property
    def words(self) -> str:
        """The place asked for, whatever the parameters are called."""
        for name in ("q", "text", "singleLine"):
            if name in self.query:
                return self.query[name]
        parts = ("street", "city", "postalcode", "state", "country")
        return ", ".join(self.query[part] for part in parts if part in self.query)


@dataclass
class ProviderServer:
    """The service: the places it knows, its next failures, and the requests it received.

    Each request uses up one of ``failures``; ``always`` applies to every request. Each is a status
    (``403``), ``429 after 2`` (Retry-After), or one of ``page``, ``truncated``, ``empty object``,
    ``huge``, ``hang``, ``trickle``, ``drop``.
    """

    service: str = "nominatim"
    known: dict[str, list[Known]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    always: str = ""
    seen: list[Seen] = field(default_factory=list)
    delay_seconds: float = 0.0
    address: str = ""
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """The address of the service."""
        return f"http://{self.address}"

    @property
    def settings(self) -> dict[str, str]:
        """Environment of a dashboard that uses it as Nominatim, after the gazetteer."""
        return {
            "GEOCACHE_PROVIDERS": "gazetteer,nominatim",
            "GEOCACHE_NOMINATIM_URL": self.url,
            "GEOCACHE_CONTACT": "somebody@example.org",
        }

    @property
    def times_asked(self) -> Counter[str]:
        """How often each query was received, whatever the order of its parameters."""
        return Counter(json.dumps(one.query, sort_keys=True) for one in self.seen)

    def know(self, *several: Known) -> None:
        """Add places."""
        for one in several:
            self.known.setdefault(one.name.casefold(), []).append(one)

    def answer(self, words: str) -> list[Known]:
        """The places named by the first part of a query; any ``City 7`` is known."""
        first = words.partition(",")[0].strip().casefold()
        numbered = re.fullmatch(r"city (\d+)", first)
        if numbered:
            number = int(numbered[1])
            return [Known(f"City {number}", 47 + number / 1e4, 13 + number / 1e4)]
        return self.known.get(first, [])


@contextmanager
def run_provider(service: str = "nominatim", *known: Known) -> Iterator[ProviderServer]:
    """A running service; stopped afterwards."""
    state = ProviderServer(service)
    state.know(*known)
    with run_server(state, ProviderHandler):
        yield state


@contextmanager
def run_server(state: ProviderServer, kind: type["ProviderHandler"]) -> Iterator[None]:
    """A running service that answers by a kind of handler; stopped afterwards."""

    class Handler(kind):  # type: ignore[misc, valid-type]
        server_state = state

    server = _Server(("127.0.0.1", 0), Handler)
    state.address = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        state.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that disconnect: some tests do."""


class ProviderHandler(BaseHTTPRequestHandler):
    """Answers requests to a :class:`ProviderServer`, or fails as it says."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_state: ProviderServer

    def do_GET(self) -> None:
        """Answer, or fail."""
        state = self.server_state
        parts = urlsplit(self.path)
        agent = self.headers.get("User-Agent", "")
        seen = Seen(parts.path, dict(parse_qsl(parts.query)), agent, time.monotonic())
        with state.lock:
            state.seen.append(seen)
            failure = state.always or (state.failures.pop(0) if state.failures else "")
        if state.delay_seconds:
            state.closing.wait(state.delay_seconds)
        if failure:
            self._fail(failure)
        else:
            self._send(200, json.dumps(self.build_reply(seen)))

    def build_reply(self, seen: Seen) -> Any:
        """The reply to a request, as JSON values."""
        return FORMATS[self.server_state.service](self.server_state.answer(seen.words))

    def _fail(self, failure: str) -> None:
        whole = json.dumps(FORMATS[self.server_state.service]([Known("Graz", 47.0, 15.0)]))
        if failure == "page":
            self._send(200, "<!DOCTYPE html><title>Log in to the network</title>", "text/html")
        elif failure == "truncated":
            self._send(200, whole[: len(whole) // 2])
        elif failure == "empty object":
            self._send(200, "{}")
        elif failure == "null":
            self._send(200, "null")
        elif failure == "huge":
            self._pour(100 << 20)
        elif failure == "hang":
            self.server_state.closing.wait(30)
        elif failure == "trickle":
            self._trickle(whole)
        elif failure == "drop":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            status, _, after = failure.partition(" after ")
            self._send(int(status), '{"message": "no"}', after=after)

    def _send(
        self, status: int, text: str, kind: str = "application/json", after: str = ""
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if after:
            self.send_header("Retry-After", after)
        self.end_headers()
        self.wfile.write(body)

    def _pour(self, size: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(size))
        self.end_headers()
        piece = b" " * 65_536
        for _ in range(size // len(piece)):
            self.wfile.write(piece)

    def _trickle(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        for letter in text:
            self.wfile.write(letter.encode())
            self.wfile.flush()
            if self.server_state.closing.wait(0.05):
                return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Log nothing."""


def _nominatim(found: list[Known]) -> Any:
    kinds = {
        "facility": ("amenity", "hospital", "amenity", 30),
        "postcode": ("place", "postcode", "postcode", 21),
        "city": ("boundary", "administrative", "city", 16),
        "region": ("boundary", "administrative", "state", 8),
        "station": ("railway", "station", "railway", 30),
    }
    return [
        {
            "place_id": 1,
            "osm_id": 17,
            "lat": str(one.latitude),
            "lon": str(one.longitude),
            "class": kinds[one.level][0],
            "type": kinds[one.level][1],
            "addresstype": kinds[one.level][2],
            "place_rank": kinds[one.level][3],
            "importance": one.importance,
            "display_name": f"{one.name}, {one.within}",
            "address": {"country_code": one.country},
        }
        for one in found
    ]


def _features(found: list[Known], properties: Any) -> Any:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
                "properties": properties(one),
            }
            for one in found
        ],
    }


def _photon(found: list[Known]) -> Any:
    kinds = {"facility": "house", "region": "state", "station": "house"}
    groups = {"facility": "amenity", "station": "railway"}
    return _features(
        found,
        lambda one: {
            "name": one.name,
            "country": one.within,
            "countrycode": one.country.upper(),
            "type": kinds.get(one.level, one.level),
            "osm_key": groups.get(one.level, "place"),
        },
    )


def _pelias(found: list[Known]) -> Any:
    layers = {"facility": "venue", "city": "locality", "postcode": "postalcode"}
    return _features(
        found, lambda one: {"name": one.name, "layer": layers.get(one.level, one.level)}
    )


def _arcgis(found: list[Known]) -> Any:
    kinds = {
        "facility": ("POI", "Hospital"),
        "city": ("Locality", "City"),
        "region": ("Locality", "State or Province"),
        "postcode": ("Postal", ""),
        "station": ("POI", "Train Station"),
    }
    return {
        "candidates": [
            {
                "address": f"{one.name}, {one.within}",
                "location": {"x": one.longitude, "y": one.latitude},
                "score": 100,
                "attributes": {"Addr_type": kinds[one.level][0], "Type": kinds[one.level][1]},
            }
            for one in found
        ]
    }


def _opencage(found: list[Known]) -> Any:
    kinds = {"facility": "hospital", "region": "state"}
    return {
        "status": {"code": 200, "message": "OK"},
        "results": [
            {
                "formatted": f"{one.name}, {one.within}",
                "geometry": {"lat": one.latitude, "lng": one.longitude},
                "confidence": 7,
                "components": {
                    "_type": kinds.get(one.level, one.level),
                    "_category": "health" if one.level == "facility" else "place",
                    "country_code": one.country,
                },
            }
            for one in found
        ],
    }


def _here(found: list[Known]) -> Any:
    kinds = {
        "facility": {"resultType": "place"},
        "city": {"resultType": "locality", "localityType": "city"},
        "postcode": {"resultType": "locality", "localityType": "postalCode"},
        "region": {"resultType": "administrativeArea", "administrativeAreaType": "state"},
    }
    return {
        "items": [
            {
                "title": f"{one.name}, {one.within}",
                "position": {"lat": one.latitude, "lng": one.longitude},
                **kinds.get(one.level, {"resultType": "street"}),
            }
            for one in found
        ]
    }


def _geonames(found: list[Known]) -> Any:
    groups = {"city": ("P", "PPL"), "region": ("A", "ADM1"), "facility": ("S", "HSP")}
    return {
        "totalResultsCount": len(found),
        "geonames": [
            {
                "name": one.name,
                "countryName": one.within,
                "countryCode": one.country.upper(),
                "lat": str(one.latitude),
                "lng": str(one.longitude),
                "fcl": groups.get(one.level, ("S", "STN"))[0],
                "fcode": groups.get(one.level, ("S", "STN"))[1],
            }
            for one in found
        ],
    }


FORMATS = {
    "nominatim": _nominatim,
    "locationiq": _nominatim,
    "pickpoint": _nominatim,
    "photon": _photon,
    "pelias": _pelias,
    "geocodeearth": _pelias,
    "arcgis": _arcgis,
    "opencage": _opencage,
    "here": _here,
    "geonames": _geonames,
}
