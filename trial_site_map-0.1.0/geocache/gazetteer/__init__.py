"""The offline gazetteer: a geopy geocoder on data from installed packages."""

from geocache.gazetteer.provider import Gazetteer, check_index

__all__ = ["Gazetteer", "check_index"]
