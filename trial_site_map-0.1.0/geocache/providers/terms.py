"""Terms of use of each service; the operator's own page prevails over this table."""

from dataclasses import dataclass
from types import MappingProxyType

DAY_SECONDS = 86_400.0
MISS_DAYS = 30.0
"""Known misses are asked again after this time at the latest, as maps grow."""

_OSM = "© OpenStreetMap contributors (ODbL)"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one service.

    ``geocoder`` is geopy's class; ``interval_seconds`` the minimum time between two requests, over
    all users of one store; ``keep_days`` how long answers may be stored, ``None`` for no limit and
    0 for memory only; ``needs_key`` names the constructor's argument for the key or user name.
    """

    name: str
    geocoder: str
    attribution: str
    policy: str
    interval_seconds: float = 1.0
    scheduled_interval_seconds: float = 1.0
    timeout_seconds: float = 4.0
    keep_days: float | None = None
    needs_key: str = ""
    knows_facilities: bool = True


_ALL = (
    Terms(
        "nominatim",
        "Nominatim",
        _OSM,
        "public server: 1 request a second over all users, 4 a minute for jobs on a schedule or "
        "longer than a day, results must be cached, no autocomplete, no systematic harvesting; "
        "geocoding much? run a server of your own and set GEOCACHE_NOMINATIM_URL",
        interval_seconds=1.0,
        scheduled_interval_seconds=15.0,
    ),
    Terms(
        "photon",
        "Photon",
        _OSM,
        "public server: fair use, without a figure; kept to 1 request a second here",
    ),
    Terms(
        "pelias",
        "Pelias",
        "© OpenStreetMap contributors, OpenAddresses, Who's On First, GeoNames",
        "no public server: name yours in GEOCACHE_SERVERS",
        interval_seconds=0.0,
        scheduled_interval_seconds=0.0,
    ),
    Terms(
        "geocodeearth",
        "GeocodeEarth",
        "© Geocode Earth, OpenStreetMap contributors and others",
        "10 requests a second on small plans",
        interval_seconds=0.1,
        scheduled_interval_seconds=0.1,
        needs_key="api_key",
    ),
    Terms(
        "arcgis",
        "ArcGIS",
        "Powered by Esri",
        "without an account results may be shown, not stored: they are kept only while the program "
        "runs",
        keep_days=0.0,
    ),
    Terms(
        "opencage",
        "OpenCage",
        f"{_OSM}, geocoded by OpenCage",
        "1 request a second and 2,500 a day on trial; results may be kept as long as you like",
        needs_key="api_key",
    ),
    Terms(
        "locationiq",
        "LocationIQ",
        f"{_OSM}, search by LocationIQ.com",
        "2 requests a second on the free plan, which allows a cache of 48 hours",
        interval_seconds=0.5,
        scheduled_interval_seconds=0.5,
        keep_days=2.0,
        needs_key="api_key",
    ),
    Terms(
        "here",
        "HereV7",
        "© HERE",
        "5 requests a second; results may be kept about 30 days",
        interval_seconds=0.2,
        scheduled_interval_seconds=0.2,
        keep_days=30.0,
        needs_key="apikey",
    ),
    Terms(
        "geonames",
        "GeoNames",
        "GeoNames (CC BY 4.0)",
        "1,000 requests an hour for a free user name; credit required",
        interval_seconds=3.6,
        scheduled_interval_seconds=3.6,
        needs_key="username",
        knows_facilities=False,
    ),
    Terms(
        "pickpoint",
        "PickPoint",
        f"{_OSM}, geocoded by PickPoint",
        "2,500 requests a day on the free plan",
        needs_key="api_key",
    ),
)

TERMS = MappingProxyType({terms.name: terms for terms in _ALL})
"""Terms by the provider's name in ``GEOCACHE_PROVIDERS``."""

REFUSED = MappingProxyType(
    {
        "googlev3": "Google's results may only be shown on a Google map",
        "google": "Google's results may only be shown on a Google map",
        "mapbox": "Mapbox's temporary results may not be stored, and only shown on a Mapbox map",
        "what3words": "it answers three-word addresses, not places",
    }
)
"""Services that must not be used, and why."""
