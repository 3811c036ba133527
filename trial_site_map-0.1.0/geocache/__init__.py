"""A cached geocoder: finds where places are, remembers the answers, and flags what is doubtful.

>>> from geocache import GeoCache, Place
>>> with GeoCache() as cache:  # doctest: +SKIP
...     cache.locate(Place(city="Graz", country="Austria"))
"""

from typing import TYPE_CHECKING, Any

from geocache.errors import (
    ClusterError,
    ConfigurationError,
    GeocacheError,
    IndexBuildError,
    InputError,
    NotAskedError,
    StoreError,
)
from geocache.place import Alternative, Flag, Place, Position, Precision
from geocache.version import __version__

if TYPE_CHECKING:
    from geocache.lookup import GeoCache

__all__ = [
    "Alternative",
    "ClusterError",
    "ConfigurationError",
    "Flag",
    "GeoCache",
    "GeocacheError",
    "IndexBuildError",
    "InputError",
    "NotAskedError",
    "Place",
    "Position",
    "Precision",
    "StoreError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    # Imported on demand: GeoCache takes long to import, Place does not.
    if name == "GeoCache":
        from geocache.lookup import GeoCache  # noqa: PLC0415

        return GeoCache
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
