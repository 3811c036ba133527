"""How evenly sites are spread over people: the Gini coefficient of the Lorenz curve."""

import numpy as np
import numpy.typing as npt


def measure_gini(sites: npt.ArrayLike, people: npt.ArrayLike) -> float:
    """The Gini coefficient of sites against people: 0 if spread alike, near 1 if all in one area.

    Areas are ordered by sites per person; the curve of the share of sites against the share of
    people is compared with the diagonal.

    Args:
        sites: the number in each area.
        people: the inhabitants of each area, in the same order; areas without any are left out.

    Returns:
        NaN without sites or people.
    """
    counts, weights = np.asarray(sites, dtype=float), np.asarray(people, dtype=float)
    inhabited = weights > 0
    counts, weights = counts[inhabited], weights[inhabited]
    if not counts.sum() or not weights.sum():
        return float("nan")
    order = np.argsort(counts / weights, kind="stable")
    people_share = np.concatenate([[0.0], weights[order].cumsum() / weights.sum()])
    site_share = np.concatenate([[0.0], counts[order].cumsum() / counts.sum()])
    between = np.diff(people_share) * (site_share[1:] + site_share[:-1])
    return float(1 - between.sum())
