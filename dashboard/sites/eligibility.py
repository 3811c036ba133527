"""Finds the trials that may accept a person, by condition, age and sex."""

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dashboard.sites.categoricals import normalize_text
from dashboard.sites.trial import Trial

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(year|month|week|day|hour|minute|y\b|m\b)?", re.IGNORECASE)
_YEARS = {"year": 1.0, "y": 1.0, "month": 1 / 12, "m": 1 / 12, "week": 7 / 365.25}
_YEARS |= {"day": 1 / 365.25, "hour": 0.0, "minute": 0.0}


def age_years(text: str) -> float | None:
    """``18 Years`` -> 18.0, ``6 Months`` -> 0.5, empty or ``N/A`` -> ``None``."""
    found = _AGE.search(text)
    if not found:
        return None
    return float(found[1]) * _YEARS[(found[2] or "year").casefold()]


def count_conditions(trials: Iterable[Trial]) -> dict[str, int]:
    """The number of trials of each condition, most frequent first; case does not matter."""
    counts: dict[str, int] = {}
    shown: dict[str, str] = {}
    for trial in trials:
        for key in dict.fromkeys(normalize_text(c) for c in trial.conditions):
            counts[key] = counts.get(key, 0) + 1
        for condition in trial.conditions:
            shown.setdefault(normalize_text(condition), condition)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return {shown[key]: count for key, count in ordered}


class Criteria(NamedTuple):
    """What trials can be chosen by: their conditions, and whether any record limits age or sex."""

    conditions: dict[str, int]
    ages: bool
    sexes: bool


_cached: deque[tuple[Mapping[str, Trial], Criteria]] = deque(maxlen=4)


def find_criteria(trials: Mapping[str, Trial]) -> Criteria:
    """The criteria of these trials; cached for the last few mappings, which must not change."""
    for known, found in tuple(_cached):
        if known is trials:
            return found
    found = Criteria(
        count_conditions(trials.values()),
        any(t.minimum_age or t.maximum_age for t in trials.values()),
        any(t.sex for t in trials.values()),
    )
    _cached.append((trials, found))
    return found


def find_matching_trials(
    trials: Mapping[str, Trial],
    *,
    conditions: Iterable[str] = (),
    age: float | None = None,
    sex: str = "",
) -> tuple[str, ...]:
    """Ids of the trials that have one of the conditions and accept the age (years) and sex.

    A record without a limit accepts everyone: a gap in a record excludes nobody.
    """
    wanted = {normalize_text(c) for c in conditions}
    return tuple(
        trial_id
        for trial_id, trial in trials.items()
        if (not wanted or not wanted.isdisjoint(normalize_text(c) for c in trial.conditions))
        and _accepts_age(trial, age)
        and _accepts_sex(trial, sex)
    )


def _accepts_age(trial: Trial, age: float | None) -> bool:
    if age is None:
        return True
    lowest, highest = age_years(trial.minimum_age), age_years(trial.maximum_age)
    # "up to 65 years" includes the day before the 66th birthday
    return (lowest is None or age >= lowest) and (highest is None or age < highest + 1)


def _accepts_sex(trial: Trial, sex: str) -> bool:
    stated = trial.sex.strip().casefold()
    return not sex or stated in {"", "all", "both"} or stated == sex.casefold()
