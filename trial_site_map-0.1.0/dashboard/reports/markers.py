"""Places that would overlap on paper are drawn as one marker with their number of sites."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Marker(NamedTuple):
    """A marker at ``x``, ``y`` (points on paper): sites by category, and its places' rows."""

    x: float
    y: float
    counts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]

    @property
    def sites(self) -> int:
        """All sites of the marker."""
        return int(self.counts.sum())

    @property
    def radius(self) -> float:
        """Its radius in points: 4.8 for one site, at most 17."""
        return 4.8 if self.sites == 1 else min(17.0, 8.0 + 2.6 * float(np.log10(self.sites)) * 1.6)


def group_places(x: Floats, y: Floats, counts: npt.NDArray[np.int64]) -> list[Marker]:
    """The markers of places, none overlapping another: most sites first, each takes what it covers.

    Args:
        x: how far right the places are, in points.
        y: how far up.
        counts: sites, a row per place and a column per category.
    """
    cell = 18.0
    keys = np.column_stack((np.floor(x / cell), np.floor(y / cell))).astype(np.int64)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    inverse = inverse.ravel()
    sums = np.zeros((len(first), counts.shape[1]), dtype=np.int64)
    np.add.at(sums, inverse, counts)
    weights = np.maximum(counts.sum(axis=1), 1)
    total = np.bincount(inverse, weights)
    middle_x = np.bincount(inverse, x * weights) / total
    middle_y = np.bincount(inverse, y * weights) / total
    members = [np.flatnonzero(inverse == number) for number in range(len(first))]
    groups = [
        Marker(float(middle_x[i]), float(middle_y[i]), sums[i], members[i])
        for i in range(len(first))
    ]
    return _merge_overlapping(groups)


def _merge_overlapping(groups: list[Marker]) -> list[Marker]:
    changed = True
    while changed:
        changed = False
        groups.sort(key=lambda one: (-one.sites, one.x, one.y))
        kept: list[Marker] = []
        for one in groups:
            for number, other in enumerate(kept):
                apart = np.hypot(one.x - other.x, one.y - other.y)
                if apart < (one.radius + other.radius) * 0.92:
                    kept[number] = _join(other, one)
                    changed = True
                    break
            else:
                kept.append(one)
        groups = kept
    return groups


def _join(one: Marker, other: Marker) -> Marker:
    share = other.sites / max(1, one.sites + other.sites)
    return Marker(
        one.x + (other.x - one.x) * share,
        one.y + (other.y - one.y) * share,
        one.counts + other.counts,
        np.concatenate((one.rows, other.rows)),
    )
