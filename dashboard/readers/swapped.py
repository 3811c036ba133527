"""Latitude and longitude in each other's columns: told by the countries they would lie in."""

from collections.abc import Mapping, Sequence

from dashboard.readers.degrees import as_number
from geocache.borders import in_country
from geocache.countries import country_code

_MOST_ROWS = 40
_LEAST_ROWS = 3
_NEARLY_ALL = 0.9


def are_swapped(rows: Sequence[Sequence[str]], place: Mapping[str, int]) -> bool:
    """True where nearly all of the first points lie in their countries only when exchanged.

    ``rows`` are sites, ``place`` says where their columns are; three with a country and a point
    are needed.
    """
    at = [place.get(target) for target in ("latitude", "longitude", "country")]
    right = exchanged = seen = 0
    for row in rows:
        cells = [row[one] if one is not None and one < len(row) else "" for one in at]
        latitude, longitude, code = as_number(cells[0]), as_number(cells[1]), country_code(cells[2])
        if not code or not (latitude or longitude) or latitude + longitude != latitude + longitude:
            continue
        seen += 1
        right += _lies_in(latitude, longitude, code)
        exchanged += _lies_in(longitude, latitude, code)
        if right > _LEAST_ROWS or seen == _MOST_ROWS:
            break
    return (
        seen >= _LEAST_ROWS
        and exchanged >= _NEARLY_ALL * seen
        and right <= (1 - _NEARLY_ALL) * seen
    )


def _lies_in(latitude: float, longitude: float, code: str) -> bool:
    on_globe = abs(latitude) <= 90 and abs(longitude) <= 180
    return on_globe and in_country(round(latitude, 5), round(longitude, 5), code)
