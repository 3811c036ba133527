"""Looks up postcodes: a point for a US ZIP code, an approximate area elsewhere."""

import re
from functools import lru_cache
from typing import NamedTuple

from geocache.gazetteer.index import Index

DIGITS = {
    "AR": 4, "AT": 4, "AU": 4, "BE": 4, "BG": 4, "BR": 8, "CH": 4, "CL": 7, "CN": 6, "CO": 6,
    "CZ": 5, "DE": 5, "DK": 4, "EE": 5, "ES": 5, "FI": 5, "FR": 5, "GR": 5, "HR": 5, "HU": 4,
    "ID": 5, "IN": 6, "IT": 5, "JP": 7, "KR": 5, "LT": 5, "LV": 4, "MX": 5, "MY": 5,
    "NL": 4, "NO": 4, "NZ": 4, "PH": 4, "PL": 5, "PT": 7, "RO": 6, "RS": 5, "RU": 6, "SE": 5,
    "SI": 4, "SK": 5, "TH": 5, "TR": 5, "UA": 5, "VN": 6, "ZA": 4, "PE": 5, "IR": 10,
    "US": 5, "PR": 5, "PK": 5, "EG": 5, "SA": 5, "TW": 3, "IL": 5,
}  # fmt: skip
"""Number of digits of a postcode; leading zeros dropped by a spreadsheet are restored."""

_LOOSE_LENGTH = frozenset(("CL", "JP", "PT", "BR", "IR", "IL", "TW", "RS", "SA", "VN"))
_ZIP_COUNTRIES = frozenset(("US", "PR", "GU", "VI", "AS", "MP"))
_LETTERED = frozenset(("CA", "IE"))
_NOT_ALNUM = re.compile(r"[^A-Za-z0-9]+")
_NOT_DIGIT = re.compile(r"\D+")
_GB = re.compile(r"^\s*([A-Za-z]{1,2})\d")
_DEFAULT_REACH_KM = 70.0
_REACH_KM = {"DE": 60.0, "GB": 50.0, "IT": 60.0, "JP": 60.0, "NL": 40.0, "BE": 45.0, "CH": 50.0,
             "AU": 90.0, "RU": 200.0, "BR": 150.0, "AR": 150.0, "CN": 100.0, "IN": 90.0,
             "CL": 100.0, "ZA": 110.0, "TR": 90.0, "FR": 80.0, "ES": 90.0}  # fmt: skip


class Area(NamedTuple):
    """The area of a postcode: near ``point``, or in ``region`` unless that is -1.

    A US ZIP code has both and is ``exact``. ``row`` is the area's main city, -1 for a ZIP code.
    """

    row: int
    region: int
    point: tuple[float, float]
    reach_km: float
    name: str = ""
    exact: bool = False


class Postcodes:
    """Looks up postcodes by country."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.find = lru_cache(maxsize=50_000)(self._find)

    def _find(self, country: str, postcode: str) -> Area | None:
        """The area of a postcode, ``None`` if unknown."""
        if country in _ZIP_COUNTRIES:
            return self._zip(postcode)
        areas = self._index.areas.get(country)
        if not areas:
            return None
        if country == "GB":
            letters = _GB.match(postcode)
            code = letters[1].upper() if letters else ""
        elif country in _LETTERED:
            code = _NOT_ALNUM.sub("", postcode[:24]).upper()
        else:
            code = self._digits(country, postcode)
        for length in range(min(4, len(code)), 0, -1):
            found = areas.get(code[:length])
            if found:
                row, region = found
                reach = _REACH_KM.get(country, _DEFAULT_REACH_KM)
                return Area(row, region, self._index.point(row), reach)
        return None

    @staticmethod
    def _digits(country: str, postcode: str) -> str:
        digits = _NOT_DIGIT.sub("", postcode[:24])
        wanted = DIGITS.get(country, 0)
        if len(digits) == wanted - 1 and country not in _LOOSE_LENGTH:
            digits = "0" + digits
        if len(digits) < min(wanted, 3) or not digits.strip("0"):
            return ""
        if wanted and len(digits) != wanted and country not in _LOOSE_LENGTH:
            return ""
        return digits

    def _zip(self, postcode: str) -> Area | None:
        digits = _NOT_DIGIT.sub("", postcode.split("-", maxsplit=1)[0][:12])
        found = self._index.zips.get(digits.zfill(5)[:5]) if len(digits) >= 3 else None
        if not found:
            return None
        region, latitude, longitude, name = found
        return Area(-1, region, (latitude, longitude), 30.0, name, exact=True)
