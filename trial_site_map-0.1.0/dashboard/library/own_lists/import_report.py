"""What became of a list when it was read: counts, corrected spellings, places in doubt."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import factorize, spread
from dashboard.sites.doubts import describe_problem
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.positions import list_distinct_places
from dashboard.sites.reading import Reading
from geocache.place import Place

MAX_CORRECTIONS = 50
_SPELLING = re.compile(r"\d+ letters? from a name of ([^;,]+)")


@dataclass(frozen=True, slots=True)
class Correction:
    """A place name that was read as another: as ``written``, as ``read``, and its distinct places.

    ``latitude`` and ``longitude`` are where the sites stand now.
    """

    written: str
    read: str
    country: str
    sites: int
    places: tuple[Place, ...]
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of a list's sites; ``rows`` is 0 where its file is no table."""

    rows: int
    sites: int
    trials: int
    on_map: int
    doubtful: int
    corrections: tuple[Correction, ...]

    @property
    def off_map(self) -> int:
        """Sites without a position."""
        return self.sites - self.on_map


def build_import_report(reading: Reading, sites: pd.DataFrame) -> ImportReport:
    """The report of a list.

    Args:
        reading: the list as it was read.
        sites: its rows of the site table.
    """
    return ImportReport(
        rows=reading.rows,
        sites=len(reading.sites),
        trials=len(reading.trials),
        on_map=int(sites["latitude"].notna().sum()),
        doubtful=count_doubtful(sites),
        corrections=find_corrections(sites),
    )


@memoize_per_table
def count_doubtful(sites: pd.DataFrame) -> int:
    """The sites whose position is in doubt."""
    codes, flags = factorize(sites["flags"])
    doubtful = np.array([bool(describe_problem(0.0, str(text))) for text in flags], dtype=bool)
    return int((spread(codes, doubtful) & sites["latitude"].notna().to_numpy()).sum())


@memoize_per_table
def find_corrections(sites: pd.DataFrame) -> tuple[Correction, ...]:
    """The names that were read as others, at most :data:`MAX_CORRECTIONS`, most sites first."""
    codes, reasons = factorize(sites["reason"])
    corrected = np.array([bool(_SPELLING.match(str(reason))) for reason in reasons], dtype=bool)
    close = sites[spread(codes, corrected)]
    found = []
    for keys, group in close.groupby(["city", "country", "reason"], observed=True, sort=False):
        written, country, reason = map(str, keys)
        spelling = _SPELLING.match(reason)
        if spelling is None:
            continue
        first = group.iloc[0]
        found.append(
            Correction(
                written,
                spelling[1].strip(),
                country,
                len(group),
                tuple(list_distinct_places(group)[1]),
                float(first["latitude"]),
                float(first["longitude"]),
            )
        )
    return tuple(sorted(found, key=lambda one: -one.sites)[:MAX_CORRECTIONS])
