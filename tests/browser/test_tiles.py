"""The online tile layer: off unless set, credited, and from the host that is set alone."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from harness.serving import serving
from harness.visit import Visit, visiting
from tests.dashboard.maps import tiles


@dataclass
class TileServer:
    """Sends one grey image for every tile and records the paths."""

    url: str
    requested: list[str] = field(default_factory=list)


@pytest.fixture
def tile_server() -> Iterator[TileServer]:
    """A tile server on a free loopback port."""
    image = io.BytesIO()
    Image.new("RGB", (256, 256), "#d0d0d0").save(image, "PNG")

    class Tiles(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            running.requested.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(image.getvalue())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Tiles)
    running = TileServer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield running
    server.shutdown()
    thread.join()
    server.server_close()


def test_tiles_come_from_the_host_that_is_set_and_are_credited(
    browser: Browser, tile_server: TileServer, tmp_path: Path, place_index: Path
) -> None:
    template = f"{tile_server.url}/{{z}}/{{x}}/{{y}}.png"
    with (
        serving(tmp_path, place_index, SITE_MAP_TILES=template) as server,
        visiting(browser, server, allow=tile_server.url) as one,
    ):
        frame = one.open(sites=75)
        expect(frame.locator("img.leaflet-tile-loaded").first).to_be_visible()
        assert tile_server.requested
        assert all(path.endswith(".png") for path in tile_server.requested)
        expect(frame.locator(".leaflet-control-attribution")).to_contain_text("tile server's terms")
        answer = one.page.request.get(server.url)
        rules = answer.headers["content-security-policy"].split("; ")
        assert [rule for rule in rules if tile_server.url in rule] == [
            f"img-src 'self' data: blob: {tile_server.url}"
        ]
        assert one.foreign == []
        assert one.errors == []


def test_without_the_setting_there_is_no_tile_layer(visit: Visit) -> None:
    frame = visit.open("?country=DE", sites=17)
    expect(frame.locator("img.leaflet-tile")).to_have_count(0)
    expect(frame.locator(".leaflet-control-attribution")).not_to_contain_text("tile server")


def test_a_zoom_that_is_left_and_comes_back_at_once_is_drawn(visit: Visit) -> None:
    box = visit.open("?country=DE", sites=17).locator("#map_div")
    box.evaluate(
        "() => [5, 7, 5].forEach((zoom) => map.setView([-25, 134], zoom, { animate: false }))"
    )
    loaded = visit.map.locator("#map_div[data-tiles='loaded']")
    expect(loaded).to_be_visible()
    is_drawn = """() => [...document.querySelectorAll("canvas.leaflet-tile")].some((tile) =>
        tile.getContext("2d").getImageData(0, 0, tile.width, tile.height).data.some(Boolean))"""
    assert box.evaluate(is_drawn), "Australia, not the sea alone"


def test_streets_of_a_file_show_over_the_bundled_map_with_their_attribution(
    browser: Browser, tmp_path: Path, place_index: Path
) -> None:
    path = tiles.write_streets(tmp_path / "munich.pmtiles")
    with (
        serving(tmp_path, place_index, SITE_MAP_TILES=str(path)) as server,
        visiting(browser, server) as one,
    ):
        frame = one.open("?city=Munich", sites=1)
        box = frame.locator("#map_div[data-streets='vector'][data-tiles='loaded']")
        expect(box).to_be_visible()
        expect(frame.locator(".leaflet-control-attribution")).to_contain_text("© OSM")
        assert frame.locator("canvas.leaflet-tile-loaded").count() > 0
        assert (one.foreign, one.errors) == ([], [])


def test_a_file_that_is_cut_off_is_told_in_a_line_and_the_bundled_map_shows(
    browser: Browser, tmp_path: Path, place_index: Path
) -> None:
    path = tiles.write_images(tmp_path / "red.pmtiles")
    path.write_bytes(path.read_bytes()[:-50])
    with (
        serving(tmp_path, place_index, SITE_MAP_TILES=str(path)) as server,
        visiting(browser, server) as one,
    ):
        frame = one.open(sites=75)
        assert "red.pmtiles is cut off: it has" in server.log.read_text()
        expect(frame.locator(".leaflet-control-attribution")).not_to_contain_text("Red squares")
