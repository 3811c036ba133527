"""The distinct places of a file, handed on while it is read; its sites are not kept."""

from collections.abc import Callable, Iterable

from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.job import Job
from dashboard.readers.files.parquet import parquet_places
from dashboard.readers.formats import gather
from dashboard.readers.recognition import is_parquet
from dashboard.sites.positions import list_distinct_places
from dashboard.sites.reading import READ_COLUMNS
from geocache.place import Place

Take = Callable[[Iterable[Place]], None]

_PART_SITES = 20_000


def gather_places(data: bytes, name: str, take: Take) -> int:
    """Give the places of a file to ``take``, part by part, and say how many sites it has.

    A place may come again in a later part.

    Raises:
        ReadError: as :func:`dashboard.readers.read`.
    """
    if is_parquet(data):
        sites = 0
        for rows, places in parquet_places(data, name):
            sites += rows
            take(places)
        return sites
    gathered = OnlyPlaces(take)
    gather(data, Job(name, gathered, None, None))
    gathered.hand_on()
    return gathered.sites


class OnlyPlaces(Gathered):
    """Hands on the places of what it was given so far, and forgets it.

    ``sites`` counts what was handed on.
    """

    def __init__(self, take: Take) -> None:
        super().__init__()
        self._take = take
        self.sites = 0

    def between(self) -> None:
        """Hand on what is enough to be worth it."""
        if len(self) >= _PART_SITES:
            self.hand_on()

    def hand_on(self) -> None:
        """Hand on what is there."""
        self.settle()
        frame = self.frame()
        self.sites += len(frame)
        self._take(list_distinct_places(frame)[1])
        for name in (*READ_COLUMNS, "record", "trials"):
            getattr(self, name).clear()

    def empty(self) -> "OnlyPlaces":
        """One for a part of the file, which hands on by itself."""
        return OnlyPlaces(self._take)

    def absorb(self, other: Gathered) -> None:
        """Count what the part handed on, and take over the rest."""
        super().absorb(other)
        if isinstance(other, OnlyPlaces):
            self.sites += other.sites
