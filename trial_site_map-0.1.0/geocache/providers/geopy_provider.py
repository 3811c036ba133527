"""An online geopy geocoder as a provider: what it is asked, how often, and what it means."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from geopy.geocoders.base import Geocoder
from geopy.location import Location
from pycountry import countries

from geocache.place import Place, Position
from geocache.providers.adapter import BoundedAdapter
from geocache.providers.faults import Fault, classify_fault
from geocache.providers.interpret import Interpretation, interpret
from geocache.providers.protocol import Provider
from geocache.providers.queries import Query, build_first_key, build_queries
from geocache.providers.replies import LEVELS, is_reply
from geocache.providers.terms import DAY_SECONDS, MISS_DAYS, Terms

RULES_VERSION = "1"
"""Increased when replies are interpreted differently: stored answers are then asked again."""

MAX_RESULTS = 5


@runtime_checkable
class OnlineProvider(Provider, Protocol):
    """A provider whose answers are stored by query, each sent by one process only."""

    terms: Terms

    def queries(self, place: Place) -> Iterator[Query]:
        """The queries for a place, to be sent in this order until one is answered."""
        ...

    def build_first_key(self, place: Place) -> str:
        """The key of the first of :meth:`queries`, or one under which nothing is stored."""
        ...

    def ask(self, query: Query, *, timeout_seconds: float) -> Interpretation:
        """Send one request.

        Raises:
            Fault: it brought no usable answer.
        """
        ...

    def interval_seconds(self, *, scheduled: bool) -> float:
        """The minimum time between two requests; 0 if there is no limit."""
        ...

    def expires_at(self, position: Position, now: float) -> float:
        """When an answer must be asked again, in seconds since 1970; ``inf`` for never."""
        ...


class GeopyProvider:
    """Adapts a geopy geocoder to :class:`OnlineProvider`.

    Args:
        geocoder: a synchronous geopy geocoder; its adapter is replaced by :class:`BoundedAdapter`.
        terms: the operator's terms of use.
        public: whether it is the operator's server, whose rate limit no setting raises.
        requests_per_second: a limit set by the user; ``None`` for none.
    """

    online = True

    def __init__(
        self,
        geocoder: Geocoder,
        terms: Terms,
        *,
        public: bool = True,
        requests_per_second: float | None = None,
    ) -> None:
        self.terms = terms
        self.public = public
        self.name = terms.name
        self.version = RULES_VERSION
        self.attribution = terms.attribution
        self._own_interval = 1.0 / requests_per_second if requests_per_second else 0.0
        self._geocoder = geocoder
        self._classify = LEVELS.get(terms.name)
        self._structured = terms.name in {"nominatim", "locationiq", "pickpoint"}
        host = get_host(geocoder)
        direct = host in {"localhost", "127.0.0.1", "::1"} or bool(proxy_bypass(host))
        geocoder.adapter = BoundedAdapter(
            proxies={} if direct else geocoder.proxies,
            ssl_context=geocoder.ssl_context,
            is_reply=partial(is_reply, terms.name),
        )

    @property
    def notice(self) -> str:
        """The operator's usage policy in short, for the user."""
        return f"{self.name}: {self.terms.policy}" if self.public and self.terms.policy else ""

    def interval_seconds(self, *, scheduled: bool) -> float:
        """The minimum time between two requests; at least the public server's limit."""
        limit = 0.0
        if self.public:
            limit = self.terms.interval_seconds
            if scheduled:
                limit = max(limit, self.terms.scheduled_interval_seconds)
        return max(limit, self._own_interval)

    def expires_at(self, position: Position, now: float) -> float:
        """When an answer must be asked again, in seconds since 1970; ``inf`` for never."""
        days = self.terms.keep_days or math.inf  # 0: in memory only, no limit there
        return now + DAY_SECONDS * (days if position.resolved else min(days, MISS_DAYS))

    def queries(self, place: Place) -> Iterator[Query]:
        """The queries for a place, to be sent in this order until one is answered."""
        return build_queries(
            place, facilities=self.terms.knows_facilities, structured=self._structured
        )

    def build_first_key(self, place: Place) -> str:
        """The key of the first of :meth:`queries`, unless the facility is a placeholder."""
        return build_first_key(
            place, facilities=self.terms.knows_facilities, structured=self._structured
        )

    def ask(self, query: Query, *, timeout_seconds: float) -> Interpretation:
        """Send one request and interpret the reply.

        Raises:
            Fault: it brought no usable answer.
        """
        try:
            found = self._geocoder.geocode(
                *self._build_argument(query), timeout=timeout_seconds, **self._build_options(query)
            )
            results = _list_results(found)
        except Exception as error:
            raise classify_fault(error, self.name) from error
        return interpret(results, query, self.name, self._classify)

    def locate(self, place: Place) -> Position:
        """Ask for a place now, without the store; pauses between queries.

        Raises:
            Fault: the service could not be asked.
        """
        last = Position(reason="nothing to ask for")
        for query in self.queries(place):
            last = self.ask(query, timeout_seconds=self.terms.timeout_seconds).position
            if last.resolved:
                break
            time.sleep(self.interval_seconds(scheduled=False))
        return last

    def _build_argument(self, query: Query) -> tuple[Any, ...]:
        return (dict(query.parts) if query.parts else query.words,)

    def _build_options(self, query: Query) -> dict[str, Any]:
        """geopy's options for a few results, in English, in this country, where supported."""
        fixed, country = _OPTIONS.get(self.name, ({}, None))
        where = {country[0]: country[1](query.country)} if country and query.country else {}
        return {"exactly_one": False, **fixed, **where}


