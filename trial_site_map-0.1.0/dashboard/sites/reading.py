"""The result of reading one file: trials, sites and warnings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from dashboard.sites.positions import PLACE_COLUMNS
from dashboard.sites.trial import Trial

READ_COLUMNS = (
    *("trial_id", "site_number", *PLACE_COLUMNS),
    *("status", "latitude", "longitude"),
)
"""Columns that readers fill: text as the registry wrote it (status in our words), and the
registry's own point in WGS 84 degrees, NaN if it has none."""


CONSTANT = "="
"""Before the country of all rows, where a column's name stands otherwise: `=France`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of one file.

    ``format`` is a human name (``ClinicalTrials.gov API v2 JSON``); ``sites`` has
    :data:`READ_COLUMNS`, one row per site in the file's order; ``warnings`` are sentences that name
    their row or trial, ``notes`` say what was not used; ``as_of`` is the ISO date the data is from,
    or empty.

    For a plain table ``header`` has the file's columns and ``columns`` those used for ours
    (``{"city": "Ort"}``); a country that all rows have is ``{"country": "=France"}``.

    ``fields`` are its columns that are none of ours, row for row and in their order: numbers as
    floats, dates as ISO 8601, all else as text.

    ``rows`` are the rows of a table that hold anything, 0 where it is no table.

    A saved site table has ``positions``, row for row, and in ``position_rules`` the data and rules
    that they were found by.
    """

    name: str
    format: str
    trials: tuple[Trial, ...]
    sites: pd.DataFrame
    warnings: tuple[str, ...] = ()
    as_of: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    fields: pd.DataFrame | None = None
    positions: pd.DataFrame | None = None
    position_rules: str = ""
    rows: int = 0
