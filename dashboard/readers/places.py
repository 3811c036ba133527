"""The distinct places of a file, handed over while it is read, without keeping its sites."""

from collections.abc import Callable, Iterable

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.request import ReadRequest
from dashboard.readers.formats import read_file
from dashboard.readers.recognition import is_parquet
from dashboard.sites.positions import list_distinct_places
from geocache.place import Place

TakePlaces = Callable[[Iterable[Place]], None]
"""Called with the distinct places of a part of the file."""

_PART_SITES = 20_000


def collect_places(data: bytes, name: str, take: TakePlaces) -> int:
    """Call ``take`` with the places of each part of a file; returns the number of sites.

    A place may recur in a later part.

    Raises:
        ReadError: as :func:`dashboard.readers.read`.
    """
    if is_parquet(data):
        from dashboard.readers.files.parquet import read_parquet_places  # noqa: PLC0415 - heavy

        sites = 0
        for rows, places in read_parquet_places(data, name):
            sites += rows
            take(places)
        return sites
    builder = PlaceBuilder(take)
    read_file(data, ReadRequest(name, builder))
    builder.hand_over()
    return builder.sites


class PlaceBuilder(ReadingBuilder):
    """Hands over the places collected so far and forgets them; ``sites`` counts their sites."""

    def __init__(self, take: TakePlaces) -> None:
        super().__init__()
        self._take = take
        self.sites = 0

    def flush(self) -> None:
        """Hand over the places once there are enough of them."""
        super().flush()
        if len(self) >= _PART_SITES:
            self.hand_over()

    def hand_over(self) -> None:
        """Hand over the places, and forget sites and trials."""
        self.assign_trial_ids()
        frame = self.build_sites()
        self.sites += len(frame)
        self._take(list_distinct_places(frame)[1])
        self.clear()

    def new_part(self) -> "PlaceBuilder":
        """A builder for a part of the file, which hands over its own places."""
        return PlaceBuilder(self._take)

    def extend_with(self, other: ReadingBuilder) -> None:
        """Add what another builder collected, and its count of sites."""
        super().extend_with(other)
        if isinstance(other, PlaceBuilder):
            self.sites += other.sites
