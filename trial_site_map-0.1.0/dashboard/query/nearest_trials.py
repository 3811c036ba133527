"""The trials that a person may reach: one entry a trial, with the site that is nearest to them."""

from math import isnan
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.query.apply import DISTANCE_COLUMN

RECRUITING = "Recruiting"


class NearestSite(NamedTuple):
    """A trial by the one site of it that matters to a person.

    ``row`` is the site's label in the index of the table; ``distance_km`` is ``None`` without a
    place to measure from.
    """

    trial_id: str
    row: int
    recruiting: bool
    distance_km: float | None


def find_nearest_sites(
    sites: pd.DataFrame, *, home: str = "", recruiting_only: bool = True
) -> list[NearestSite]:
    """One entry a trial, nearest first.

    Of a trial's sites the nearest that recruits is taken, however near another one is. A site whose
    list does not state its status recruits if its trial does.

    Args:
        sites: the filtered site table, with ``distance_km`` if it was filtered by ``near``.
        home: alpha-2 code of the country whose sites come first; empty for none.
        recruiting_only: leave out trials without a site that recruits.
    """
    status = sites["status"].astype("str").to_numpy()
    of_trial = sites["trial_status"].astype("str").to_numpy()
    recruiting = (status == RECRUITING) | ((status == "") & (of_trial == RECRUITING))
    ranked = pd.DataFrame(
        {
            "trial_id": sites["trial_id"].astype("str").to_numpy(),
            "row": sites.index.to_numpy(),
            "recruiting": recruiting,
            "away": (sites["country_code"].astype("str").to_numpy() != home) & bool(home),
            "distance": sites[DISTANCE_COLUMN].to_numpy() if DISTANCE_COLUMN in sites else np.nan,
        }
    )
    if recruiting_only:
        ranked = ranked[ranked["recruiting"]]
    best = ranked.sort_values(
        ["recruiting", "away", "distance"], ascending=[False, True, True], kind="stable"
    ).drop_duplicates("trial_id")
    ordered = best.sort_values(["away", "distance"], kind="stable")
    columns = (ordered[name].tolist() for name in ("trial_id", "row", "recruiting", "distance"))
    return [
        NearestSite(trial_id, row, of_row, None if isnan(distance) else distance)
        for trial_id, row, of_row, distance in zip(*columns, strict=True)
    ]
