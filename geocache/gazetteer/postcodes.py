"""Looks up postcodes: the point of a code that the postal table has, an approximate area else."""

from functools import lru_cache
from statistics import median
from typing import NamedTuple

from geocache.gazetteer.index import Index
from geocache.gazetteer.postcode_forms import (
    ZIP_COUNTRIES,
    encode,
    encode_range,
    is_written_like,
    list_forms,
    normalize_postcode,
)
from geocache.geo.distance import distance_km

_REACH_KM = 25.0
_ZIP_REACH_KM = 30.0
_AROUND_REACH_KM = 40.0
_LOOSE_REACH_KM = 60.0
_RURAL_REACH_KM = 40.0
_LISTED_REACH_KM = 70.0
_VAGUE_KM = 250.0
_SAMPLE = 60
_COMPACT_KM = 1
_COMPACT_IN_KM = {"DE": 3, "CZ": 3, "GB": 6}
"""How far from the middle of a code its localities may lie for its point to count as sharp."""

_DISTRICT_LENGTH = 3
"""Signs of a Canadian code that names a district: in the country, one of a thousand km across."""

_TIGHT = frozenset((
    "AT", "BE", "CA", "CH", "CZ", "DE", "DK", "ES", "FI", "FR", "GB", "GP", "GU", "HU",
    "IT", "JP", "KR", "LI", "LU", "MC", "MQ", "NL", "NO", "NZ", "PL", "PR", "RE", "SE",
    "SG", "SK", "US",
))  # fmt: skip
"""Where a code of the table lies within some kilometres of what it delivers to."""

_SHARP = frozenset((
    "AT", "BE", "CA", "CH", "CZ", "DE", "ES", "FI", "FR", "GB", "JP", "KR", "LU", "NL",
    "NO", "NZ", "PL", "PR", "SG", "SK", "US",
))  # fmt: skip
"""Where the point of a compact code is nearer to hospitals than the town's: docs/accuracy.md."""


class Area(NamedTuple):
    """The area of a postcode: around ``point``, within ``reach_km``.

    ``region`` is its state and ``row`` a place in it, -1 if unknown. ``exact`` if the table has the
    ``code`` itself and places it well; ``sharp`` if then its point is nearer to hospitals than the
    town's. ``by_region`` if only the state counts. ``zip_code`` in the United States.
    """

    country: str
    row: int
    region: int
    point: tuple[float, float]
    reach_km: float
    code: str = ""
    exact: bool = False
    sharp: bool = False
    by_region: bool = False
    zip_code: bool = False


class Postcodes:
    """Looks up postcodes by country."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.find = lru_cache(maxsize=50_000)(self._find)

    def _find(self, country: str, postcode: str) -> Area | None:
        """The area of a postcode, ``None`` if unknown."""
        code = normalize_postcode(country, postcode)
        if not code:
            return None
        home = self._find_home(country)
        if home not in self._index.code_ranges:
            return self._find_listed(country, code)
        area = self._find_code(home, code)
        if area:
            restored = code[0] == "0" and code not in "".join(filter(str.isalnum, postcode)).upper()
            return area._replace(exact=False, sharp=False) if restored and country != "US" else area
        return self._find_around(home, code)

    def find_everywhere(self, postcode: str) -> list[Area]:
        """The codes of all countries that are written like this one."""
        found = []
        for country in self._index.code_ranges:
            if is_written_like(country, postcode):
                code = normalize_postcode(country, postcode)
                area = self._find_code(country, code) if code else None
                found += [area] if area else []
        return found

    def _find_code(self, country: str, code: str) -> Area | None:
        """The area of a code of the table: of its longest form, but rather of one that is sharp."""
        found: Area | None = None
        for form in list_forms(country, code):
            start = encode(form)
            for number in self._index.find_codes(country, start, start + 1):
                area = self._build(country, form, number)
                if area.sharp or not found:
                    found = area._replace(code=code)
            if found and found.sharp:
                break
        return found

    def _find_home(self, country: str) -> str:
        """The country whose part of the table has the codes."""
        return (
            country if country in self._index.code_ranges or country not in ZIP_COUNTRIES else "US"
        )

    def _build(self, country: str, code: str, number: int) -> Area:
        index = self._index
        spread = index.code_spreads[number]
        rural = country == "CA" and code[1:2] == "0"
        tight = country in _TIGHT and not rural
        compact = spread <= _COMPACT_IN_KM.get(country, _COMPACT_KM)
        sharp = tight and compact and country in _SHARP and not index.code_cedex[number]
        return Area(
            country,
            index.code_rows[number],
            index.code_regions[number],
            index.code_point(number),
            spread
            + (
                _ZIP_REACH_KM
                if country in ZIP_COUNTRIES
                else _REACH_KM
                if tight
                else _RURAL_REACH_KM
                if rural and len(code) > _DISTRICT_LENGTH
                else _LOOSE_REACH_KM
            ),
            code,
            tight,
            sharp,
            zip_code=country in ZIP_COUNTRIES,
        )

    def _find_around(self, country: str, code: str) -> Area | None:
        """The middle of the codes that begin alike, unless they are all over the country."""
        index = self._index
        for length in range(len(code) - 1, 0, -1):
            numbers = index.find_codes(country, *encode_range(code[:length]))
            if not numbers:
                continue
            sample = numbers[:: max(1, len(numbers) // _SAMPLE)]
            points = [index.code_point(number) for number in sample]
            middle = (median(p[0] for p in points), median(p[1] for p in points))
            far = sorted(distance_km(middle, point) for point in points)
            spread = far[int(0.9 * (len(far) - 1))]
            if spread > _VAGUE_KM:
                return None
            regions = {index.code_regions[number] for number in sample}
            nearest = min(sample, key=lambda n: distance_km(middle, index.code_point(n)))
            row, region = index.code_rows[nearest], index.code_regions[nearest]
            if row < 0 and region >= 0:
                row = index.find_nearest_in_region(region, middle)
            return Area(
                country,
                row,
                regions.pop() if len(regions) == 1 else -1,
                middle,
                spread + _AROUND_REACH_KM,
            )
        return None

    def _find_listed(self, country: str, code: str) -> Area | None:
        """The area in our own table, for countries that the postal table lacks."""
        areas = self._index.areas.get(country)
        if not areas:
            return None
        for length in range(min(4, len(code)), 0, -1):
            found = areas.get(code[:length])
            if found:
                row, region = found
                point = self._index.point(row)
                return Area(country, row, region, point, _LISTED_REACH_KM, by_region=region >= 0)
        return None
