"""The route for tiles: ranges, kept for good."""

import pytest
from starlette.applications import Starlette

from dashboard.maps import basemap
from dashboard.web import map_tiles
from tests.dashboard.web.asgi import request_app


@pytest.fixture(scope="module")
def app() -> Starlette:
    return Starlette(routes=map_tiles.build_routes(""))


@pytest.fixture(scope="module")
def path() -> str:
    (path,) = basemap.list_archives()
    return path


def test_a_range_is_answered_and_kept_for_good(app: Starlette, path: str) -> None:
    answer = request_app(app, path, {"Range": "bytes=0-126"})
    size = basemap.load_bundled().size
    assert answer.status_code == 206
    assert answer.content.startswith(b"PMTiles")
    assert len(answer.content) == 127
    assert answer.headers["content-range"] == f"bytes 0-126/{size}"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"]
    last = request_app(app, path, {"Range": f"bytes={size - 4}-{size + 99}"})
    assert last.headers["content-range"] == f"bytes {size - 4}-{size - 1}/{size}"


@pytest.mark.parametrize(
    "asked", ["", "bytes=-5", "bytes=9-3", "bytes=0-1,4-5", "bytes=99999999999-"]
)
def test_what_is_no_single_range_of_the_file_is_refused(
    app: Starlette, path: str, asked: str
) -> None:
    answer = request_app(app, path, {"Range": asked} if asked else {})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{basemap.load_bundled().size}"
    assert answer.headers["cache-control"] == "no-store"
