"""Who can be asked where a place is: the gazetteer, and geopy's services by name."""

from geocache.providers.build import build_providers
from geocache.providers.protocol import Provider

__all__ = ["Provider", "build_providers"]
