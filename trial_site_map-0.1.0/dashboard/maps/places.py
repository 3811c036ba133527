"""Places: the distinct positions of a site table, and the texts of places and sites."""

from collections.abc import Sequence
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
)
from dashboard.sites.fields import format_number, list_fields
from dashboard.sites.list_rows import name_rows
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.summary import country_label
from dashboard.sites.table import COLUMNS
from geocache.place import DOUBTFUL_FLAGS, Flag, Precision

AREAS = {Precision.REGION, Precision.COUNTRY}
PER_DEGREE = 100_000
"""Coordinates are whole numbers of 1/100,000 degree, about 1 m."""

FLAG_TEXTS = {
    Flag.AMBIGUOUS: "another place of this name is possible",
    Flag.APPROXIMATE: "approximate: the region or a nearby name, not the place itself",
    Flag.CONFLICTING_STATE: "the state given does not hold this city",
    Flag.CONFLICTING_POINT: "the registry's own point is elsewhere",
    Flag.OUTSIDE_COUNTRY: "outside the country given",
}
"""Each of :data:`~geocache.place.DOUBTFUL_FLAGS` in words."""


@dataclass(frozen=True, slots=True)
class PlaceIndex:
    """The places of a site table: sites at the same position and precision are one place.

    ``number`` has an entry for each row: its place, -1 without a position. The other arrays have an
    entry for each place: ``first`` its first row, ``latitude`` and ``longitude`` in 1/100,000
    degree, ``area`` 1 where the position is that of a region or a country.
    """

    number: npt.NDArray[np.int32]
    first: npt.NDArray[np.int64]
    latitude: npt.NDArray[np.int32]
    longitude: npt.NDArray[np.int32]
    area: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.first)


@memoize_per_table
def index_places(sites: pd.DataFrame) -> PlaceIndex:
    """The places of a site table, in the order of their first rows."""
    latitude = sites["latitude"].to_numpy(dtype="float64")
    rows = np.flatnonzero(~np.isnan(latitude))
    lat = _to_hundred_thousandths(latitude[rows])
    lon = _to_hundred_thousandths(sites["longitude"].to_numpy(dtype="float64")[rows])
    precision, precisions = factorize(sites["precision"])
    precision = precision[rows]
    keys = combine_codes(
        [(lat + 90 * PER_DEGREE, 2**25), (lon + 180 * PER_DEGREE, 2**26),
         (precision, len(precisions))]
    )  # fmt: skip
    codes, distinct = pd.factorize(keys)
    first = find_first_rows(codes, len(distinct))
    number = np.full(len(sites), -1, dtype=np.int32)
    number[rows] = codes
    areas = np.array([word in AREAS for word in precisions], dtype=np.uint8)
    return PlaceIndex(number, rows[first], lat[first], lon[first], areas[precision[first]])


def _to_hundred_thousandths(degrees: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    return np.round(degrees * PER_DEGREE).astype(np.int32)


@memoize_per_table
def label_places(sites: pd.DataFrame) -> list[str]:
    """The label of each place of :func:`index_places`: city and country of its first site."""
    first = sites.iloc[index_places(sites).first]
    columns = (list_texts(first[n]) for n in ("city", "place_name", "country_code", "country"))
    return [format_place(*texts) for texts in zip(*columns, strict=True)]


def format_place(city: str, place_name: str, code: str, country: str) -> str:
    """``Yvoir, Belgium``."""
    return ", ".join(part for part in (city or place_name, country_label(code, country)) if part)


def describe_doubt(flags: str) -> str:
    """Why a position is in doubt, in words; empty if none of its flags is doubtful."""
    return "; ".join(FLAG_TEXTS[Flag(flag)] for flag in flags.split(";") if flag in DOUBTFUL_FLAGS)


def find_doubtful(sites: pd.DataFrame) -> tuple[Codes, npt.NDArray[np.bool_]]:
    """The code of each row's ``flags``, and for each code whether it puts the position in doubt."""
    codes, distinct = factorize(sites["flags"])
    return codes, np.array([bool(describe_doubt(str(flags))) for flags in distinct], dtype=bool)


WHERE_TEXTS = {
    Precision.FACILITY: "at the hospital",
    Precision.POSTCODE: "in the postcode area",
    Precision.CITY: "in the city",
    Precision.REGION: "somewhere in the region",
    Precision.COUNTRY: "somewhere in the country",
}
"""Each precision of a position in words."""


def describe_precision(precision: str, uncertainty_km: float) -> str:
    """Where a position puts its site, and how far off the hospital may be.

    ``in the city; the hospital is likely within 4 km``. Without a radius only where.
    """
    where = WHERE_TEXTS.get(Precision(precision), "") if precision else ""
    if not where or pd.isna(uncertainty_km):
        return where
    if precision == Precision.FACILITY and uncertainty_km < 1:
        return where
    return f"{where}; the hospital is likely within {format_km(uncertainty_km)}"


def format_km(radius_km: float) -> str:
    """A radius in whole kilometres, at least one: ``4 km``."""
    return f"{max(1, round(radius_km)):,} km"


class SiteTexts(NamedTuple):
    """The columns that a site's title and detail are made of."""

    facility: str
    site_number: str
    trial_id: str
    status: str
    precision: str
    uncertainty_km: float
    list_name: str = ""
    own: str = ""


MAX_OWN = 3
"""Own columns in a site's detail unless some were chosen."""
_MAX_CHOSEN, _MAX_READ, _MAX_TEXT = 6, 30, 60


def read_site_texts(sites: pd.DataFrame, fields: Sequence[str] = ()) -> list[SiteTexts]:
    """These texts of each site.

    Args:
        sites: rows of a site table.
        fields: the own columns that were chosen; else each site has its first ones with a value.
    """
    columns = [list_texts(sites[name]) for name in SiteTexts._fields[:-3]]
    radii, lists = sites["uncertainty_km"].tolist(), name_rows(sites)
    own = _read_own_texts(sites, fields)
    return [SiteTexts(*texts) for texts in zip(*columns, radii, lists, own, strict=True)]


def _read_own_texts(sites: pd.DataFrame, fields: Sequence[str]) -> list[str]:
    known = list_fields(sites, COLUMNS)
    shown = [name for name in fields if name in known][:_MAX_CHOSEN] or known[:_MAX_READ]
    most = _MAX_CHOSEN if fields else MAX_OWN
    cells = [
        list(map(format_number, sites[name].tolist()))
        if sites[name].dtype.kind == "f"
        else list_texts(sites[name])
        for name in shown
    ]
    if not cells:
        return [""] * len(sites)
    return [
        " · ".join(
            [
                f"{name[:_MAX_TEXT]}: {text[:_MAX_TEXT]}"
                for name, text in zip(shown, row, strict=True)
                if text
            ][:most]
        )
        for row in zip(*cells, strict=True)
    ]


def format_title(site: Any) -> str:
    """The first line of a site: its facility, else its number, else ``Facility not named``."""
    if site.facility:
        return str(site.facility)
    return f"Site {site.site_number}" if site.site_number else "Facility not named"


def format_detail(site: SiteTexts) -> str:
    """The second line of a site: number, trial or list, status, own columns, how it is placed.

    A list that names no trial seldom states a status: where it does not, nothing is said of it.
    """
    number = f"Site {site.site_number}" if site.site_number and site.facility else ""
    named = site.trial_id or not site.list_name
    status = site.status or ("Status not stated" if named else "")
    placed = describe_precision(site.precision, site.uncertainty_km)
    parts = [number, site.trial_id or site.list_name, status, site.own, placed]
    return " · ".join(part for part in parts if part)
