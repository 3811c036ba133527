"""Builds online providers on geopy's geocoders; imported only where one is used."""

import inspect
from typing import Any
from urllib.parse import urlsplit

import geopy.geocoders
from geopy.adapters import BaseSyncAdapter
from geopy.geocoders.base import Geocoder

from geocache.errors import ConfigurationError
from geocache.providers.custom import CustomProvider
from geocache.providers.geopy_provider import (
    GeopyProvider,
    OnlineProvider,
    get_api_attribute,
    get_host,
)
from geocache.providers.locationiq import LocationIQ
from geocache.providers.protocol import Provider
from geocache.providers.terms import REFUSED, TERMS, Terms
from geocache.settings import APP_NAME, GeocacheSettings
from geocache.version import __version__


def wrap_online_provider(given: Any) -> Provider:
    """The provider itself, or what asks it; a geopy geocoder in a :class:`GeopyProvider`.

    Raises:
        ConfigurationError: it is neither, is asynchronous, or is refused.
    """
    if isinstance(given, OnlineProvider):
        return given
    if isinstance(given, Provider):
        return CustomProvider(given)
    if not isinstance(given, Geocoder):
        raise ConfigurationError(
            f"{given!r} is no provider: it must have name, version, online, attribution and "
            "locate, or be a geopy geocoder"
        )
    name = type(given).__name__.casefold()
    if name in REFUSED:
        raise ConfigurationError(f"{name} is refused: {REFUSED[name]}")
    if not isinstance(given.adapter, BaseSyncAdapter):
        raise ConfigurationError(f"{name} is asynchronous; give a geocoder with a sync adapter")
    terms = next((one for one in TERMS.values() if one.geocoder.casefold() == name), None)
    return GeopyProvider(
        given,
        terms or Terms(name, type(given).__name__, "", ""),
        public=_is_default(type(given), get_host(given)),
    )


def build_geopy_provider(
    terms: Terms, settings: GeocacheSettings, server: str, key: str
) -> GeopyProvider:
    """The provider with these terms, on the operator's server if one is given.

    Raises:
        ConfigurationError: it lacks a setting that it needs.
    """
    kind = LocationIQ if terms.name == "locationiq" else getattr(geopy.geocoders, terms.geocoder)
    wanted = inspect.signature(kind).parameters
    contact = settings.geocache_contact.strip()
    options: dict[str, Any] = {
        "user_agent": f"{APP_NAME}/{__version__} ({contact})",
        "timeout": terms.timeout_seconds,
    }
    if terms.needs_key:
        if not key:
            raise ConfigurationError(
                f"GEOCACHE_KEYS has none for {terms.name}; write {terms.name}=YOUR_KEY"
            )
        options[terms.needs_key] = key
    public = True
    if server:
        parsed = urlsplit(server if "://" in server else f"https://{server}")
        if parsed.scheme not in {"http", "https"} or not parsed.netloc:
            raise ConfigurationError(f"the server of {terms.name} is not a URL: {server!r}")
        options |= {"domain": parsed.netloc, "scheme": parsed.scheme}
        public = _is_default(kind, parsed.hostname or "")
    elif wanted.get("domain") and wanted["domain"].default is inspect.Parameter.empty:
        raise ConfigurationError(
            f"{terms.name} has no public server: set GEOCACHE_SERVERS to {terms.name}=https://…"
        )
    geocoder = kind(**options)
    if server:
        # Some geocoders prefix the domain with a host of theirs, none supports a path.
        folder = parsed.path.strip("/")
        base = f"{parsed.scheme}://{parsed.netloc}" + (f"/{folder}" if folder else "")
        usual = urlsplit(getattr(geocoder, get_api_attribute(geocoder)))
        setattr(geocoder, get_api_attribute(geocoder), base + usual.path)
    return GeopyProvider(
        geocoder,
        terms,
        public=public,
        requests_per_second=settings.geocache_requests_per_second,
    )


def _is_default(kind: type[Geocoder], host: str) -> bool:
    """Whether a host is one of the operator's own servers."""
    parameter = inspect.signature(kind).parameters.get("domain")
    default = parameter.default if parameter else ""
    if not isinstance(default, str) or not default or not host:
        return parameter is None or not host  # unknown: rather too slow than too fast
    return _get_organisation(host) == _get_organisation(default)


def _get_organisation(host: str) -> list[str]:
    return host.casefold().rstrip(".").split(".")[-2:]
