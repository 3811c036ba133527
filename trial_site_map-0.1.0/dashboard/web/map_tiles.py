"""HTTP routes for PMTiles files: the bundled basemap and a person's own streets, in ranges.

The browser reads a few kilobytes of a file at a time. The address has the file's hash, so what was
read once is kept for good.
"""

import re
from collections.abc import Awaitable, Callable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from dashboard.maps.basemap import list_archives
from dashboard.maps.bundle import CACHE_FOREVER
from dashboard.maps.tile_archive import TileArchive

MAX_RANGE_BYTES = 16 * 2**20
"""The longest range that is answered; no directory or tile is longer."""

_RANGE = re.compile(r"bytes=(\d{1,18})-(\d{0,18})")


def build_routes(tiles: str) -> list[BaseRoute]:
    """A route for each file that maps are drawn from; ``tiles`` as ``SITE_MAP_TILES``."""
    archives = list_archives(tiles)
    return [Route(path, _build_endpoint(archive)) for path, archive in archives.items()]


def _build_endpoint(archive: TileArchive) -> Callable[[Request], Awaitable[Response]]:
    headers = {
        "Cache-Control": CACHE_FOREVER,
        "Accept-Ranges": "bytes",
        "ETag": f'"{archive.digest}"',
    }

    async def respond(request: Request) -> Response:
        found = parse_range(request.headers.get("range", ""), archive.size)
        if found is None:
            refused = headers | {"Content-Range": f"bytes */{archive.size}"}
            refused["Cache-Control"] = "no-store"
            return Response(status_code=416, headers=refused)
        start, length = found
        if request.method == "HEAD":
            data = b""
        elif archive.is_small:
            data = archive.read(start, length)
        else:
            data = await anyio.to_thread.run_sync(archive.read, start, length)
        sent = headers | {
            "Content-Range": f"bytes {start}-{start + length - 1}/{archive.size}",
            "Content-Length": str(length),
        }
        return Response(data, 206, sent, "application/vnd.pmtiles")

    return respond


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the number of bytes that a ``Range`` header asks for.

    ``None`` where it asks for nothing in the file, for several ranges, or is missing: nobody needs
    the whole file at once.
    """
    found = _RANGE.fullmatch(header.strip())
    if not found:
        return None
    start = int(found[1])
    end = min(int(found[2]) if found[2] else size - 1, size - 1, start + MAX_RANGE_BYTES - 1)
    return (start, end - start + 1) if start <= end else None
