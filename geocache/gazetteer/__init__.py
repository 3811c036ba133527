"""The offline gazetteer: a geopy geocoder over data that ships with its packages."""

from geocache.gazetteer.provider import Gazetteer

__all__ = ["Gazetteer"]
