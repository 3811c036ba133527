"""The offline gazetteer: a geopy geocoder on data from installed packages."""

from typing import TYPE_CHECKING, Any

from geocache.gazetteer.provider import OfflineGazetteer, check_index

if TYPE_CHECKING:
    from geocache.gazetteer.geocoder import Gazetteer

__all__ = ["Gazetteer", "OfflineGazetteer", "check_index"]


def __getattr__(name: str) -> Any:
    # Imported on demand: geopy, with all its geocoders, takes long to import.
    if name == "Gazetteer":
        from geocache.gazetteer.geocoder import Gazetteer  # noqa: PLC0415

        return Gazetteer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
