"""What a reader gives back: trials, sites and what to doubt about them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from dashboard.sites.positions import PLACE_COLUMNS
from dashboard.sites.trial import Trial

READ_COLUMNS = (
    *("trial_id", "site_number", *PLACE_COLUMNS),
    *("status", "latitude", "longitude"),
)
"""What a reader fills: text as the registry wrote it (status in our words), and the registry's own
point in WGS 84 degrees, NaN where it gives none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One file, read.

    ``format`` is a human name (``ClinicalTrials.gov API v2 JSON``); ``sites`` has
    :data:`READ_COLUMNS`, a row a site in the file's order; ``warnings`` are sentences, each naming
    the row or trial it is about; ``as_of`` is the ISO date the data is from, or empty.

    Of a plain table ``header`` holds the file's columns and ``columns`` which of them was taken for
    which of ours (``{"city": "Ort"}``).

    A saved site table brings ``positions`` along, row for row, and ``positions_of``: by which data
    and rules they were found.
    """

    name: str
    format: str
    trials: tuple[Trial, ...]
    sites: pd.DataFrame
    warnings: tuple[str, ...] = ()
    as_of: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    positions: pd.DataFrame | None = None
    positions_of: str = ""
