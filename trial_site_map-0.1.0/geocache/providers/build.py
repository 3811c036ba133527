"""Builds providers from their names in the settings, or from a caller's objects."""

import inspect
from collections.abc import Callable, Iterable
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

GAZETTEER = "gazetteer"
REGISTER = "register"
"""Stands for all registers in ``GEOCACHE_PROVIDERS``."""


def build_providers(
    settings: GeocacheSettings, *, progress: Callable[..., Any] | None = None
) -> tuple[Provider, ...]:
    """The providers of ``GEOCACHE_PROVIDERS``, in its order; registers first unless it says where.

    Raises:
        ConfigurationError: a name is unknown, refused, or lacks a setting it needs.
    """
    check_providers(settings)
    servers = _parse_pairs("GEOCACHE_SERVERS", settings.geocache_servers)
    if settings.geocache_nominatim_url:
        servers["nominatim"] = settings.geocache_nominatim_url
    keys = _parse_pairs("GEOCACHE_KEYS", settings.geocache_keys.get_secret_value())
    for name in settings.providers:
        _check(name, settings)
    offline = _build_offline(settings, progress)
    names = (
        settings.providers if REGISTER in settings.providers else (REGISTER, *settings.providers)
    )
    built: list[Provider] = []
    for name in names:
        if name in offline:
            built += offline[name]
        else:
            key = keys.get(name, "")
            built.append(_build_geopy_provider(TERMS[name], settings, servers.get(name, ""), key))
    if not built:
        raise ConfigurationError(
            "GEOCACHE_PROVIDERS names only register, and there is none: see geocache register add"
        )
    return tuple(built)


def check_providers(settings: GeocacheSettings) -> None:
    """Check the names and what each needs, without opening anything.

    Raises:
        ConfigurationError: a name is unknown, refused, or lacks a setting it needs.
    """
    if not settings.providers:
        raise ConfigurationError(f"GEOCACHE_PROVIDERS is empty; the default is {GAZETTEER}")
    if len(set(settings.providers)) < len(settings.providers):
        raise ConfigurationError(f"GEOCACHE_PROVIDERS names a provider twice: {settings.providers}")
    for name in settings.providers:
        _check(name, settings)


def wrap_providers(given: Iterable[Provider | Geocoder]) -> tuple[Provider, ...]:
    """Providers as given; geopy geocoders are wrapped in a :class:`GeopyProvider`.

    Raises:
        ConfigurationError: one is neither, is asynchronous, or is refused.
    """
    return tuple(_wrap(one) for one in given)


def _wrap(given: Any) -> Provider:
    if isinstance(given, OnlineProvider) or (isinstance(given, Provider) and not given.online):
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


def _check(name: str, settings: GeocacheSettings) -> None:
    if name in {GAZETTEER, REGISTER}:
        return
    if name in REFUSED:
        raise ConfigurationError(f"GEOCACHE_PROVIDERS: {name} is refused: {REFUSED[name]}")
    if name not in TERMS:
        known = ", ".join((REGISTER, GAZETTEER, *TERMS))
        raise ConfigurationError(f"GEOCACHE_PROVIDERS: unknown provider {name!r}; known: {known}")
    if not settings.geocache_contact.strip():
        raise ConfigurationError(
            f"GEOCACHE_CONTACT is not set: {name} is online, and its operator must be able to "
            "reach you; set an e-mail address or a URL"
        )


def _build_offline(
    settings: GeocacheSettings, progress: Callable[..., Any] | None
) -> dict[str, list[Provider]]:
    """The gazetteer and the registers, which ask it for towns; each only if it is used."""
    from geocache.registers.catalogue import list_files, open_registers  # noqa: PLC0415

    built: dict[str, list[Provider]] = {GAZETTEER: [], REGISTER: []}
    files = list_files(settings)
    if not files and GAZETTEER not in settings.providers:
        return built
    from geocache.gazetteer import Gazetteer  # noqa: PLC0415

    gazetteer = Gazetteer(settings.index_folder, progress=progress)
    built[GAZETTEER].append(gazetteer)
    if files:
        report = progress or (lambda _text, _share: None)
        built[REGISTER] += open_registers(settings, gazetteer.locate, gazetteer.version, report)
    return built


def _build_geopy_provider(
    terms: Terms, settings: GeocacheSettings, server: str, key: str
) -> GeopyProvider:
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


def _parse_pairs(setting: str, text: str) -> dict[str, str]:
    pairs = {}
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = each.partition("=")
        if not equals or not value.strip():
            raise ConfigurationError(f"{setting}: expected NAME=VALUE, got {name!r}")
        pairs[name.strip().casefold()] = value.strip()
    unknown = set(pairs) - set(TERMS)
    if unknown:
        raise ConfigurationError(f"{setting}: unknown provider {min(unknown)!r}")
    return pairs
