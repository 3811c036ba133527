"""The distinct positions of a site table: what the map draws instead of sites."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.sites.categoricals import (
    Codes,
    combine_codes,
    factorize,
    find_first_rows,
    list_texts,
    memoize_per_table,
)
from dashboard.sites.summary import country_label
from geocache.place import Flag, Precision

AREAS = {Precision.REGION, Precision.COUNTRY}
HUNDRED_THOUSANDTHS = 100_000

FLAG_WORDS = {
    Flag.AMBIGUOUS: "another place of this name is possible",
    Flag.APPROXIMATE: "approximate: the region or a nearby name, not the place itself",
    Flag.CONFLICTING_STATE: "the state given does not hold this city",
    Flag.CONFLICTING_POINT: "the registry's own point is elsewhere",
    Flag.OUTSIDE_COUNTRY: "outside the country given",
    Flag.PLACEHOLDER_FACILITY: "",
}
"""What each flag tells a reader; empty where it says nothing about the position."""


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """The places of one table; sites at the same position and precision are one place.

    ``number`` has the place of each row, -1 without a position. The others have an entry a place:
    ``first`` its first row, ``latitude`` and ``longitude`` in 1/100,000 degree, ``area`` 1 where
    the position is a region's or a country's.
    """

    number: npt.NDArray[np.int32]
    first: npt.NDArray[np.int64]
    latitude: npt.NDArray[np.int32]
    longitude: npt.NDArray[np.int32]
    area: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.first)


@memoize_per_table
def place_index(sites: pd.DataFrame) -> PlaceIndex:
    """The places of a site table, in the order of their first sites."""
    latitude = sites["latitude"].to_numpy(dtype="float64")
    rows = np.flatnonzero(~np.isnan(latitude))
    lat = _whole(latitude[rows])
    lon = _whole(sites["longitude"].to_numpy(dtype="float64")[rows])
    precision, precisions = factorize(sites["precision"])
    precision = precision[rows]
    keys = combine_codes(
        [(lat + 90 * HUNDRED_THOUSANDTHS, 2**25), (lon + 180 * HUNDRED_THOUSANDTHS, 2**26),
         (precision, len(precisions))]
    )  # fmt: skip
    codes, distinct = pd.factorize(keys)
    first = find_first_rows(codes, len(distinct))
    number = np.full(len(sites), -1, dtype=np.int32)
    number[rows] = codes
    areas = np.array([word in AREAS for word in precisions], dtype=np.uint8)
    return PlaceIndex(number, rows[first], lat[first], lon[first], areas[precision[first]])


def _whole(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.round(degrees * HUNDRED_THOUSANDTHS).astype(np.int32)


@memoize_per_table
def place_labels(sites: pd.DataFrame) -> list[str]:
    """What each place of :func:`place_index` is called: its first site's city and country."""
    first = sites.iloc[place_index(sites).first]
    columns = (list_texts(first[n]) for n in ("city", "place_name", "country_code", "country"))
    return [place_label(*words) for words in zip(*columns, strict=True)]


def place_label(city: str, place_name: str, code: str, country: str) -> str:
    """``Yvoir, Belgium``."""
    return ", ".join(part for part in (city or place_name, country_label(code, country)) if part)


def doubt(flags: str) -> str:
    """What the flags of a site say about its position, in words; empty when nothing."""
    words = [FLAG_WORDS.get(Flag(flag), "") for flag in flags.split(";") if flag]
    return "; ".join(word for word in words if word)


def doubtful(sites: pd.DataFrame) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """The codes of the flags, and which of their distinct texts say something to doubt."""
    codes, distinct = factorize(sites["flags"])
    return codes, np.array([bool(doubt(str(flags))) for flags in distinct], dtype=bool)


class SiteWords(NamedTuple):
    """What a site's two lines are made of."""

    facility: str
    site_number: str
    trial_id: str
    status: str
    precision: str


def words_of(sites: pd.DataFrame) -> list[SiteWords]:
    """The words of each site."""
    columns = (list_texts(sites[name]) for name in SiteWords._fields)
    return [SiteWords(*words) for words in zip(*columns, strict=True)]


def site_title(site: Any) -> str:
    """The line a site is called by: facility, else its number, else that it has no name."""
    if site.facility:
        return str(site.facility)
    return f"Site {site.site_number}" if site.site_number else "Facility not named"


def site_detail(site: Any) -> str:
    """The second line of a site: number, trial, status, precision."""
    number = f"Site {site.site_number}" if site.site_number and site.facility else ""
    status = site.status or "Status not stated"
    parts = [number, site.trial_id, status, f"precision: {site.precision}"]
    return " · ".join(part for part in parts if part)
