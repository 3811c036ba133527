"""What a provider must be able to do."""

from typing import Protocol, runtime_checkable

from geocache.place import Place, Position


@runtime_checkable
class Provider(Protocol):
    """Someone who can be asked where a place is.

    ``version`` is that of its data and rules: answers remembered under another one are asked
    again. ``online`` providers cost somebody's server a request and are only asked on demand.
    ``attribution`` is the line that must stand beside their positions; it may be empty. An offline
    provider with ``ignores_facilities = True`` says the same whatever the facility: its answers are
    remembered without it.
    """

    name: str
    version: str
    online: bool
    attribution: str

    def locate(self, place: Place) -> Position:
        """Where the place is; an unresolved position when it is not known.

        Raises:
            Exception: anything at all when it could not be asked.
        """
        ...