def _alpha3(code: str) -> list[str]:
    found = countries.get(alpha_2=code)
    return [found.alpha_3] if found else []


_IN_COUNTRY: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "nominatim": ("country_codes", str.lower),
    "pelias": ("countries", lambda code: [code]),
    "opencage": ("country", str.lower),
    "here": ("countries", _alpha3),
    "geonames": ("country", str),
}
_AS_NOMINATIM: dict[str, Any] = {"limit": MAX_RESULTS, "addressdetails": True, "language": "en"}
_OPTIONS: Mapping[str, tuple[dict[str, Any], tuple[str, Callable[[str], Any]] | None]] = {
    "nominatim": (_AS_NOMINATIM, _IN_COUNTRY["nominatim"]),
    "locationiq": (_AS_NOMINATIM, _IN_COUNTRY["nominatim"]),
    "pickpoint": (_AS_NOMINATIM, _IN_COUNTRY["nominatim"]),
    "photon": ({"limit": MAX_RESULTS, "language": "en"}, None),
    "pelias": ({"language": "en"}, _IN_COUNTRY["pelias"]),
    "geocodeearth": ({"language": "en"}, _IN_COUNTRY["pelias"]),
    "arcgis": ({"out_fields": ["Addr_type", "Type", "Country"]}, None),
    "opencage": ({"annotations": False, "language": "en"}, _IN_COUNTRY["opencage"]),
    "here": ({"limit": MAX_RESULTS, "language": "en"}, _IN_COUNTRY["here"]),
    "geonames": ({}, _IN_COUNTRY["geonames"]),
}


def get_api_attribute(geocoder: Geocoder) -> str:
    """The attribute of a geopy geocoder that holds its URL."""
    return "geocode_api" if hasattr(geocoder, "geocode_api") else "api"


def get_host(geocoder: Geocoder) -> str:
    """The host of a geopy geocoder; empty if unknown."""
    return urlsplit(str(getattr(geocoder, get_api_attribute(geocoder), ""))).hostname or ""


def _list_results(found: Any) -> list[Location]:
    """geopy's answer as a list; raises a fault for impossible results."""
    if found is None:
        return []
    results = [one for one in (found if isinstance(found, list) else [found]) if one is not None]
    for one in results:
        here = (one.latitude, one.longitude)
        if not all(math.isfinite(value) for value in here) or here == (0.0, 0.0):
            raise Fault("unreadable reply")
        if not isinstance(one.raw, Mapping):
            raise Fault("unreadable reply")
    return results
