"""``geocache evaluate --doors``: how far positions are from the doors of hospitals."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from geocache.commands.measured import Measured
from geocache.geo.countries import country_code, country_name

MOST_COUNTRIES = 10
"""Countries, those with most hospitals, for which figures are given apart."""


def compute_door_figures(measured: Sequence[Measured]) -> dict[str, Any]:
    """Distances in km from the doors, and shares of hospitals from 0 to 1.

    Keys: hospitals, within_5_km, within_25_km, median_km, p90_km, p99_km, within_uncertainty,
    unresolved, flagged. Unresolved ones count as infinitely far; ``within_uncertainty`` is of the
    resolved ones.
    """
    far = sorted(float("inf") if one.distance_km is None else one.distance_km for one in measured)
    resolved = [one for one in measured if one.distance_km is not None]
    return {
        "hospitals": len(measured),
        "within_5_km": _share(measured, lambda one: _within(one, 5)),
        "within_25_km": _share(measured, lambda one: _within(one, 25)),
        **{
            f"{name}_km": _find_quantile(far, share)
            for name, share in (("median", 0.5), ("p90", 0.9), ("p99", 0.99))
        },
        "within_uncertainty": _share(
            resolved, lambda one: _within(one, one.position.uncertainty_km or 0.0)
        ),
        "unresolved": _share(measured, lambda one: one.distance_km is None),
        "flagged": _share(measured, lambda one: one.flagged),
    }


def compute_country_figures(measured: Sequence[Measured]) -> dict[str, dict[str, Any]]:
    """The figures of the ten countries with most hospitals, by short English name."""
    groups: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        written = one.truth.place.country
        groups[country_name(country_code(written)) or written].append(one)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: compute_door_figures(group) for name, group in ordered[:MOST_COUNTRIES]}


def report_doors(measured: Sequence[Measured]) -> str:
    """The figures as a table for people, by country below."""
    columns = ("hospitals", "5 km", "25 km", "median", "90 %", "99 %", "in circle", "flagged")
    lines = [f"{'country':<28}" + "".join(f"{column:>10}" for column in columns)]
    for name, part in {
        "all": compute_door_figures(measured),
        **compute_country_figures(measured),
    }.items():
        far = "".join(
            f"{'-' if part[key] is None else format(part[key], '.1f'):>10}"
            for key in ("median_km", "p90_km", "p99_km")
        )
        lines.append(
            f"{name[:27]:<28}{part['hospitals']:>10,}{part['within_5_km']:>10.1%}"
            f"{part['within_25_km']:>10.1%}{far}{part['within_uncertainty']:>10.1%}"
            f"{part['flagged']:>10.1%}"
        )
    return "\n".join(lines)


def _find_quantile(ordered: Sequence[float], share: float) -> float | None:
    if not ordered:
        return None
    value = ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return None if value == float("inf") else round(value, 2)


def _within(one: Measured, reach_km: float) -> bool:
    return one.distance_km is not None and one.distance_km <= reach_km


def _share(measured: Sequence[Measured], holds: Callable[[Measured], bool]) -> float:
    return round(sum(map(holds, measured)) / len(measured), 6) if measured else 0.0
