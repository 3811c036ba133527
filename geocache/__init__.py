"""Where is this place? Ask once, remember, and never say more than is known."""

from geocache.place import Alternative, Flag, Place, Position, Precision
from geocache.version import __version__

__all__ = ["Alternative", "Flag", "Place", "Position", "Precision", "__version__"]
