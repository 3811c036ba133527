"""``geocache evaluate``: how far positions are from known ones."""

import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from geocache.commands.doors import (
    compute_country_figures,
    compute_door_figures,
    report_doors,
)
from geocache.commands.measured import Measured, measure
from geocache.commands.truth import read_truth
from geocache.errors import GeocacheError, InputError
from geocache.geo.countries import country_code, country_name
from geocache.place import Place, Precision

_COARSE = frozenset((Precision.REGION, Precision.COUNTRY))


def compute_figures(measured: Sequence[Measured]) -> dict[str, float]:
    """Two counts, then shares of places from 0 to 1.

    Keys: places, sites, within_5_km, within_25_km, within_100_km, sites_within_25_km, unresolved,
    coarse, flagged, wrong, wrong_unflagged.
    """
    places = len(measured)
    sites = sum(one.truth.sites for one in measured)
    return {
        "places": places,
        "sites": int(sites) if sites == int(sites) else sites,
        "within_5_km": _share(measured, lambda one: _within(one, 5)),
        "within_25_km": _share(measured, lambda one: _within(one, 25)),
        "within_100_km": _share(measured, lambda one: _within(one, 100)),
        "sites_within_25_km": compute_sites_within(measured, 25),
        "unresolved": _share(measured, lambda one: one.distance_km is None),
        "coarse": _share(measured, lambda one: one.position.precision in _COARSE),
        "flagged": _share(measured, lambda one: one.flagged),
        "wrong": _share(measured, lambda one: one.wrong),
        "wrong_unflagged": _share(measured, lambda one: one.wrong_unflagged),
    }


def compute_sites_within(measured: Sequence[Measured], reach_km: float) -> float:
    """The share of sites, not of places, within reach of the truth."""
    sites = sum(one.truth.sites for one in measured)
    near = sum(one.truth.sites for one in measured if _within(one, reach_km))
    return round(near / sites, 6) if sites else 0.0


def group_by_country(measured: Iterable[Measured]) -> dict[str, dict[str, float]]:
    """The figures of every country, most places first, by its short English name."""
    groups: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        written = one.truth.place.country
        groups[country_name(country_code(written)) or written].append(one)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: compute_figures(group) for name, group in ordered}


def pick_worst(measured: Iterable[Measured], limit: int) -> list[Measured]:
    """The worst rows: wrong and unflagged, wrong, unresolved; farthest first."""
    doubtful = [one for one in measured if one.wrong or one.distance_km is None]
    return sorted(
        doubtful,
        key=lambda one: (
            not one.wrong_unflagged,
            one.distance_km is None,
            -(one.distance_km or 0.0),
        ),
    )[:limit]


def _within(one: Measured, reach_km: float) -> bool:
    return one.distance_km is not None and one.distance_km <= reach_km


def _share(measured: Sequence[Measured], holds: Callable[[Measured], bool]) -> float:
    return round(sum(map(holds, measured)) / len(measured), 6) if measured else 0.0


def as_record(one: Measured) -> dict[str, Any]:
    """A measured row as plain values, for JSON."""
    position = one.position
    return {
        "row": one.truth.row,
        **{field: getattr(one.truth.place, field) for field in Place._fields[1:]},
        "true_latitude": one.truth.latitude,
        "true_longitude": one.truth.longitude,
        "latitude": position.latitude,
        "longitude": position.longitude,
        "distance_km": None if one.distance_km is None else round(one.distance_km, 1),
        "precision": str(position.precision),
        "place_name": position.place_name,
        "flags": [str(flag) for flag in position.flags],
        "reason": position.reason,
    }


def report(measured: Sequence[Measured], worst_count: int = 0) -> str:
    """The figures as a table for people, by country below, then the worst rows."""
    total = compute_figures(measured)
    lines = [
        f"{total['places']} places, {total['sites']} sites",
        *(
            f"within {reach:>3} km   {total[f'within_{reach}_km']:8.2%} of places"
            f"   {compute_sites_within(measured, reach):8.2%} of sites"
            for reach in (5, 25, 100)
        ),
        *(
            f"{name.replace('_', ' and '):<18}{total[name]:8.2%}"
            for name in ("unresolved", "coarse", "flagged", "wrong", "wrong_unflagged")
        ),
        "",
        f"{'country':<28}{'places':>7}{'25 km':>9}{'flagged':>9}{'wrong':>9}{'unflagged':>11}",
    ]
    for name, part in group_by_country(measured).items():
        lines.append(
            f"{name[:27]:<28}{part['places']:>7}{part['within_25_km']:>9.1%}"
            f"{part['flagged']:>9.1%}{part['wrong']:>9.1%}{part['wrong_unflagged']:>11.1%}"
        )
    lines += list_worst(measured, worst_count)
    return "\n".join(lines)


def list_worst(measured: Sequence[Measured], worst_count: int) -> list[str]:
    """The worst rows, three lines each."""
    lines = []
    for one in pick_worst(measured, worst_count):
        off = "unresolved" if one.distance_km is None else f"{one.distance_km:.0f} km off"
        flags = f" [{';'.join(one.position.flags)}]" if one.position.flags else ""
        asked = ", ".join(part for part in one.truth.place if part)
        lines.append(f"\nrow {one.truth.row}: {asked}")
        lines.append(f"  {off}: {one.position.place_name or '-'}{flags}")
        lines.append(f"  {one.position.reason}")
    return lines


@click.command("evaluate")
@click.argument("truth", type=click.Path(path_type=Path))
@click.option("--doors", is_flag=True, help="TRUTH holds hospitals, whose doors are measured.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to stdout.")
@click.option("--worst", "worst_count", type=click.IntRange(min=0), default=0, metavar="N",
              help="Show the N worst rows, with the position and its reason.")  # fmt: skip
def evaluate_command(truth: Path, doors: bool, as_json: bool, worst_count: int) -> None:
    """Measure the gazetteer against places whose position is known.

    TRUTH is a CSV with the columns city, state, country, latitude, longitude and optionally
    postcode and sites. Its points are those of towns, so towns are measured, not postcodes.

    With --doors it holds hospitals at their doors: the points are measured as the map shows them,
    and how many hospitals lie within the radius that each position gives.

    \b
    Examples:
      geocache evaluate truth.csv --worst 20
      geocache evaluate --doors hospitals.csv --json
    """
    from geocache.gazetteer import Gazetteer  # noqa: PLC0415 - `--help` positions at once
    from geocache.settings import read_settings  # noqa: PLC0415

    try:
        truths = read_truth(truth)
        if not truths:
            raise InputError(f"{truth}: has no rows")
        folder = read_settings().index_folder
        gazetteer = Gazetteer(folder, sharpen=doors, progress=_show_progress)
    except (GeocacheError, OSError) as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(2)
    measured = measure(truths, gazetteer.locate)
    if not as_json:
        text = report_doors(measured) if doors else report(measured)
        click.echo("\n".join((text, *list_worst(measured, worst_count))))
        return
    document: dict[str, Any] = dict(compute_figures(measured))
    if doors:
        document = compute_door_figures(measured)
        document["countries"] = compute_country_figures(measured)
    if worst_count:
        document["worst"] = [as_record(one) for one in pick_worst(measured, worst_count)]
    click.echo(json.dumps(document, ensure_ascii=False))


def _show_progress(stage: str, fraction: float) -> None:
    """Show the progress of building the index on stderr."""
    click.echo(f"\r{stage} {fraction:4.0%}\x1b[K", err=True, nl=fraction >= 1)
