"""The README's pictures, taken from the running page over the seed: ``make screenshots``."""

import io
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser

from benchmarks.dashboards import INDEX, chromium
from benchmarks.report import progress
from geocache.gazetteer import Gazetteer
from harness.serving import Server, serving
from harness.visit import visiting

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
VIEWS = {
    "page-light": DESK | {"color_scheme": "light"},
    "page-dark": DESK | {"color_scheme": "dark"},
    "phone": PHONE | {"color_scheme": "light", "device_scale_factor": 2},
}
"""File name of each picture, and Playwright's options for it."""

COLOURS = 160
SITES = 75


def take(browser: Browser, server: Server, options: dict[str, object]) -> bytes:
    """The first screen as PNG, once everything on it is drawn."""
    with visiting(browser, server, **options) as one:
        one.open(sites=SITES)
        one.wait_until_idle()
        one.page.locator("table.bars").first.wait_for()
        one.page.evaluate("() => document.fonts.ready.then(() => null)")
        return one.page.screenshot(animations="disabled")


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


if __name__ == "__main__":
    main()
