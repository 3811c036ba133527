"""The pins of one session on its own lists."""

from collections.abc import Callable, Sequence

from dashboard.library.lists import Library
from dashboard.library.uploads import UploadStore
from dashboard.sites.positions import list_distinct_places
from geocache.keys import place_key
from geocache.place import Place
from geocache.records import Pin


class OwnPins:
    """Pins on places that no list open for everyone has; only this session sees them.

    Args:
        uploads: the process's uploads, which store these pins beside the session's lists.
        owner: the session.
        shared: gets the lists that everyone sees.
    """

    def __init__(self, uploads: UploadStore, owner: str, shared: Callable[[], Library]) -> None:
        self._uploads = uploads
        self._owner = owner
        self._shared = shared

    def select_private(self, places: Sequence[Place]) -> list[Place]:
        """Those of some places that no list open for everyone has."""
        shared = {place_key(at) for at in list_distinct_places(self._shared().table)[1]}
        return [place for place in places if place_key(place) not in shared]

    def all(self) -> tuple[Pin, ...]:
        """The session's own pins, oldest first."""
        return self._uploads.pins(self._owner)

    def pin(self, pins: Sequence[Pin]) -> None:
        """As :meth:`UploadStore.pin`."""
        self._uploads.pin(self._owner, pins)

    def unpin(self, places: Sequence[Place]) -> None:
        """As :meth:`UploadStore.unpin`."""
        self._uploads.unpin(self._owner, places)
