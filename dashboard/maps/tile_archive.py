"""PMTiles files: what one holds, and its tiles.

Format: https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md. The browser reads the files
itself with HTTP ranges (:mod:`dashboard.web.map_tiles`); here they are checked, and tiles are taken
for maps as files.
"""

import gzip
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from pmtiles.tile import (
    Compression,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from dashboard.errors import TileArchiveError
from dashboard.maps.mercator import project_latitude

HEADER_BYTES = 127
MAX_DEPTH = 4
"""Of directories below each other."""

HASHED_BYTES = 64 * 2**20
STREET_LAYERS = frozenset({"earth", "water", "roads"})
"""What a vector file of the Protomaps schema has at least."""

_COMPRESSIONS = (Compression.NONE, Compression.GZIP)
_IMAGES = {
    TileType.PNG: "image/png",
    TileType.JPEG: "image/jpeg",
    TileType.WEBP: "image/webp",
    TileType.AVIF: "image/avif",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by its numbers, with its bytes as they are stored."""

    z: int
    x: int
    y: int
    data: bytes


class TileArchive:
    """A PMTiles file that can be read.

    Args:
        path: the file.

    Raises:
        TileArchiveError: it is missing, is none, or is cut off.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.size = path.stat().st_size
            self._file = os.open(path, os.O_RDONLY)
        except OSError as error:
            raise TileArchiveError(path, f"cannot be read: {error.strerror}") from None
        start = self.read(0, HEADER_BYTES)
        if len(start) < HEADER_BYTES or not start.startswith(b"PMTiles\x03"):
            raise TileArchiveError(path, "is not a PMTiles file of version 3")
        try:
            self.header: dict[str, Any] = dict(deserialize_header(start))
        except ValueError:
            raise TileArchiveError(path, "has an unknown kind of tiles or compression") from None
        for part in ("root", "metadata", "leaf_directory", "tile_data"):
            end = self.header[f"{part}_offset"] + self.header[f"{part}_length"]
            if end > self.size:
                raise TileArchiveError(
                    path, f"is cut off: it has {self.size:,} bytes and should have {end:,}"
                )
        self._directories: dict[tuple[int, int], list[Any]] = {}
        self.metadata = self._read_metadata()

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            os.close(self._file)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes of the file; safe to call from threads."""
        return os.pread(self._file, length, offset)

    def _read_metadata(self) -> dict[str, Any]:
        raw = self.read(self.header["metadata_offset"], self.header["metadata_length"])
        try:
            if self.header["internal_compression"] == Compression.GZIP:
                raw = gzip.decompress(raw)
            read = json.loads(raw) if raw else {}
        except (OSError, EOFError, zlib.error, ValueError):
            raise TileArchiveError(self.path, "has unreadable metadata") from None
        return read if isinstance(read, dict) else {}

    @property
    def is_small(self) -> bool:
        """Whether the file is soon in memory, so that reading it never waits for the disk."""
        return self.size <= HASHED_BYTES

    @property
    def kind(self) -> Literal["vector", "raster"]:
        """Whether tiles are shapes or images."""
        return "vector" if self.header["tile_type"] == TileType.MVT else "raster"

    @property
    def image_type(self) -> str:
        """Media type of the images, empty for shapes."""
        return _IMAGES.get(self.header["tile_type"], "")

    @property
    def zooms(self) -> tuple[int, int]:
        """The first and the last zoom."""
        return self.header["min_zoom"], self.header["max_zoom"]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        names = ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")
        west, south, east, north = (self.header[name] / 1e7 for name in names)
        return west, south, east, north

    @property
    def attribution(self) -> str:
        """Who is to be credited, as the file says; may hold HTML."""
        return str(self.metadata.get("attribution") or "")

    @cached_property
    def digest(self) -> str:
        """A hash of the file; of a large one, of its size, its time and its beginning."""
        if self.size <= HASHED_BYTES:
            return blake2b(self.read(0, self.size), digest_size=6).hexdigest()
        facts = f"{self.size} {os.fstat(self._file).st_mtime_ns}".encode()
        return blake2b(self.read(0, 2**16) + facts, digest_size=6).hexdigest()

    def get_tile(self, z: int, x: int, y: int) -> bytes | None:
        """The bytes of a tile as they are stored, ``None`` if the file lacks it."""
        number = zxy_to_tileid(z, x, y)
        at, length = self.header["root_offset"], self.header["root_length"]
        for _ in range(MAX_DEPTH):
            entry = find_tile(self._read_directory(at, length), number)
            if entry is None:
                return None
            if entry.run_length:
                return self.read(self.header["tile_data_offset"] + entry.offset, entry.length)
            at, length = self.header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def _read_directory(self, offset: int, length: int) -> list[Any]:
        if (offset, length) not in self._directories:
            raw = self.read(offset, length)
            self._directories[offset, length] = deserialize_directory(raw)
        return self._directories[offset, length]


def open_streets(path: Path) -> TileArchive:
    """A person's own tiles: images, or shapes of the Protomaps schema.

    Raises:
        TileArchiveError: the file cannot be used, with the reason in a line.
    """
    archive = TileArchive(path)
    if archive.kind == "raster":
        if not archive.image_type:
            raise TileArchiveError(path, "has neither vector tiles nor images")
        return archive
    if archive.header["tile_compression"] not in _COMPRESSIONS:
        raise TileArchiveError(path, "is not compressed with gzip")
    layers = {
        str(layer.get("id")): layer.get("fields") or {}
        for layer in archive.metadata.get("vector_layers", [])
        if isinstance(layer, dict)
    }
    if not layers.keys() >= STREET_LAYERS or "pmap:kind" in layers["roads"]:
        raise TileArchiveError(path, "does not follow the Protomaps schema, version 4")
    return archive


@cache
def load_basemap(path: Path) -> TileArchive:
    """The archive that comes with the dashboard."""
    return TileArchive(path)


def collect_tiles(
    archive: TileArchive, points: Iterable[tuple[float, float]], *, max_bytes: int
) -> Iterator[Tile]:
    """Tiles that show points and their surroundings, from the whole world on, as far as they fit.

    Args:
        archive: the tiles.
        points: latitude and longitude in degrees.
        max_bytes: the sum of the tiles' bytes at most.
    """
    places = [(longitude / 360 + 0.5, project_latitude(latitude)) for latitude, longitude in points]
    left = max_bytes
    first, last = archive.zooms
    for z in range(first, last + 1):
        count = 2**z
        wanted = (
            {(x, y) for x in range(count) for y in range(count)}
            if z <= 1
            else {
                ((int(x * count) + dx) % count, int(y * count) + dy)
                for x, y in places
                for dx in (-1, 0, 1)
                for dy in (-1, 0, 1)
                if 0 <= int(y * count) + dy < count
            }
        )
        for x, y in sorted(wanted):
            data = archive.get_tile(z, x, y) or b""  # none: the open sea
            left -= len(data)
            if left < 0:
                return
            yield Tile(z, x, y, data)
