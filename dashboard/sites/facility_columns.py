"""Joins the sites' facilities: the columns ``facility_id`` and ``facility_name``."""

from collections.abc import Callable, Iterable, Iterator, Sequence

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
from geocache.facilities import Block, Correction, Facility, FacilityJoiner, Named, find_area

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
    place, areas = _list_areas(sites)
    touched = {areas[code] for code in np.unique(place[new_from:]).tolist()}
    rows = np.flatnonzero(np.array([area in touched for area in areas], dtype=bool)[place])
    again = sites.iloc[rows]
    codes, named = list_named(again)
    found = _joiner.join(named, count_codes(codes, len(named)).tolist(), corrections)
    return sites.assign(
        **{
            name: _replace_texts(sites[name], rows, codes, [getattr(one, name) for one in found])
            for name in FACILITY_COLUMNS
        }
    )


def _list_areas(sites: pd.DataFrame) -> tuple[Codes, list[Block]]:
    """For each row the code of its place, and by code the area that it belongs to."""
    codes, rows = _factorize_rows(sites, ("city", "state", "country", "country_code"))
    return codes, [find_area(city, state, code or country) for city, state, country, code in rows]


def _replace_texts(
    column: pd.Series, rows: npt.NDArray[np.int64], codes: Codes, texts: list[str]
) -> pd.Series:
    """A column with ``texts[code]`` in some rows."""
    old, distinct = factorize(column)
    known = distinct.astype("str")
    new = pd.Index(texts, dtype="str")
    known = known.append(new.unique().difference(known, sort=False))
    changed = old.astype(np.int64)
    changed[rows] = known.get_indexer(new)[codes]
    return pd.Series(pd.Categorical.from_codes(changed, categories=known), index=column.index)


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
    own = (sites["facility_id"] == facility_id).to_numpy()
    place, areas = _list_areas(sites)
    touched = {areas[code] for code in np.unique(place[own]).tolist()}
    near = np.array([area in touched for area in areas], dtype=bool)[place]
    _, named = list_named(sites[near])
    found = _joiner.join(named, None, corrections)
    return next((one.part_of for one in found if one.facility_id == facility_id), "")


def number_facilities(sites: pd.DataFrame) -> npt.NDArray[np.int64]:
    """For each row the number of its ``facility_id``; -1 where it names none."""
    if not len(sites):
        return np.empty(0, dtype=np.int64)
    codes, ids = factorize(sites["facility_id"])
    numbers = codes.astype(np.int64)
    numbers[np.asarray(ids == "", dtype=bool)[codes]] = -1
    return numbers


def list_named(sites: pd.DataFrame) -> tuple[Codes, list[Named]]:
    """For each row the code of its facility as written, and those by code."""
    codes, rows = _factorize_rows(sites, (*Named._fields, "country_code"))
    return codes, [
        Named(facility, city, state, code or country)
        for facility, city, state, country, code in rows
    ]


def _factorize_rows(
    sites: pd.DataFrame, names: Iterable[str]
) -> tuple[Codes, Iterator[tuple[str, ...]]]:
    """For each row the code of its texts in some columns, and those texts by code."""
    columns = [factorize(sites[name]) for name in names]
    codes, keys = pd.factorize(combine_codes((of, len(distinct)) for of, distinct in columns))
    first = find_first_rows(codes, len(keys))
    texts = [distinct.astype("str")[of[first]].tolist() for of, distinct in columns]
    return codes, zip(*texts, strict=True)


def _build_columns(
    sites: pd.DataFrame, codes: Codes, found: Sequence[Facility]
) -> dict[str, pd.Series]:
    return {
        name: pd.Series(
            categorical_from_codes(codes, [getattr(one, name) for one in found]), index=sites.index
        )
        for name in FACILITY_COLUMNS
    }
