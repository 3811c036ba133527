"""The README's pictures, and pictures of the map to look at: ``make screenshots``.

All are taken from the running page over the seed, once nothing on it changes any more. The map is
pictured at eight places, light and dark, wide and narrow, into ``.venv/map-pictures/``.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser

from benchmarks.dashboards import INDEX, chromium
from benchmarks.report import progress
from geocache.gazetteer import Gazetteer
from harness.serving import Server, serving
from harness.visit import Visit, visiting

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
VIEWS = {
    "page-light": DESK | {"color_scheme": "light"},
    "page-dark": DESK | {"color_scheme": "dark"},
    "phone": PHONE | {"color_scheme": "light", "device_scale_factor": 2},
}
"""File name of each picture, and Playwright's options for it."""

PLACES = {
    "world": None,
    "europe": (50.0, 12.0, 4),
    "germany": (51.2, 10.4, 6),
    "munich": (48.14, 11.58, 9),
    "tokyo": (35.68, 139.7, 8),
    "new-york": (40.71, -74.0, 8),
    "cairo": (30.04, 31.24, 7),
    "fiji": (-17.5, 179.5, 6),
}
"""Latitude, longitude and zoom of pictures of the map; without, all inhabited land."""

MAP_PICTURES = Path(sys.prefix) / "map-pictures"
COLOURS = 160
SITES = 75


def settle(one: Visit) -> None:
    """Wait until everything is drawn: no script runs, no tile, font or element is awaited."""
    one.wait_until_idle()
    one.page.locator("table.bars").first.wait_for()
    one.page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    one.map.locator("#map_div[data-tiles='loaded']").wait_for()
    one.page.evaluate("() => document.fonts.ready.then(() => null)")


def take(browser: Browser, server: Server, options: dict[str, object]) -> bytes:
    """The first screen as PNG, once everything on it is drawn."""
    with visiting(browser, server, **options) as one:
        one.open(sites=SITES)
        settle(one)
        return one.page.screenshot(animations="disabled")


def take_maps(
    browser: Browser, server: Server, options: dict[str, object]
) -> Iterator[tuple[str, bytes]]:
    """The map at each of :data:`PLACES`: the place's name and a PNG."""
    with visiting(browser, server, **options) as one:
        box = one.open(sites=SITES).locator("#map_div")
        for name, view in PLACES.items():
            if view is None:
                box.evaluate("() => siteMap.freeArea.fitWorld(map)")
            else:
                box.evaluate(
                    "(_, [lat, lon, zoom]) => { map.setView([lat, lon], zoom); }", list(view)
                )
            settle(one)
            yield name, box.screenshot(animations="disabled")


def reduce_colours(png: bytes) -> Image.Image:
    """The picture with a palette: a third of the bytes, and it looks the same."""
    return Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def main() -> None:
    """Write every picture."""
    PICTURES.mkdir(exist_ok=True)
    Gazetteer(INDEX)
    with (
        TemporaryDirectory() as folder,
        serving(Path(folder), INDEX) as server,
        chromium() as browser,
    ):
        for name, options in VIEWS.items():
            path = PICTURES / f"{name}.png"
            reduce_colours(take(browser, server, options)).save(path, optimize=True)
            progress(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")
        MAP_PICTURES.mkdir(exist_ok=True)
        for device, size in {"1440": DESK, "390": PHONE}.items():
            for scheme in ("light", "dark"):
                for name, png in take_maps(browser, server, size | {"color_scheme": scheme}):
                    (MAP_PICTURES / f"{name}-{scheme}-{device}.png").write_bytes(png)
                progress(f"{MAP_PICTURES}: {scheme}, {device} pixels")


if __name__ == "__main__":
    main()
