"""The providers of positions: the gazetteer, and geopy's geocoders by name."""

from geocache.providers.build import build_providers, check_providers, wrap_providers
from geocache.providers.faults import Fault
from geocache.providers.geopy_provider import GeopyProvider, OnlineProvider
from geocache.providers.protocol import Provider
from geocache.providers.queries import Query
from geocache.providers.terms import REFUSED, TERMS, Terms

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
