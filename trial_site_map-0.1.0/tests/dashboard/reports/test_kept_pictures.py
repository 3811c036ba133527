"""Pictures and slides look as they did when a person last looked at them.

After a wanted change, ``python -m tests.dashboard.reports.test_kept_pictures`` keeps the new ones:
open each before it is committed.
"""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter

from dashboard.exports.content import About
from dashboard.reports.build import build_report
from dashboard.reports.picture import PictureFormat, draw_picture
from dashboard.reports.render import Look, render
from dashboard.reports.report import Report
from dashboard.sites.table import COLUMNS
from geocache.geo.states import find_states

KEPT = Path(__file__).parent / "kept"
WIDTH = 480
MOST_DIFFERENT = 0.02
"""Share of pixels, after both are blurred, that may differ: letters and lines move a little between
releases of the libraries that draw them."""
DIFFERENT = 25
"""Levels of 255."""
STATUSES = ("Recruiting", "Completed", "Not yet recruiting", "Terminated")
EUROPE = {"DE": (47.5, 54.5, 7.0, 14.5), "FR": (43.5, 49.5, -1.0, 6.5), "PL": (50, 54, 15, 23)}
STATES = {"US": (33.0, 46.0, -120.0, -75.0)}
WORLD = {
    **EUROPE,
    **STATES,
    "BR": (-25, -5, -55, -40),
    "IN": (10, 28, 73, 85),
    "AU": (-37, -28, 116, 150),
    "ZA": (-33, -25, 20, 30),
    "JP": (33, 38, 132, 140),
    "CN": (25, 40, 103, 118),
}


def scatter(boxes: dict[str, tuple[float, float, float, float]], sites: int) -> pd.DataFrame:
    """Sites at random points of boxes: south, north, west, east."""
    generator = np.random.default_rng(7)
    codes = generator.choice(sorted(boxes), sites)
    south, north, west, east = np.array([boxes[code] for code in codes]).T
    frame = pd.DataFrame({name: [""] * sites for name in COLUMNS})
    return frame.assign(
        trial_id="NCT00000001",
        facility="Hospital",
        country_code=codes,
        country=codes,
        status=generator.choice(STATUSES, sites),
        latitude=np.round(generator.uniform(south, north), 1),
        longitude=np.round(generator.uniform(west, east), 1),
        precision="city",
    ).assign(city=lambda f: [f"Town {number % 90}" for number in range(len(f))])


def place(*points: tuple[str, str, float, float]) -> pd.DataFrame:
    """Sites of cities: name, country code, latitude, longitude."""
    frame = scatter(WORLD, len(points))
    names, codes, latitudes, longitudes = zip(*points, strict=True)
    return frame.assign(
        city=names, country_code=codes, country=codes, latitude=latitudes, longitude=longitudes
    )


def build_view(name: str) -> Report:
    """The report of a view; its name is that of the kept picture."""
    sites = {
        "europe": lambda: scatter(EUROPE, 75),
        "world": lambda: scatter(WORLD, 20_000),
        "united-states": lambda: pd.concat(
            [
                scatter(STATES, 80),
                place(("Anchorage", "US", 61.2, -149.9), ("Honolulu", "US", 21.3, -157.9)),
            ],
            ignore_index=True,
        ),
        "fiji-and-new-zealand": lambda: place(
            ("Suva", "FJ", -18.14, 178.44),
            ("Labasa", "FJ", -16.43, 179.37),
            ("Taveuni", "FJ", -16.8, -179.97),
            ("Auckland", "NZ", -36.85, 174.76),
            ("Dunedin", "NZ", -45.87, 170.5),
            ("Apia", "WS", -13.83, -171.77),
        ),
        "one-city": lambda: place(("Munich", "DE", 48.1374, 11.5755)),
        "nothing": lambda: scatter(EUROPE, 1).iloc[:0],
    }[name]()
    shade = "states" if name == "united-states" else "countries"
    codes = [
        find_states([latitude], [longitude], code)[0] if shade == "states" else ""
        for latitude, longitude, code in zip(
            sites["latitude"], sites["longitude"], sites["country_code"], strict=True
        )
    ]
    about = About(as_of="2026-01-02", attribution=("Positions: GeoNames (CC BY 4.0)",))
    return build_report(
        sites.assign(state_code=codes),
        about,
        title=f"Sites: {name}",
        filter_text="Phase: Phase 3",
        shade=shade,
    )


VIEWS = ("europe", "world", "united-states", "fiji-and-new-zealand", "one-city", "nothing")
DARK = ("fiji-and-new-zealand",)
SLIDES = ("europe", "nothing")


def draw_view(name: str) -> Image.Image:
    """The picture of a view."""
    theme = "dark" if name in DARK else "light"
    data = draw_picture(build_view(name), PictureFormat(theme=theme))
    return shrink(Image.open(io.BytesIO(data)))


def draw_slides(name: str) -> list[Image.Image]:
    """The slides of a view as LibreOffice shows them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "slides.pptx"
        file.write_bytes(render(build_view(name), Look("pptx")))
        office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless"]
        run([*office, "--convert-to", "pdf", "--outdir", folder, str(file)])
        run(["pdftoppm", "-png", "-r", "72", str(file.with_suffix(".pdf")), f"{folder}/page"])
        pages = sorted(Path(folder).glob("page-*.png"))
        return [shrink(Image.open(page)) for page in pages]


def run(command: list[str]) -> None:
    """Run a program of Debian's, which must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr[-2_000:]


def shrink(image: Image.Image) -> Image.Image:
    """The image in the size that is kept."""
    size = (WIDTH, round(image.height * WIDTH / image.width))
    return image.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def assert_alike(found: Image.Image, name: str) -> None:
    """The image must look like the kept one of that name."""
    with Image.open(KEPT / f"{name}.png") as kept:
        assert found.size == kept.size
        both = (one.convert("RGB").filter(ImageFilter.BoxBlur(2)) for one in (found, kept))
        first, second = (np.asarray(one, dtype=int) for one in both)
    share = float((abs(first - second).max(axis=2) > DIFFERENT).mean())
    assert share <= MOST_DIFFERENT, f"{share:.1%} of {name} differs from the kept picture"


@pytest.mark.parametrize("name", VIEWS)
def test_pictures_look_as_kept(name: str) -> None:
    assert_alike(draw_view(name), name)


@pytest.mark.parametrize("name", SLIDES)
def test_slides_open_in_libreoffice_and_look_as_kept(name: str) -> None:
    assert shutil.which("soffice"), "the tests need LibreOffice Impress"
    assert shutil.which("pdftoppm"), "the tests need poppler-utils"
    slides = draw_slides(name)
    assert len(slides) == len(list(KEPT.glob(f"slides-{name}-*.png")))
    for number, slide in enumerate(slides, start=1):
        assert_alike(slide, f"slides-{name}-{number}")


def test_a_picture_of_something_else_is_not_alike() -> None:
    with pytest.raises(AssertionError, match="differs from the kept picture"):
        assert_alike(draw_view("one-city"), "europe")


def keep() -> None:
    """Write the pictures as they are now."""
    for name in VIEWS:
        draw_view(name).quantize(128).save(KEPT / f"{name}.png", optimize=True)
    for name in SLIDES:
        for number, slide in enumerate(draw_slides(name), start=1):
            slide.quantize(64).save(KEPT / f"slides-{name}-{number}.png", optimize=True)


if __name__ == "__main__":
    keep()
