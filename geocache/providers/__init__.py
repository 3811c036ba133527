"""Who can be asked where a place is: the gazetteer, and geopy's services by name."""

from geocache.providers.build import adopt, build_providers
from geocache.providers.faults import Fault
from geocache.providers.protocol import Provider
from geocache.providers.queries import Query
from geocache.providers.service import OnlineProvider, Service
from geocache.providers.terms import REFUSED, TERMS, Terms

__all__ = [
    "REFUSED",
    "TERMS",
    "Fault",
    "OnlineProvider",
    "Provider",
    "Query",
    "Service",
    "Terms",
    "adopt",
    "build_providers",
]
