"""Counts of facilities: the trials, sponsors and phases of each, and the spellings seen."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import (
    Codes,
    count_codes,
    count_distinct_pairs,
    factorize,
    find_first_rows,
    spread,
)
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.summary import country_label
from dashboard.sites.trial import Trial

FACILITY_COUNT_COLUMNS = (
    *("facility_id", "facility_name", "city", "state", "country", "country_code"),
    *("sites", "trials", "recruiting_trials", "sponsors", "phases"),
    *("first_year", "last_year", "spellings"),
)
_RECRUITING = "Recruiting"


@memoize_per_table
def count_by_facility(sites: pd.DataFrame) -> pd.DataFrame:
    """One row per facility with :data:`FACILITY_COUNT_COLUMNS`, most trials first, then most sites.

    ``sponsors`` and ``spellings`` are numbers, ``phases`` texts separated by ``;``. The years are
    empty: :func:`add_years` fills them. A last column ``trial_ids`` holds lists.
    """
    facility, ids = factorize(sites["facility_id"])
    rows = np.flatnonzero(spread(facility, np.asarray(ids != "", dtype=bool)))
    if not len(rows):
        return pd.DataFrame(columns=[*FACILITY_COUNT_COLUMNS, "trial_ids"])
    group, present = pd.factorize(facility[rows])
    size = len(present)
    first = sites.iloc[rows[find_first_rows(group, size)]]
    trial, trials = factorize(sites["trial_id"])
    trial = trial[rows]
    recruits = (sites["status"] == _RECRUITING).to_numpy()[rows]
    recruiting = np.flatnonzero(recruits)
    lands = zip(first["country_code"], first["country"], strict=True)
    trial_ids = _list_texts(group, trial, trials, size)
    counts = pd.DataFrame(
        {
            "facility_id": ids[present],
            "facility_name": first["facility_name"].astype("str").to_numpy(),
            "city": first["city"].astype("str").to_numpy(),
            "state": first["state"].astype("str").to_numpy(),
            "country": [country_label(str(code), str(text)) for code, text in lands],
            "country_code": first["country_code"].astype("str").to_numpy(),
            "sites": count_codes(group, size),
            "trials": [len(of) for of in trial_ids],
            "recruiting_trials": count_distinct_pairs(
                group[recruiting], trial[recruiting], size, len(trials)
            ),
            "sponsors": _count_texts(sites, "sponsor", rows, group, size),
            "phases": [
                "; ".join(of) for of in _list_texts(group, *_take(sites, "phase", rows), size)
            ],
            "first_year": "",
            "last_year": "",
            "spellings": _count_texts(sites, "facility", rows, group, size),
            "trial_ids": trial_ids,
        }
    )
    order = ["trials", "sites", "facility_name", "facility_id"]
    counts = counts.sort_values(order, ascending=[False, False, True, True], kind="stable")
    return counts.reset_index(drop=True)


def add_years(counts: pd.DataFrame, trials: Mapping[str, Trial]) -> pd.DataFrame:
    """The counts with the years in which the first and the last trial began, where it is known."""
    years = {name: trial.start_date[:4] for name, trial in trials.items() if trial.start_date}
    begun = [sorted({years[name] for name in ids if name in years}) for ids in counts["trial_ids"]]
    return counts.assign(
        first_year=[of[0] if of else "" for of in begun],
        last_year=[of[-1] if of else "" for of in begun],
    )


def complete_counts(counts: pd.DataFrame, trials: Mapping[str, Trial]) -> pd.DataFrame:
    """The counts with years and :data:`FACILITY_COUNT_COLUMNS` alone, for the API and files."""
    return add_years(counts, trials)[list(FACILITY_COUNT_COLUMNS)]


def find_other_trials(site: pd.Series, sites: pd.DataFrame) -> list[str]:
    """The other trials at the facility of a row; empty if the facility is a placeholder."""
    if not site.facility_id:
        return []
    there = select_facility(sites, site.facility_id)["trial_id"].astype("str").unique()
    return sorted(set(there) - {site.trial_id, ""})


def select_facility(sites: pd.DataFrame, facility_id: str) -> pd.DataFrame:
    """The sites at one facility."""
    return sites[(sites["facility_id"] == facility_id).to_numpy()]


def list_spellings(sites: pd.DataFrame) -> pd.DataFrame:
    """The distinct spellings of some sites, with their place and number of sites, most first."""
    names = ["facility", "city", "state", "country"]
    texts = sites[names].astype("str")
    counts = texts.groupby(names, sort=True).size().reset_index(name="sites")
    return counts.sort_values("sites", ascending=False, kind="stable").reset_index(drop=True)


def list_points(sites: pd.DataFrame) -> pd.DataFrame:
    """The distinct points of some sites: latitude, longitude and number of sites, most first."""
    counts = sites.groupby(["latitude", "longitude"], sort=True).size().reset_index(name="sites")
    return counts.sort_values("sites", ascending=False, kind="stable").reset_index(drop=True)


def name_facilities(sites: pd.DataFrame, facility_ids: Iterable[str]) -> dict[str, str]:
    """The names of some facilities by id; an unknown id is its own name."""
    wanted = dict.fromkeys(facility_ids)
    codes, ids = factorize(sites["facility_id"])
    first = find_first_rows(codes, len(ids))
    rows = {str(one): int(row) for one, row in zip(ids, first, strict=True) if str(one) in wanted}
    return {
        one: str(sites["facility_name"].iloc[rows[one]])
        if one in rows and rows[one] < len(sites)
        else one
        for one in wanted
    }


def _take(sites: pd.DataFrame, name: str, rows: Codes) -> tuple[Codes, pd.Index]:
    codes, distinct = factorize(sites[name])
    return codes[rows], distinct


def _count_texts(
    sites: pd.DataFrame, name: str, rows: Codes, group: Codes, size: int
) -> np.ndarray:
    """For each group the number of its distinct texts that are not empty."""
    codes, distinct = _take(sites, name, rows)
    said = np.flatnonzero(np.asarray(distinct != "", dtype=bool)[codes])
    return count_distinct_pairs(group[said], codes[said], size, len(distinct))


def _list_texts(group: Codes, codes: Codes, distinct: pd.Index, size: int) -> list[list[str]]:
    """For each group its distinct texts that are not empty, sorted."""
    pairs = pd.unique(group.astype(np.int64) * len(distinct) + codes)
    of_group, number = pairs // len(distinct), pairs % len(distinct)
    texts = distinct.astype("str").to_numpy(dtype=object)[number]
    order = np.argsort(of_group, kind="stable")
    parts = np.split(texts[order], np.searchsorted(of_group[order], np.arange(1, size)))
    return [sorted(text for text in part if text) for part in parts]
