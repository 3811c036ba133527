"""The built index, opened: which places bear a name, and what is known of a place."""

import json
import mmap
from bisect import bisect_left
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from geocache.errors import IndexBuildError
from geocache.gazetteer.hashing import name_hash
from geocache.gazetteer.kinds import Kind


class RegionRow(NamedTuple):
    """A state (``level`` 1) or county (2); ``main_place`` is the row of its largest place."""

    number: int
    name: str
    level: int
    parent: int
    population: int
    main_place: int
    names: tuple[str, ...]


class Index:
    """Read-only view of the files that :func:`geocache.gazetteer.build.build` wrote.

    Rows are places; coordinates are whole hundred-thousandths of a degree. The files are mapped, so
    opening costs a few milliseconds and processes share the memory.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.hashes = self._view("hashes", "Q")
            self.rows = self._view("rows", "I")
            self.kinds = self._view("kinds", "B")
            self.populations = self._view("populations", "I")
            self.latitudes = self._view("latitudes", "i")
            self.longitudes = self._view("longitudes", "i")
            self.first = self._view("first", "i")
            self.second = self._view("second", "i")
            self.hosts = self._view("hosts", "I")
            self._country_of = self._view("country_of", "H")
            self._text_starts = self._view("text_starts", "I")
            self._texts = self._view("texts", "B")
            self.countries: list[str] = json.loads((folder / "countries.json").read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise IndexBuildError(
                f"the gazetteer index in {folder} cannot be read: {error}"
            ) from error

    def _view(self, name: str, code: Any) -> memoryview:
        with (self.folder / name).open("rb") as opened:
            return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)).cast(code)

    def named(self, country: str, key: str) -> list[tuple[int, Kind]]:
        """Rows of the country's places that bear the name, best kind and most populous first."""
        wanted = name_hash(country, key)
        hashes, rows, kinds = self.hashes, self.rows, self.kinds
        at = bisect_left(hashes, wanted)
        found = []
        size = len(hashes)
        while at < size and hashes[at] == wanted:
            found.append((rows[at], Kind(kinds[at])))
            at += 1
        return found

    def name(self, row: int) -> str:
        """The place's official name."""
        start, stop = self._text_starts[row], self._text_starts[row + 1]
        return bytes(self._texts[start:stop]).decode()

    def country(self, row: int) -> str:
        """The place's alpha-2 country code."""
        return self.countries[self._country_of[row]]

    def point(self, row: int) -> tuple[float, float]:
        """Latitude and longitude, WGS 84 degrees."""
        return self.latitudes[row] / 100_000, self.longitudes[row] / 100_000

    @cached_property
    def _regions(self) -> dict[str, list[list[Any]]]:
        found: dict[str, list[list[Any]]] = json.loads((self.folder / "regions.json").read_bytes())
        return found

    def regions(self, country: str) -> list[RegionRow]:
        """The states and counties of a country."""
        return [RegionRow(*row[:6], names=tuple(row[6])) for row in self._regions.get(country, ())]

    @cached_property
    def region_names(self) -> dict[int, str]:
        """Display name of every region by its number."""
        return {row[0]: row[1] for rows in self._regions.values() for row in rows}
