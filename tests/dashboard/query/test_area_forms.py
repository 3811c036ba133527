"""Areas without drawing: circles, boxes and typed corners select what they say."""

import numpy as np
import pandas as pd
import pytest

from dashboard.errors import FilterError
from dashboard.query.area_filter import MAX_POINTS, decode_polyline, find_covered
from dashboard.query.area_forms import CIRCLE_CORNERS, build_box, build_circle, parse_corners
from dashboard.query.coordinates import BBox
from dashboard.query.filters import FILTERS
from geocache.geo.distance import distances_km


@pytest.mark.parametrize(
    ("centre", "radius_km"),
    [((47.07, 15.44), 80.0), ((-17.7, 178.0), 600.0), ((66.0, -179.5), 2_000.0), ((0, 0), 0.1)],
)
def test_a_circle_has_the_points_within_its_radius(
    centre: tuple[float, float], radius_km: float
) -> None:
    rng = np.random.default_rng(1)
    degrees = radius_km / 111
    lat = centre[0] + rng.uniform(-1.2, 1.2, 20_000) * degrees
    wide = degrees / np.cos(np.radians(np.abs(centre[0]) + degrees))
    lon = (centre[1] + rng.uniform(-1.2, 1.2, 20_000) * wide + 180) % 360 - 180
    line = FILTERS["within"].convert(build_circle(*centre, radius_km))
    covered = find_covered(line, lat, lon)
    away = distances_km(centre, lat, lon)
    rounding_km = 0.002
    assert covered[away < radius_km * 0.99 - rounding_km].all()
    assert not covered[away > radius_km * 1.01 + rounding_km].any()
    assert 1_000 < covered.sum() < 19_000
    assert len(decode_polyline(line)) == CIRCLE_CORNERS


def test_a_circle_over_a_pole_is_refused() -> None:
    with pytest.raises(FilterError, match="there is a pole"):
        build_circle(85, 0, 600)


@pytest.mark.parametrize(
    "box", [BBox(5, 40, 20, 50), BBox(170, -30, -170, 10), BBox(-180, -60, 180, 80),
            BBox(-120, 10, 100, 60), BBox(60, -5, -100, 5)],
)  # fmt: skip
def test_a_view_as_an_area_has_the_same_points(box: BBox) -> None:
    rng = np.random.default_rng(2)
    points = pd.DataFrame(
        {"latitude": rng.uniform(-90, 90, 20_000), "longitude": rng.uniform(-180, 180, 20_000)}
    )
    line = FILTERS["within"].convert(build_box(box))
    covered = find_covered(line, points["latitude"], points["longitude"])
    expected = FILTERS["bbox"].mask(points, box)
    assert covered.tolist() == list(expected)
    assert covered.any()


def test_corners_as_typed() -> None:
    rectangle = decode_polyline(parse_corners("48.5, 9.5\n\n46.4; 17.2"))
    assert rectangle == [(48.5, 9.5), (48.5, 17.2), (46.4, 17.2), (46.4, 9.5)]
    assert decode_polyline(parse_corners("1,2\n3 , 4\r\n-5.5 6.25")) == [
        (1, 2), (3, 4), (-5.5, 6.25)
    ]  # fmt: skip
    many = "\n".join("1,2" for _ in range(MAX_POINTS + 1))
    for text, reason in (
        ("1,2", "1 corners"),
        ("48, 9\n48, 12", "no area lies between"),
        (many, "201 corners"),
        ("1,2\nGraz", "corner 2: “Graz” is not latitude"),
        ("1,2\n95,0", "latitude -90 to 90"),
    ):
        with pytest.raises(FilterError, match=reason):
            parse_corners(text)
