"""The filter ``within``: equal to shapely's ``covers``, over the 180th meridian too."""

import numpy as np
import pandas as pd
import pytest
import shapely

from dashboard.errors import FilterError
from dashboard.query.apply import apply
from dashboard.query.area_filter import decode_polyline, encode_polyline, find_covered
from dashboard.query.filters import parse, to_query


def test_the_encoding_is_the_published_one() -> None:
    points = [(38.5, -120.2), (40.7, -120.95), (43.252, -126.453)]
    assert encode_polyline(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@"
    assert decode_polyline("_p~iF~ps|U_ulLnnqC_mqNvxq`@") == points


@pytest.mark.parametrize("centre", [10.0, 179.0, -178.5])
def test_it_equals_covers(centre: float) -> None:
    rng = np.random.default_rng(int(abs(centre)))
    angles = np.sort(rng.uniform(0, 2 * np.pi, 60))
    radius = rng.uniform(2, 12, 60)
    corners = [
        (float(y), float(x))
        for y, x in zip(
            (45 + radius * np.sin(angles)).round(5),
            (centre + radius * np.cos(angles)).round(5),
            strict=True,
        )
    ]
    area = shapely.Polygon([(x, y) for y, x in corners])
    assert area.is_valid
    y = np.concatenate([rng.uniform(30, 60, 20_000).round(5), [lat for lat, _ in corners]])
    x = np.concatenate([rng.uniform(centre - 15, centre + 15, 20_000).round(5),
                        [lon for _, lon in corners]])  # fmt: skip
    expected = shapely.covers(area, shapely.points(x, y))
    wrapped = (np.array([lon for _, lon in corners]) + 180) % 360 - 180
    text = encode_polyline([(lat, lon) for (lat, _), lon in zip(corners, wrapped, strict=True)])
    found = find_covered(text, y, ((x + 180) % 360 - 180).round(5))
    assert expected.sum() > 1_000
    assert found[:20_000].tolist() == expected[:20_000].tolist()


def test_sites_in_an_area_and_what_is_refused(seed: pd.DataFrame) -> None:
    box = [(47.0, 5.5), (47.0, 15.5), (55.5, 15.5), (55.5, 5.5)]
    filters = parse([("within", encode_polyline(box))])
    assert parse(to_query(filters)) == filters
    kept = apply(seed, filters)
    inside = seed["latitude"].between(47, 55.5) & seed["longitude"].between(5.5, 15.5)
    assert kept.index.tolist() == seed.index[inside].tolist()
    crossed = encode_polyline([(0.0, 0.0), (10.0, 10.0), (0.0, 10.0), (10.0, 0.0)])
    assert find_covered(crossed, [5.0, 1.0, np.nan], [8.0, 5.0, 1.0]).tolist() == [
        True,
        False,
        False,
    ]
    for wrong in ("x y", encode_polyline(box[:2]), encode_polyline([(1.0, 2.0)] * 201), "_",
                  encode_polyline([(95.0, 0.0), (1.0, 1.0), (2.0, 0.0)]), "~" * 50):  # fmt: skip
        with pytest.raises(FilterError, match="within"):
            parse([("within", wrong)])
