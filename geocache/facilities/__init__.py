"""Which spellings name one hospital: names taken apart, compared and joined, offline.

Knows names, cities and countries, and nothing of trials.
"""

from geocache.facilities.corrections import Correction
from geocache.facilities.join import NO_FACILITY, Facility, FacilityJoiner, Named, find_area

__all__ = ["NO_FACILITY", "Correction", "Facility", "FacilityJoiner", "Named", "find_area"]
