"""Which spellings name one hospital: names taken apart, compared and joined, offline.

Knows names, cities and countries, and nothing of trials.
"""

from typing import TYPE_CHECKING, Any

from geocache.facilities.corrections import Correction

if TYPE_CHECKING:
    from geocache.facilities.join import NO_FACILITY, Facility, FacilityJoiner, Named, find_area
    from geocache.facilities.neighbours import Block

__all__ = ["NO_FACILITY", "Block", "Correction", "Facility", "FacilityJoiner", "Named", "find_area"]


def __getattr__(name: str) -> Any:
    # Imported on demand: what only locates needs corrections, but joins nothing.
    if name in __all__:
        from geocache.facilities import join  # noqa: PLC0415

        return getattr(join, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
