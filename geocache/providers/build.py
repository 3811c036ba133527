"""Builds providers from their names in the settings, or from a caller's objects."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from geocache.errors import ConfigurationError
from geocache.providers.protocol import Provider
from geocache.providers.terms import REFUSED, TERMS
from geocache.settings import GeocacheSettings

if TYPE_CHECKING:
    from geopy.geocoders.base import Geocoder

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
            from geocache.providers.online import build_geopy_provider  # noqa: PLC0415 - as below

            key = keys.get(name, "")
            built.append(build_geopy_provider(TERMS[name], settings, servers.get(name, ""), key))
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


def wrap_providers(given: "Iterable[Provider | Geocoder]") -> tuple[Provider, ...]:
    """Providers as given; geopy geocoders are wrapped in a :class:`GeopyProvider`.

    Raises:
        ConfigurationError: one is neither, is asynchronous, or is refused.
    """
    return tuple(_wrap(one) for one in given)


def _wrap(given: Any) -> Provider:
    if isinstance(given, Provider) and not given.online:
        return given
    from geocache.providers.online import wrap_online_provider  # noqa: PLC0415 - geopy is slow to import

    return wrap_online_provider(given)


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
    from geocache.gazetteer import OfflineGazetteer  # noqa: PLC0415

    gazetteer = OfflineGazetteer(settings.index_folder, progress=progress)
    built[GAZETTEER].append(gazetteer)
    if files:
        report = progress or (lambda _text, _share: None)
        built[REGISTER] += open_registers(settings, gazetteer.locate, gazetteer.version, report)
    return built


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
