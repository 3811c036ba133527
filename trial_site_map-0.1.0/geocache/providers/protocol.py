"""The interface of a provider."""

from typing import Protocol, runtime_checkable

from geocache.place import Place, Position


@runtime_checkable
class Provider(Protocol):
    """Finds the position of a place.

    ``version`` is that of its data and rules: answers stored under another version are asked again.
    ``online`` providers send requests to a server and are asked on demand only. ``attribution`` is
    the credit line to show beside their positions; it may be empty. The answers of an offline
    provider with ``ignores_facilities = True`` are stored without the facility. Its known misses
    are not stored with ``remembers_misses = False``, for one that knows few of the places asked
    for. ``warnings`` may hold what does not work, for people to read.
    """

    name: str
    version: str
    online: bool
    attribution: str

    def locate(self, place: Place) -> Position:
        """The place's position; an unresolved one if it is not known.

        An unresolved one with alternatives says that each of them may be the facility: the city's
        position is then flagged ``ambiguous`` between them.

        Raises:
            Exception: of any kind, if it could not be asked.
        """
        ...
