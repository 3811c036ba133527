"""Whether a trial may accept a person, by age, sex and health.

A record without a limit accepts everyone, and one that says nothing at all too: a gap in a record
excludes nobody.
"""

import re
from functools import lru_cache

from dashboard.sites.trial import Trial

_AGE = re.compile(r"(\d+(?:\.\d+)?)\s*(year|month|week|day|hour|minute|y\b|m\b)?", re.IGNORECASE)
_YEARS = {"year": 1.0, "y": 1.0, "month": 1 / 12, "m": 1 / 12, "week": 7 / 365.25}
_YEARS |= {"day": 1 / 365.25, "hour": 0.0, "minute": 0.0}


@lru_cache(maxsize=4_096)
def age_years(text: str) -> float | None:
    """``18 Years`` -> 18.0, ``6 Months`` -> 0.5, empty or ``N/A`` -> ``None``."""
    found = _AGE.search(text)
    if not found:
        return None
    return float(found[1]) * _YEARS[(found[2] or "year").casefold()]


def states_criteria(trial: Trial) -> bool:
    """Whether the record says anything about who may take part."""
    return bool(trial.minimum_age or trial.maximum_age or trial.sex or trial.criteria)


def accepts_age(trial: Trial, age: float) -> bool:
    """Whether a trial takes people of an age in years."""
    lowest, highest = age_years(trial.minimum_age), age_years(trial.maximum_age)
    if lowest is not None and age < lowest:
        return False
    # "up to 65 years" includes the day before the 66th birthday, "up to 6 months" that month
    grace = 1.0 if "year" in trial.maximum_age.casefold() or (highest or 0) >= 2 else 1 / 12
    return highest is None or age < highest + grace


def accepts_sex(trial: Trial, sex: str) -> bool:
    """Whether a trial takes people of a sex (``Female`` or ``Male``)."""
    stated = trial.sex.strip().casefold()
    return stated in {"", "all", "both"} or stated == sex.casefold()


def accepts_healthy(trial: Trial) -> bool:
    """Whether a trial takes healthy volunteers, or does not say."""
    return trial.healthy_volunteers is not False
