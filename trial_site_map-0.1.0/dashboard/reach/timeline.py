"""Trials and sites over time: by the year or month in which the trial started."""

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import Codes, combine_codes, count_distinct_pairs, factorize
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.records import get_records
from dashboard.sites.summary import country_labels
from dashboard.sites.vocabulary import NOT_STATED

COLUMNS = (
    *("period", "group", "trials", "sites"),
    *("recruiting_trials", "recruiting_sites"),
)
PERIODS = ("year", "month")
GROUPS = ("country", "phase", "sponsor")
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
