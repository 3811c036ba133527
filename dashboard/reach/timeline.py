"""Trials and sites over time: by the year or month in which the trial started."""

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import Codes, combine_codes, count_distinct_pairs, factorize
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.records import get_records
from dashboard.sites.summary import country_labels, plural
from dashboard.sites.vocabulary import NOT_STATED

COLUMNS = (
    *("period", "group", "trials", "sites"),
    *("recruiting_trials", "recruiting_sites"),
)
PERIODS = ("year", "month")
GROUPS = ("country", "phase", "sponsor")
START_DATE, FIRST_POSTED = "start date", "first posted"
_MONTHS_UP_TO_YEARS = 3
_DIGITS = {"year": 4, "month": 7}


@memoize_per_table
def count_starts(sites: pd.DataFrame, per: str = "year", by: str = "") -> pd.DataFrame:
    """Trials and their filtered sites by the period in which the trial started.

    Args:
        sites: the filtered site table, with its trials' records attached.
        per: of :data:`PERIODS`.
        by: of :data:`GROUPS`; empty for all together.

    Returns:
        A row per period and group that has a site, :data:`COLUMNS`, earliest first, in a period
        the group with most trials first. ``period`` is ``2019`` or ``2019-05``, by months ``2019``
        where the record says only the year, and empty where it says nothing. ``recruiting_sites``
        recruit now, ``recruiting_trials`` have such a site. A trial counts once in each group.
    """
    records = get_records(sites)
    trial, trial_ids = factorize(sites["trial_id"])
    starts = [
        records[name].start_date[: _DIGITS[per]] if name in records else "" for name in trial_ids
    ]
    numbers, periods = pd.factorize(np.array(starts, dtype=object), sort=True)
    period = numbers[trial] if len(trial_ids) else np.zeros(0, dtype=np.int64)
    group, groups = _read_groups(sites, by)
    keys, distinct = pd.factorize(combine_codes([(period, len(periods)), (group, len(groups))]))
    size, recruits = len(distinct), (sites["status"] == "Recruiting").to_numpy()
    named = np.asarray(trial_ids != "", dtype=bool)[trial] if len(trial_ids) else recruits
    table = pd.DataFrame(
        {
            "period": [str(periods[key // len(groups)]) for key in distinct.tolist()],
            "group": [str(groups[key % len(groups)]) for key in distinct.tolist()],
            "trials": count_distinct_pairs(keys[named], trial[named], size, len(trial_ids)),
            "sites": np.bincount(keys, minlength=size),
            "recruiting_trials": count_distinct_pairs(
                keys[named & recruits], trial[named & recruits], size, len(trial_ids)
            ),
            "recruiting_sites": np.bincount(keys[recruits], minlength=size),
        }
    ).astype({"period": "str", "group": "str"})
    order = ["period", "trials", "sites", "group"]
    return table.sort_values(order, ascending=[True, False, False, True], ignore_index=True)


@memoize_per_table
def find_starts(sites: pd.DataFrame) -> pd.DataFrame:
    """From when each site counts, row for row.

    Returns:
        ``start``, an ISO 8601 date as exact as the record has it, empty if it has none, and
        ``basis``: :data:`START_DATE` or, of a trial without a start date, :data:`FIRST_POSTED`.
    """
    records = get_records(sites)
    trial, trial_ids = factorize(sites["trial_id"])
    known = [records.get(str(name)) for name in trial_ids]
    starts = [(one.start_date or one.first_posted) if one else "" for one in known]
    bases = [START_DATE if one and one.start_date else FIRST_POSTED for one in known]
    found = {"start": np.array(starts, dtype=object), "basis": np.array(bases, dtype=object)}
    return pd.DataFrame(
        {name: texts[trial] if len(texts) else [] for name, texts in found.items()},
        index=sites.index,
    )


@memoize_per_table
def accumulate_starts(sites: pd.DataFrame) -> pd.DataFrame:
    """How many of the sites there were in each year, or month, if all opened with their trial.

    Returns:
        ``date`` (``2019``, or ``2019-05`` where all are within three years), earliest first;
        ``trials`` that started then, ``new_sites`` of these, and ``sites`` up to then. Sites of
        trials without a date are left out.
    """
    starts = find_starts(sites)["start"].to_numpy(dtype=object)
    years = [int(start[:4]) for start in starts if start]
    near = max(years, default=0) - min(years, default=0) < _MONTHS_UP_TO_YEARS
    digits = _DIGITS["month" if near else "year"]
    dates = pd.Series([start[:digits] for start in starts], dtype="str")
    table = pd.DataFrame({"date": dates, "trial": sites["trial_id"].astype("str").to_numpy()})
    groups = table[table["date"] != ""].groupby("date")["trial"]
    found = pd.DataFrame({"trials": groups.nunique(), "new_sites": groups.size()})
    found["sites"] = found["new_sites"].cumsum()
    return found.reset_index()


def describe_starts(sites: pd.DataFrame) -> str:
    """What :func:`accumulate_starts` counts from, as a paragraph."""
    starts = find_starts(sites)
    trials = sites["trial_id"].astype("str")
    dated = starts["start"] != ""
    posted = trials[dated & (starts["basis"] == FIRST_POSTED)].nunique()
    by_start = trials[dated & (starts["basis"] == START_DATE)].nunique()
    parts = [f"the start date of {plural(by_start, 'trial')}"] if by_start else []
    parts += [f"the first posting of {plural(posted, 'trial')} without one"] if posted else []
    undated = int((~dated).sum())
    left_out = f" {plural(undated, 'site')} without either are left out." if undated else ""
    return (
        f"No earlier version of these records is kept, so this counts from {' and '.join(parts)}: "
        "every site that a record has now, from that day on. When each site opened or closed is "
        f"not known.{left_out}"
    )


def describe_method(sites: pd.DataFrame, per: str = "year", by: str = "") -> str:
    """How :func:`count_starts` counts, as a paragraph."""
    undated = count_starts(sites).query("period == ''")["trials"].sum()
    groups = f" A trial counts once in each {by} that it has." if by else ""
    left_out = f" {undated:,} trials have no known start." if undated else ""
    return (
        f"Trials are counted in the {per} of the start date in their record, planned dates "
        f"included, with those of their sites that the filter keeps.{groups} Recruiting is what "
        f"the record said on the date of the data, not in the period.{left_out}"
    )


def _read_groups(sites: pd.DataFrame, by: str) -> tuple[Codes, pd.Index]:
    if not by:
        return np.zeros(len(sites), dtype=np.int64), pd.Index([""])
    column = country_labels(sites) if by == "country" else sites[by]
    codes, distinct = factorize(column)
    return codes, pd.Index([str(name) or NOT_STATED for name in distinct])
