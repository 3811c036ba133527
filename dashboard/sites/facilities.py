"""Groups facilities across trials by the spelling of their names."""

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc

from dashboard.sites.categoricals import (
    Codes,
    combine_codes,
    count_codes,
    factorize,
    find_first_rows,
    normalize_text,
    normalize_texts,
    spread,
)
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.summary import country_label
from geocache.geo.facilities import is_placeholder

FACILITY_COLUMNS = ("facility", "city", "country", "sites", "trials", "trial_ids")

_JOINED = re.compile(r"['’´`.]")
_BETWEEN = re.compile(r"[^\w]+")


@lru_cache(maxsize=65536)
def facility_key(name: str) -> str:
    """An equal key for names that differ only in case, accents, punctuation, dashes or "the".

    ``Dana-Farber Cancer Institute`` and ``dana farber cancer institute`` have one key; names that
    differ in any other word do not.
    """
    words = _BETWEEN.sub(" ", _JOINED.sub("", normalize_text(name))).split()
    return " ".join(word for word in words if word not in {"the", "and", "of"})


@memoize_per_table
def count_by_facility(sites: pd.DataFrame) -> pd.DataFrame:
    """One row per facility with :data:`FACILITY_COLUMNS`, most trials first, then most sites.

    Facilities are distinguished by name, city and country; placeholders ("Research Site") are left
    out. The name is the most frequent spelling; ``trial_ids`` is a list.
    """
    facility, names = factorize(sites["facility"])
    city, cities = factorize(sites["city"])
    land, lands = factorize(sites["country_code"])
    trial, trials = factorize(sites["trial_id"])
    name_key, place_key = (
        _number_keys(names),
        pd.factorize(normalize_texts(cities).to_numpy(zero_copy_only=False))[0],
    )
    named = np.flatnonzero(spread(facility, name_key > 0))
    if not len(named):
        return pd.DataFrame(columns=list(FACILITY_COLUMNS))
    facility, trial = facility[named], trial[named]
    keys = combine_codes(
        [
            (name_key[facility], len(names) + 1),
            (place_key[city[named]], len(cities)),
            (land[named], len(lands)),
        ]
    )
    group, distinct = pd.factorize(keys)
    size = len(distinct)
    first = sites.iloc[named[find_first_rows(group, size)]]
    ids = _list_trial_ids(group, trial, trials, size)
    codes_and_texts = zip(first["country_code"], first["country"], strict=True)
    counts = pd.DataFrame(
        {
            "facility": _most_frequent_names(group, facility, names, size),
            "city": first["city"].astype("str").to_numpy(),
            "country": [country_label(str(code), str(text)) for code, text in codes_and_texts],
            "sites": count_codes(group, size),
            "trials": [len(of) for of in ids],
            "trial_ids": ids,
        }
    )
    counts = counts.sort_values(
        ["trials", "sites", "facility"], ascending=[False, False, True], kind="stable"
    )
    return counts[list(FACILITY_COLUMNS)].reset_index(drop=True)


def find_other_trials(site: pd.Series, sites: pd.DataFrame) -> list[str]:
    """The other trials at the facility of a row, grouped as in :func:`count_by_facility`.

    Empty if the facility is a placeholder.
    """
    key = "" if is_placeholder(site.facility) else facility_key(site.facility)
    if not key:
        return []
    city, cities = factorize(sites["city"])
    same = pc.equal(normalize_texts(cities), normalize_text(site.city)).to_numpy(
        zero_copy_only=False
    )
    near = sites[spread(city, same) & (sites["country_code"] == site.country_code).to_numpy()]
    pairs = near[["facility", "trial_id"]].drop_duplicates().astype("str")
    there = {trial for name, trial in pairs.itertuples(index=False) if facility_key(name) == key}
    return sorted(there - {site.trial_id, ""})


@memoize_per_table
def _number_keys(names: pd.Index) -> npt.NDArray[np.int64]:
    """For each facility name the number of its key; 0 for a placeholder."""
    keys = ["" if is_placeholder(name) else facility_key(name) for name in map(str, names)]
    numbers: dict[str, int] = {"": 0}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _most_frequent_names(group: Codes, facility: Codes, names: pd.Index, size: int) -> list[str]:
    codes, pairs = pd.factorize(group.astype(np.int64) * len(names) + facility)
    of_group, name = pairs // len(names), pairs % len(names)
    rank = np.argsort(np.argsort(names.astype("str")))
    order = np.lexsort((rank[name], -count_codes(codes, len(pairs)), of_group))
    best = order[np.searchsorted(of_group[order], np.arange(size))]
    return [str(text) for text in names[name[best]]]


def _list_trial_ids(group: Codes, trial: Codes, trials: pd.Index, size: int) -> list[list[str]]:
    pairs = pd.unique(group.astype(np.int64) * len(trials) + trial)
    of_group, number = pairs // len(trials), pairs % len(trials)
    texts = trials.astype("str").to_numpy(dtype=object)[number]
    order = np.argsort(of_group, kind="stable")
    parts = np.split(texts[order], np.searchsorted(of_group[order], np.arange(1, size)))
    return [sorted(part) for part in parts]
