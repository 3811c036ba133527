"""The offline gazetteer: a geopy geocoder on data from installed packages."""

from geocache.gazetteer.provider import Gazetteer

__all__ = ["Gazetteer"]
