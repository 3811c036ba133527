"""Compares two site tables: what both have, counts side by side, and the nearest site of the other.

Two facilities are the same if the rules of ``docs/facilities.md`` join their names. A placeholder
("Research Site") names none: whether the other table has that hospital too cannot be told, and the
result says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.sites.categoricals import (
    Codes,
    categorical_from_codes,
    combine_codes,
    concat_tables,
    factorize,
    normalize_texts,
)
from dashboard.sites.facility_columns import (
    FACILITY_COLUMNS,
    add_facilities,
    number_facilities,
)
from dashboard.sites.summary import country_label
from dashboard.sites.table import COLUMNS
from geocache.geo.distance import EARTH_RADIUS_KM
from geocache.geo.sphere import build_tree, to_unit_vectors

ONLY_A, ONLY_B, BOTH, NOT_NAMED = "only in A", "only in B", "in both", "facility not named"
FOUND = (BOTH, ONLY_A, ONLY_B, NOT_NAMED)
"""Where a site's facility was found; the last for sites that name none."""

NEAREST_COLUMNS = (
    *("nearest_trial_id", "nearest_facility", "nearest_city", "nearest_country"),
    *("nearest_precision", "nearest_km"),
)
SITE_COLUMNS = ("side", "found", *COLUMNS, *NEAREST_COLUMNS)
COUNT_COLUMNS = ("sites_a", "sites_b", "facilities_a", "facilities_b", "facilities_both")
COUNTRY_COLUMNS = ("country", "country_code", *COUNT_COLUMNS)
STATE_COLUMNS = ("country", "country_code", "state", *COUNT_COLUMNS)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two site tables compared.

    ``sites`` has :data:`SITE_COLUMNS`, one row per site of A and then of B: ``side`` is A or B, and
    the nearest site is one of the other side, ``nearest_km`` away (0.1 km, empty without a
    position). ``countries`` and ``states`` have the counts of both, most sites first.
    ``facilities`` counts the facilities by where they were found.
    """

    sites: pd.DataFrame
    countries: pd.DataFrame
    states: pd.DataFrame
    facilities: dict[str, int]


def compare_sites(a: pd.DataFrame, b: pd.DataFrame, within_km: float | None = None) -> Comparison:
    """Two site tables compared.

    Where a table has no facilities yet (:data:`FACILITY_COLUMNS` are empty), its sites get those of
    both tables joined.

    Args:
        a: one site table.
        b: the other.
        within_km: keep only the sites with one of the other side no farther away than this; the
            counts are of all sites.
    """
    sizes = len(a), len(b)
    names = [name for name in COLUMNS if name in a and name in b]
    both = concat_tables([a[names], b[names]]) if any(sizes) else a[names]
    in_b = np.arange(len(both)) >= len(a)
    joined = add_facilities(both) if len(both) else both
    facility = number_facilities(joined)
    both = _fill_in_facilities(both, joined, len(a))
    found = _find_sides(facility, in_b)
    first = pd.DataFrame(
        {
            "side": categorical_from_codes(in_b.astype(np.int8), ["A", "B"]),
            "found": categorical_from_codes(found, list(FOUND)),
        }
    )
    sites = pd.concat([first, both, _find_nearest(both, len(a))], axis=1)
    if within_km is not None:
        sites = sites[sites["nearest_km"].to_numpy() <= within_km].reset_index(drop=True)
    named = facility >= 0
    of_facility = pd.Series(found[named]).groupby(facility[named]).first()
    counts = np.bincount(of_facility.to_numpy(dtype=np.int64), minlength=len(FOUND))
    return Comparison(
        sites,
        _count(both, in_b, facility, ("country_code",)),
        _count(both, in_b, facility, ("country_code", "state")),
        {where: int(n) for where, n in zip(FOUND, counts, strict=True) if where != NOT_NAMED},
    )


def _fill_in_facilities(both: pd.DataFrame, joined: pd.DataFrame, size_a: int) -> pd.DataFrame:
    """Both tables, with the facilities of ``joined`` in each that has none."""
    columns = [name for name in FACILITY_COLUMNS if name in both]
    parts = []
    for rows in (slice(size_a), slice(size_a, None)):
        part = both[columns].iloc[rows]
        is_blank = all(_is_blank(part[name]) for name in columns)
        parts.append(joined[columns].iloc[rows] if is_blank else part)
    if not columns or not len(both):
        return both
    filled = concat_tables(parts)
    return both.assign(**{name: filled[name] for name in columns})


def _is_blank(column: pd.Series) -> bool:
    codes, distinct = factorize(column)
    return not np.asarray(distinct != "", dtype=bool)[np.unique(codes)].any()


def _find_sides(facility: npt.NDArray[np.int64], in_b: npt.NDArray[np.bool_]) -> Codes:
    """For each row the place in :data:`FOUND`."""
    named = facility >= 0
    size = int(facility.max(initial=-1)) + 1
    in_sides = [np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)]
    in_sides[0][facility[named & ~in_b]] = True
    in_sides[1][facility[named & in_b]] = True
    of_facility = np.where(
        in_sides[0] & in_sides[1],
        FOUND.index(BOTH),
        np.where(in_sides[0], FOUND.index(ONLY_A), FOUND.index(ONLY_B)),
    )
    found = np.full(len(facility), FOUND.index(NOT_NAMED), dtype=np.int8)
    found[named] = of_facility[facility[named]]
    return found


def _find_nearest(both: pd.DataFrame, size_a: int) -> pd.DataFrame:
    """For each row the nearest site of the other side, :data:`NEAREST_COLUMNS`."""
    rows = np.full(len(both), -1, dtype=np.int64)
    km = np.full(len(both), np.nan)
    points = to_unit_vectors(both["latitude"].to_numpy(), both["longitude"].to_numpy())
    sides = np.arange(size_a), np.arange(size_a, len(both))
    for own, other in (sides, sides[::-1]):
        rows[own], km[own] = find_nearest_rows(points, own, other)
    columns: dict[str, object] = {}
    for name in NEAREST_COLUMNS[:-1]:
        codes, texts = factorize(both[name.removeprefix("nearest_")])
        categories = texts.astype("str")
        blank = categories.get_indexer(pd.Index([""], dtype="str"))[0]
        if blank < 0:
            blank, categories = len(categories), categories.append(pd.Index([""], dtype="str"))
        taken = np.full(len(both), blank, dtype=np.int64)
        taken[rows >= 0] = codes[rows[rows >= 0]]
        columns[name] = pd.Categorical.from_codes(taken, categories=categories)
    return pd.DataFrame({**columns, "nearest_km": km.round(1)}, index=both.index)


def find_nearest_rows(
    points: npt.NDArray[np.float64], own: Codes, other: Codes
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """For each of some rows the nearest of other rows (-1 for none), and the distance in km.

    Of several equally near the first row is taken if they stand at one point.

    Args:
        points: unit vectors of all rows, NaN without a position.
        own: numbers of the rows asked for.
        other: numbers of the rows among which is searched.
    """
    rows = np.full(len(own), -1, dtype=np.int64)
    km = np.full(len(own), np.nan)
    located = other[~np.isnan(points[other, 0])]
    asking = np.flatnonzero(~np.isnan(points[own, 0]))
    if not len(located) or not len(asking):
        return rows, km
    # Many sites stand at one point, their city's: a tree of distinct points is small and balanced.
    distinct = pd.DataFrame(points[located]).drop_duplicates()
    chord, nearest = build_tree(distinct.to_numpy()).query(points[own[asking]])
    rows[asking] = located[distinct.index.to_numpy()[nearest]]
    km[asking] = 2 * EARTH_RADIUS_KM * np.arcsin(np.clip(chord / 2, 0, 1))
    return rows, km


def _count(
    both: pd.DataFrame,
    in_b: npt.NDArray[np.bool_],
    facility: npt.NDArray[np.int64],
    by: Sequence[str],
) -> pd.DataFrame:
    """Sites and facilities of both sides per group of equal texts, most sites first."""
    columns = (*(("country", "country_code", "state")[: len(by) + 1]), *COUNT_COLUMNS)
    if both.empty:
        return pd.DataFrame(columns=list(columns))
    coded = []
    for name in by:
        codes, distinct = factorize(both[name])
        plain = pd.factorize(normalize_texts(distinct).to_numpy(zero_copy_only=False))[0]
        coded.append((plain[codes], len(distinct)))
    group, _ = pd.factorize(combine_codes(coded))
    size = int(group.max()) + 1
    first = np.full(size, 0)
    first[group[::-1]] = np.arange(len(both))[::-1]
    heads = both.iloc[first]
    pairs = zip(heads["country_code"].astype(str), heads["country"].astype(str), strict=True)
    counts: dict[str, object] = {
        "country": [country_label(code, text) for code, text in pairs],
        "country_code": heads["country_code"].astype(str).to_numpy(),
    }
    if "state" in by:
        counts["state"] = heads["state"].astype(str).to_numpy()
    counts["sites_a"] = np.bincount(group[~in_b], minlength=size)
    counts["sites_b"] = np.bincount(group[in_b], minlength=size)
    seen = pd.DataFrame({"group": group, "facility": facility, "b": in_b})
    seen = seen[seen["facility"] >= 0].drop_duplicates()
    in_a = seen[~seen["b"]][["group", "facility"]]
    shared = in_a.merge(seen[seen["b"]][["group", "facility"]])
    for name, part in (("a", in_a), ("b", seen[seen["b"]]), ("both", shared)):
        counts[f"facilities_{name}"] = np.bincount(part["group"].to_numpy(), minlength=size)
    table = pd.DataFrame(counts)[list(columns)]
    total = table["sites_a"] + table["sites_b"]
    order = table.assign(total=total).sort_values(
        ["total", *columns[: len(by) + 1]],
        ascending=[False, *(True for _ in columns[: len(by) + 1])],
        kind="stable",
    )
    return order[list(columns)].reset_index(drop=True)
