"""Reads the index of a register: facilities by name and town, name and postcode, or name."""

import json
import mmap
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

from geocache.errors import IndexBuildError
from geocache.registers.facility import Facility, Row

META = "about.json"
_UNIT, _ALIAS = "\x1f", "\x1e"


def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def hash_name(country: str, name: str) -> int:
    """The key of a name in a country."""
    return _hash(f"n{country}{name}")


def hash_name_in_town(country: str, name: str, town: str) -> int:
    """The key of a name in a town."""
    return _hash(f"t{country}{name}{_UNIT}{town}")


def hash_name_at_postcode(country: str, name: str, postcode: str) -> int:
    """The key of a name at a postcode."""
    return _hash(f"p{country}{name}{_UNIT}{postcode}")


def hash_handle(country: str, town: str, word: str) -> int:
    """The key of a word of a name in a town."""
    return _hash(f"w{country}{town}{_UNIT}{word}")


def join_facility(row: Row) -> str:
    """The texts of a facility as one."""
    names = _ALIAS.join(row.names)
    return _UNIT.join((names, row.city, row.state, row.postcode, row.country))


class RegisterIndex:
    """Read-only view of the files that :func:`geocache.registers.build.build_index` wrote.

    Memory-mapped: opening takes a millisecond, processes share the memory, and it is safe for
    threads and forks.

    Raises:
        IndexBuildError: a file is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.about: dict[str, Any] = json.loads((folder / META).read_bytes())
            self._hashes = self._view("hashes", "Q")
            self._rows = self._view("rows", "I")
            self._starts = self._view("starts", "Q")
            self._texts = self._view("texts", "B")
            self._latitudes = self._view("latitudes", "i")
            self._longitudes = self._view("longitudes", "i")
            self._numbers = self._view("numbers", "I")
            self._shared = self._view("shared", "B")
        except (OSError, ValueError, TypeError) as error:
            raise IndexBuildError(
                f"the register's index in {folder} cannot be read ({error}); remove that folder"
            ) from error

    def _view(self, name: str, code: Any) -> memoryview:
        with (self.folder / name).open("rb") as opened:
            return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)).cast(code)

    def find(self, hashed: int, most: int) -> list[int]:
        """The facilities of a key by number, ``most`` at most."""
        hashes = self._hashes
        at = bisect_left(hashes, hashed)
        found = []
        end = min(len(hashes), at + most)
        while at < end and hashes[at] == hashed:
            found.append(self._rows[at])
            at += 1
        return found

    def read(self, row: int) -> Facility:
        """A facility."""
        text = str(self._texts[self._starts[row] : self._starts[row + 1]], "utf-8")
        names, city, state, postcode, country = text.split(_UNIT)
        north, east = self._latitudes[row] / 100_000, self._longitudes[row] / 100_000
        return Facility(
            self._numbers[row],
            tuple(names.split(_ALIAS)),
            city,
            state,
            postcode,
            country,
            north,
            east,
            bool(self._shared[row]),
        )

    def read_all(self) -> Iterator[Facility]:
        """All facilities, in the file's order."""
        return map(self.read, range(len(self._starts) - 1))
