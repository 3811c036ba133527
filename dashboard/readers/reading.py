"""What a reader gives back: trials, sites and what to doubt about them."""

from dataclasses import dataclass

import pandas as pd

from dashboard.sites import READ_COLUMNS
from dashboard.trials import Trial

__all__ = ["READ_COLUMNS", "Reading"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read.

    ``format`` is a human name (``ClinicalTrials.gov API v2 JSON``); ``sites`` has
    :data:`READ_COLUMNS`, a row a site in the file's order; ``warnings`` are sentences, each naming
    the row or trial it is about; ``as_of`` is the ISO date the data is from, or empty.
    """

    name: str
    format: str
    trials: tuple[Trial, ...]
    sites: pd.DataFrame
    warnings: tuple[str, ...] = ()
    as_of: str = ""
