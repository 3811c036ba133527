"""The providers of positions: the gazetteer, and geopy's geocoders by name."""

from typing import TYPE_CHECKING, Any

from geocache.providers.build import build_providers, check_providers, wrap_providers
from geocache.providers.protocol import Provider
from geocache.providers.queries import Query
from geocache.providers.terms import REFUSED, TERMS, Terms

if TYPE_CHECKING:
    from geocache.providers.faults import Fault
    from geocache.providers.geopy_provider import GeopyProvider, OnlineProvider

__all__ = [
    "REFUSED",
    "TERMS",
    "Fault",
    "GeopyProvider",
    "OnlineProvider",
    "Provider",
    "Query",
    "Terms",
    "build_providers",
    "check_providers",
    "wrap_providers",
]


def __getattr__(name: str) -> Any:
    # Imported on demand: geopy, with all its geocoders, takes long to import.
    if name == "Fault":
        from geocache.providers.faults import Fault  # noqa: PLC0415

        return Fault
    if name in {"GeopyProvider", "OnlineProvider"}:
        from geocache.providers import geopy_provider  # noqa: PLC0415

        return getattr(geopy_provider, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
