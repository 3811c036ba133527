"""Estimates the minutes that a trip to care takes from its straight line; no route is known.

The road is taken to be :data:`DETOUR` times as long as the straight line, as for 66,000 trips to
hospitals in the United States: Boscoe, Henry and Zdeb, A Nationwide Comparison of Driving Distance
Versus Straight-Line Distance to Hospitals, Professional Geographer 64(2), 2012. The speed grows
with the length of the road between two means of trips to care in the United States, of urban and of
rural people: Probst and others, Effects of residence and race on burden of travel for care, BMC
Health Services Research 7:40, 2007 (13.4 km in 20.7 minutes, 28.2 km in 27.2 minutes).
"""

import numpy as np
import numpy.typing as npt

DETOUR = 1.417
"""Kilometres of road per kilometre of straight line."""

SHORT_KM, SHORT_KMH = 13.4, 13.4 / 20.7 * 60
LONG_KM, LONG_KMH = 28.2, 28.2 / 27.2 * 60
"""Up to the short road the slower speed (39 km/h), from the long one on the faster (62 km/h)."""

_STEP_KM = 0.05

SOURCE = (
    "Estimated minutes are no drive times: the straight line is multiplied by 1.417 for the detour "
    "of roads (Boscoe et al. 2012), at 39 km/h up to 13 km of road, rising to 62 km/h from 28 km "
    "on (Probst et al. 2007; trips to care in the United States)."
)


def estimate_minutes(straight_km: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Minutes for each length of straight line in km."""
    road = np.asarray(straight_km, dtype=float) * DETOUR
    speed = np.interp(road, (SHORT_KM, LONG_KM), (SHORT_KMH, LONG_KMH))
    minutes: npt.NDArray[np.float64] = road / speed * 60
    return minutes


def find_distance(minutes: float) -> float:
    """The straight line in km that takes so many minutes; the estimate grows with distance."""
    long_minutes = float(estimate_minutes(LONG_KM / DETOUR))
    if minutes >= long_minutes:
        return minutes / 60 * LONG_KMH / DETOUR
    steps = np.arange(0, LONG_KM / DETOUR + _STEP_KM, _STEP_KM)
    return float(np.interp(minutes, estimate_minutes(steps), steps))
