"""Centre and zoom that show some points."""

from math import asinh, pi, radians, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.maps.viewport import WORLD, fit_bounds, unwrap

WIDTH, HEIGHT = 480, 300
points = st.lists(st.tuples(st.floats(-80, 80), st.floats(-170, 170)), min_size=1, max_size=6)


def pixels(point: tuple[float, float], zoom: float) -> tuple[float, float]:
    latitude, longitude = point
    scale = 256 * 2**zoom
    return longitude / 360 * scale, asinh(tan(radians(latitude))) / (2 * pi) * scale


@given(points)
def test_every_point_is_inside_or_the_map_is_out_as_far_as_it_goes(
    shown: list[tuple[float, float]],
) -> None:
    centre, zoom = fit_bounds(shown, width=WIDTH, height=HEIGHT)
    assert 1 <= zoom <= 6
    assert zoom * 2 == int(zoom * 2)
    x, y = pixels(centre, zoom)
    for point in shown:
        across, up = pixels(point, zoom)
        inside = abs(across - x) <= WIDTH / 2 and abs(up - y) <= HEIGHT / 2
        assert inside or zoom == 1


@given(points)
def test_half_a_step_closer_would_cut_the_margin(shown: list[tuple[float, float]]) -> None:
    centre, zoom = fit_bounds(shown, width=WIDTH, height=HEIGHT, margin=30)
    closer = zoom + 0.5
    x, y = pixels(centre, closer)
    cut = [
        max(abs(across - x) - (WIDTH / 2 - 30), abs(up - y) - (HEIGHT / 2 - 30))
        for across, up in (pixels(point, closer) for point in shown)
    ]
    assert closer > 6 or max(cut) > -1e-6


def test_of_no_point_the_world_is_shown() -> None:
    assert fit_bounds([], width=WIDTH, height=HEIGHT) == WORLD


def test_one_point_is_in_the_middle() -> None:
    (latitude, longitude), zoom = fit_bounds([(48.2, 16.4)], width=WIDTH, height=HEIGHT)
    assert (latitude, longitude, zoom) == (pytest.approx(48.2), 16.4, 6.0)


def test_points_on_both_sides_of_the_180th_meridian_are_neighbours() -> None:
    fiji = [(-18.1, 178.4), (-16.8, -179.9)]
    assert unwrap(fiji) == [(-18.1, 178.4), pytest.approx((-16.8, 180.1))]
    (_, longitude), zoom = fit_bounds(unwrap(fiji), width=WIDTH, height=HEIGHT)
    assert longitude == pytest.approx(179.25)
    assert zoom == 6
    europe = [(48.2, 16.4), (40.4, -3.7)]
    assert unwrap(europe) == [pytest.approx(point) for point in europe]
    assert unwrap([]) == []
