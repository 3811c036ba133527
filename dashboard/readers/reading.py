"""What a reader gives back: trials, sites and what to doubt about them."""

from dataclasses import dataclass

import pandas as pd

from dashboard.trials import Trial

READ_COLUMNS = (
    "trial_id",
    "site_number",
    "facility",
    "city",
    "state",
    "postcode",
    "country",
    "status",
    "latitude",
    "longitude",
)
"""Columns of :attr:`Reading.sites`: text as the registry wrote it (status in our words), and the
registry's own point in WGS 84 degrees, NaN where it gives none."""


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
