"""Joins the sites' facilities: the columns ``facility_id`` and ``facility_name``."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.sites.categoricals import (
    Codes,
    categorical_from_codes,
    combine_codes,
    count_codes,
    factorize,
    find_first_rows,
)
from dashboard.sites.memo import memoize_per_table
from geocache.facilities import Correction, Facility, FacilityJoiner, Named, find_area

FACILITY_COLUMNS = ("facility_id", "facility_name")
MATCH_COLUMNS = (*FACILITY_COLUMNS, "facility_match", "facility_score")

_joiner = FacilityJoiner()
"""One for the process: it remembers places, so that one more list costs only its own."""


def add_facilities(
    sites: pd.DataFrame,
    corrections: Iterable[Correction] = (),
    progress: Callable[[float], None] | None = None,
) -> pd.DataFrame:
    """The site table with :data:`FACILITY_COLUMNS` filled in; empty where no facility is named."""
    codes, named = list_named(sites)
    counts = count_codes(codes, len(named))
    found = _joiner.join(named, counts.tolist(), corrections, progress)
    return sites.assign(**_build_columns(sites, codes, found))


def add_facilities_of_new(
    sites: pd.DataFrame, new_from: int, corrections: Iterable[Correction] = ()
) -> pd.DataFrame:
    """As :func:`add_facilities` where only the rows from ``new_from`` on are new.

    Only the places of the new rows, with their suburbs, are joined again.
    """
    codes, named = list_named(sites)
    counts = count_codes(codes, len(named)).tolist()
    areas = [find_area(one.city, one.state, one.country) for one in named]
    touched = {areas[code] for code in np.unique(codes[new_from:]).tolist()}
    again = [number for number, area in enumerate(areas) if area in touched]
    first = find_first_rows(codes, len(named))
    stored = zip(
        *(sites[name].iloc[first].astype("str").tolist() for name in FACILITY_COLUMNS), strict=True
    )
    found = [Facility(facility_id, name) for facility_id, name in stored]
    joined = _joiner.join(
        [named[number] for number in again], [counts[number] for number in again], corrections
    )
    for number, facility in zip(again, joined, strict=True):
        found[number] = facility
    return sites.assign(**_build_columns(sites, codes, found))


def match_facilities(sites: pd.DataFrame, corrections: Iterable[Correction] = ()) -> pd.DataFrame:
    """For each row :data:`MATCH_COLUMNS`: its facility, how it was joined, and how surely."""
    codes, named = list_named(sites)
    found = _joiner.join(named, count_codes(codes, len(named)).tolist(), corrections)
    columns = _build_columns(sites, codes, found)
    match = categorical_from_codes(codes, [one.match for one in found])
    columns["facility_match"] = pd.Series(match, index=sites.index)
    scores = np.array([one.score if one.facility_id else np.nan for one in found], dtype="float64")
    columns["facility_score"] = pd.Series(
        scores[codes] if len(found) else np.empty(0), index=sites.index
    )
    return pd.DataFrame(columns)


@memoize_per_table
def find_whole(
    sites: pd.DataFrame, facility_id: str, corrections: tuple[Correction, ...] = ()
) -> str:
    """The id of the group, university or whole that a facility is part of; else empty."""
    rows = np.flatnonzero((sites["facility_id"] == facility_id).to_numpy())
    if not len(rows):
        return ""
    country = (sites["country_code"] == sites["country_code"].iloc[rows[0]]).to_numpy()
    _, named = list_named(sites[country])
    _, own = list_named(sites.iloc[rows])
    areas = {find_area(one.city, one.state, one.country) for one in own}
    near = [one for one in named if find_area(one.city, one.state, one.country) in areas]
    found = _joiner.join(near, None, corrections)
    return next((one.part_of for one in found if one.facility_id == facility_id), "")


def number_facilities(sites: pd.DataFrame) -> npt.NDArray[np.int64]:
    """For each row the number of its facility; -1 where it is not named."""
    if not len(sites):
        return np.empty(0, dtype=np.int64)
    codes, ids = factorize(add_facilities(sites)["facility_id"])
    numbers = codes.astype(np.int64)
    numbers[np.asarray(ids == "", dtype=bool)[codes]] = -1
    return numbers


def list_named(sites: pd.DataFrame) -> tuple[Codes, list[Named]]:
    """For each row the code of its facility as written, and those by code."""
    columns = [factorize(sites[name]) for name in (*Named._fields, "country_code")]
    codes, keys = pd.factorize(combine_codes((of, len(distinct)) for of, distinct in columns))
    first = find_first_rows(codes, len(keys))
    texts = [distinct.astype("str")[of[first]].tolist() for of, distinct in columns]
    rows = zip(*texts, strict=True)
    return codes, [
        Named(facility, city, state, code or country)
        for facility, city, state, country, code in rows
    ]


def _build_columns(
    sites: pd.DataFrame, codes: Codes, found: Sequence[Facility]
) -> dict[str, pd.Series]:
    return {
        name: pd.Series(
            categorical_from_codes(codes, [getattr(one, name) for one in found]), index=sites.index
        )
        for name in FACILITY_COLUMNS
    }
