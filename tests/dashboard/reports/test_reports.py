"""Pictures and slides say what the site table says, on the right map, in letters that are drawn."""

import io
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb
from PIL import Image
from pptx import Presentation

from dashboard.errors import ExportError
from dashboard.exports.content import About
from dashboard.maps.viewport import narrowest_arc
from dashboard.reports.build import build_report
from dashboard.reports.lettering import can_draw, to_drawable
from dashboard.reports.markers import group_places
from dashboard.reports.picture import PictureFormat, build_figure, draw_picture
from dashboard.reports.projection import choose_projection
from dashboard.reports.render import MOST_AT_ONCE, Look, render, turns
from dashboard.reports.report import Report
from dashboard.sites.table import COLUMNS

STATUSES = ("Recruiting", "Completed", "Terminated", "Withdrawn")
CITIES = {
    "Munich": ("DE", "Germany", 48.1374, 11.5755),
    "Vienna": ("AT", "Austria", 48.2085, 16.3721),
    "Graz": ("AT", "Austria", 47.0667, 15.45),
    "東京": ("JP", "Japan", 35.6895, 139.6917),
    "Suva": ("FJ", "Fiji", -18.1416, 178.4415),
    "Apia": ("WS", "Samoa", -13.8333, -171.7667),
}


def build_sites(*cities: str, lost: int = 0) -> pd.DataFrame:
    """A site table of these cities, their statuses in turn, and sites without a position."""
    rows = []
    for number, city in enumerate([*cities, *[""] * lost]):
        code, country, latitude, longitude = CITIES.get(city, ("", "", np.nan, np.nan))
        known = {
            "trial_id": "NCT00000001",
            "facility": f"Hospital {number}",
            "city": city,
            "country": country,
            "country_code": code,
            "status": STATUSES[number % len(STATUSES)],
            "latitude": latitude,
            "longitude": longitude,
            "precision": "city" if city else "unresolved",
        }
        rows.append({name: known.get(name, "") for name in COLUMNS})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"latitude": float, "longitude": float})


def build(*cities: str, title: str = "A trial", lost: int = 0) -> Report:
    about = About(as_of="2026-01-02", attribution=("Positions: GeoNames (CC BY 4.0)",))
    return build_report(
        build_sites(*cities, lost=lost), about, title=title, filter_text="Country: x"
    )


def read_colours(picture: bytes) -> set[tuple[int, ...]]:
    """The colours of a PNG."""
    with Image.open(io.BytesIO(picture)) as image:
        found = image.convert("RGB").getcolors(1 << 24) or []
    return {colour for _, colour in found}


def test_the_counts_are_those_of_the_table_and_every_category_is_drawn() -> None:
    report = build("Munich", "Munich", "Vienna", "Graz", lost=2)
    assert report.counts.sum() == 4
    assert report.unplaced == 2
    assert report.figures == ("6 sites", "2 countries", "1 trial", "2 recruiting")
    colours = read_colours(draw_picture(report, PictureFormat()))
    for category in report.categories:
        assert tuple(round(255 * part) for part in to_rgb(category.colour)) in colours, category


def test_equal_reports_are_equal_bytes() -> None:
    report = build("Munich", "Graz")
    for suffix in ("svg", "pdf"):
        form = PictureFormat(suffix, "a4")
        assert draw_picture(report, form) == draw_picture(report, form)


def test_no_name_on_the_map_overlaps_another() -> None:
    _, labels = build_figure(build("Munich", "Vienna", "Graz"), PictureFormat())
    assert {label.text for label in labels} >= {"Munich", "Vienna"}
    for number, one in enumerate(labels):
        for other in labels[:number]:
            apart = (
                one.box[2] <= other.box[0]
                or other.box[2] <= one.box[0]
                or one.box[3] <= other.box[1]
                or other.box[3] <= one.box[1]
            )
            assert apart, (one, other)


def test_a_name_that_cannot_be_drawn_gives_way_to_the_gazetteers() -> None:
    sites = build_sites("東京").assign(city="โตเกียว", place_name="Tokyo")
    _, labels = build_figure(build_report(sites, About(), title="x"), PictureFormat())
    assert labels[0].text == "Tokyo"


@pytest.mark.parametrize(
    ("longitudes", "arc"),
    [
        ([178.0, -172.0], (178.0, 188.0)),
        ([10.0, 20.0], (10.0, 20.0)),
        ([-120.0, -70.0], (-120.0, -70.0)),
        ([5.0], (5.0, 5.0)),
        ([170.0, 175.0], (170.0, 175.0)),
    ],
)
def test_the_narrowest_arc_may_cross_180_degrees(
    longitudes: list[float], arc: tuple[float, float]
) -> None:
    assert narrowest_arc(np.array(longitudes)) == pytest.approx(arc)


