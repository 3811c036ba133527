"""Degrees that a spreadsheet turned into thousands are restored if certain, else dropped."""

import pytest

from dashboard.readers import Reading, read


def listed(*rows: tuple[str, str, str], header: str = "latitude;longitude") -> Reading:
    lines = [f"country;{header}", *map(";".join, rows)]
    return read("\n".join(lines).encode(), "list.csv")


def points(reading: Reading) -> list[tuple[float, float]]:
    return list(zip(reading.sites["latitude"], reading.sites["longitude"], strict=True))


DOTS = [
    ("Germany", "48.208.174", "11.575.490"),
    ("Germany", "5.252.001", "13.404.954"),
    ("Australia", "-33.868.820", "151.209.290"),
]
RIGHT = [(48.20817, 11.57549), (52.52001, 13.40495), (-33.86882, 151.20929)]


@pytest.mark.parametrize("header", ["latitude;longitude", "Breitengrad;Längengrad"])
@pytest.mark.parametrize("dot", [".", ""], ids=["dots", "digits"])
def test_a_column_of_thousands_is_restored(header: str, dot: str) -> None:
    rows = [(country, *(text.replace(".", dot) for text in point)) for country, *point in DOTS]
    reading = listed(*rows, header=header)
    assert points(reading) == RIGHT
    (told,) = [text for text in reading.warnings if "as thousands" in text]
    assert told.startswith("3 points")


def test_a_point_outside_its_country_is_dropped_and_named() -> None:
    more = [*DOTS * 7, ("Austria", "60.208.174", "11.575.490"), ("Nowhere", *DOTS[0][1:])]
    reading = listed(*more)
    assert points(reading)[:3] == RIGHT
    assert reading.sites["latitude"].isna().tolist() == [*[False] * 21, True, True]
    assert (
        "latitude that is not a number of degrees, left empty: row 23 ('60.208.174'), row 24"
        in " ".join(reading.warnings)
    )


@pytest.mark.parametrize(
    "rows",
    [
        [*DOTS, ("Germany", "52.52", "13.4")],
        DOTS[:2],
        [("Austria", *point) for _, *point in DOTS],
    ],
    ids=["some are degrees", "two", "another country"],
)
def test_points_are_dropped_unless_the_whole_column_is_thousands(
    rows: list[tuple[str, str, str]],
) -> None:
    reading = listed(*rows)
    found = reading.sites["latitude"].dropna().tolist()
    assert found == [52.52] * (len(rows) == 4)
    assert any(
        "latitude that is not a number of degrees" in text and "row 2" in text
        for text in reading.warnings
    )