def test_fiji_and_samoa_stand_beside_each_other() -> None:
    found = choose_projection(np.array([178.4, -171.8]), np.array([-18.1, -13.8]), 1.5)
    assert not found.world
    x, _ = found.project(np.array([178.4, -171.8]), np.array([-18.1, -13.8]))
    assert 0 < x[1] - x[0] < 1_300_000
    west, south, east, north = found.extent
    assert west < x.min() < x.max() < east
    assert (east - west) / (north - south) == pytest.approx(1.5)


def test_areas_are_true() -> None:
    """A degree square has the same ratio of areas on the map as on the globe."""
    for spread in (np.array([-5.0, 20.0]), np.array([-170.0, 170.0])):
        found = choose_projection(spread, np.array([-30.0, 60.0]), 1.5)
        ratios = []
        for south in (0.0, 50.0):
            x, y = found.project(
                np.array([0.0, 0.1, 0.1, 0.0]), np.array([south, south, south + 0.1, south + 0.1])
            )
            area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
            ratios.append(area / np.cos(np.radians(south + 0.05)))
        assert ratios[0] == pytest.approx(ratios[1], rel=1e-3)


def test_markers_do_not_overlap_and_lose_no_site() -> None:
    generator = np.random.default_rng(1)
    x, y = generator.uniform(0, 300, 400), generator.uniform(0, 200, 400)
    counts = generator.integers(0, 4, (400, 3))
    markers = group_places(x, y, counts)
    assert sum(marker.sites for marker in markers) == counts.sum()
    assert sorted(np.concatenate([marker.rows for marker in markers])) == list(range(400))
    for number, one in enumerate(markers):
        for other in markers[:number]:
            away = np.hypot(one.x - other.x, one.y - other.y)
            assert away >= 0.9 * (one.radius + other.radius)


@pytest.mark.parametrize(
    "text",
    [
        "Αθήνα",
        "Москва",
        "München",
        "東京",
        "القاهرة",
        "תל אביב",
        "กรุงเทพ",
        "서울",
        "a$b$",
        "\u0007x",
    ],
)
def test_every_letter_can_be_drawn(text: str) -> None:
    shown = to_drawable(text).replace("\\$", "")
    assert shown.strip()
    assert all(letter.isascii() or can_draw(letter) for letter in shown)
    assert shown.isprintable()


def test_slides_are_editable_and_describe_the_picture() -> None:
    report = build("Munich", "Vienna", "Graz", title="Trial $x$ of “things”")
    data = render(report, Look("pptx"))
    deck = Presentation(io.BytesIO(data))
    first, second, third = deck.slides
    assert first.shapes.title.text == report.title
    (picture,) = (shape for shape in first.shapes if shape.shape_type == 13)
    assert "Austria 2" in picture._element._nvXxPr.cNvPr.get("descr")
    (chart,) = (shape.chart for shape in second.shapes if shape.has_chart)
    assert dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True)) == {
        "Austria": 2,
        "Germany": 1,
    }
    (table,) = (shape.table for shape in third.shapes if shape.has_table)
    assert [cell.text for cell in table.rows[1].cells][:2] == ["Hospital 0", "Munich"]
    assert "GeoNames" in first.notes_slide.notes_text_frame.text
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_nothing_at_all_is_an_honest_picture_and_slide() -> None:
    report = build()
    assert report.counts.shape == (0, 0)
    assert len(read_colours(draw_picture(report, PictureFormat(theme="dark")))) > 3
    deck = Presentation(io.BytesIO(render(report, Look("pptx"))))
    texts = [shape.text_frame.text for shape in deck.slides[1].shapes if shape.has_text_frame]
    assert "No site matches this filter." in texts


def test_what_cannot_be_drawn_is_an_error_with_its_reason() -> None:
    with pytest.raises(ExportError, match="no PowerPoint presentation"):
        render(build("Graz"), Look("pptx"), template=Path(__file__))


def test_a_picture_that_waits_for_others_says_so_and_is_drawn_then() -> None:
    waits = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        for _ in range(MOST_AT_ONCE):
            turns.acquire()
        try:
            drawn = pool.submit(render, build("Suva"), Look(dpi=40), on_wait=waits.set)
            assert waits.wait(60)
            assert not drawn.done()
        finally:
            for _ in range(MOST_AT_ONCE):
                turns.release()
        assert drawn.result(timeout=120).startswith(b"\x89PNG")
