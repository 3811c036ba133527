"""``site-map facilities`` joins the facilities of lists; ``evaluate-facilities`` measures that."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from dashboard.commands.export import write
from dashboard.exports.content import Content, Provenance
from dashboard.library.lists import merge, open_sources
from dashboard.sites.facility_columns import match_facilities
from dashboard.sites.positions import Known
from dashboard.sites.summary import plural
from geocache.errors import InputError
from geocache.facilities.evaluation import (
    Figures,
    Judged,
    count_figures,
    count_related,
    group_by,
    judge_by_key,
    judge_by_likeness,
    judge_pairs,
    leave_out_numbers,
    name_country,
    pick_worst,
    read_pairs,
)
from geocache.lookup import GeoCache

SITE_COLUMNS = (
    *("trial_id", "site_number", "facility", "city", "state", "country", "country_code"),
    *("facility_id", "facility_name", "facility_match", "facility_score"),
)


@click.command("facilities", short_help="Join the facilities of lists: a row a site.")
@click.argument("lists", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, help="The CSV file to write; - for standard output.")
def facilities_command(lists: tuple[Path, ...], output: str) -> int:
    """Say for each site of some lists which facility it is at, over all spellings.

    LISTS are files or folders of site lists in any format. Columns: trial_id, site_number,
    facility, city, state, country, country_code, facility_id, facility_name, facility_match (exact,
    spelling, language, acronym, part of or person) and facility_score from 0 to 1. Corrections that
    people made on this server win.

    \b
    Example:
      site-map facilities trials/ -o facilities.csv
    """
    opened = open_sources(lists)
    failed = [one for one in opened if one.reading is None]
    for one in failed:
        click.echo(f"{one.name}: not read: {one.error}", err=True)
    with GeoCache() as cache:
        corrections = cache.corrections()
    library = merge(opened, None, Known(corrections=corrections))
    sites = library.table
    if not len(sites):
        raise click.ClickException(f"no sites in {', '.join(map(str, lists))}")
    found = match_facilities(sites, corrections)
    sites = sites.assign(**{str(name): column for name, column in found.items()})
    about = Provenance(library, {}).describe(sites, filter_text="")
    write(Content("facilities", sites, about, SITE_COLUMNS), "csv", output)
    ids = sites["facility_id"].astype("str")
    named, count = int((ids != "").sum()), ids[ids != ""].nunique()
    click.echo(
        f"{plural(len(sites), 'site')}: {named:,} at {plural(count, 'facility', 'facilities')}, "
        f"{len(sites) - named:,} that name none",
        err=True,
    )
    return 1 if failed else 0


@click.command("evaluate-facilities", short_help="Measure how facilities are joined.")
@click.argument("pairs", type=click.Path(path_type=Path), metavar="PAIRS.csv")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document to stdout.")
@click.option("--worst", "worst_count", type=click.IntRange(min=0), default=0, metavar="N",
              help="Show N pairs that were joined or parted wrongly.")  # fmt: skip
def evaluate_facilities_command(pairs: Path, as_json: bool, worst_count: int) -> None:
    """Measure how names are joined to facilities, on pairs that were judged by reading.

    PAIRS is a CSV with the columns country, place, a, b, label (same, different, related or unsure)
    and optionally confidence (3 is certain; below 2 is left out). All names of a place are joined
    at once.

    \b
    Example:
      site-map evaluate-facilities pairs.csv --worst 20
    """
    read = read_pairs(pairs)
    if not read:
        raise InputError(f"{pairs}: has no rows")
    judged = judge_pairs(read)
    threshold, by_likeness = judge_by_likeness(judged)
    methods = {
        "facilities": judged,
        "equal names": judge_by_key(judged),
        f"token_set_ratio >= {threshold}": by_likeness,
    }
    if as_json:
        document = _make_document(methods, judged, worst_count)
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        click.echo(_make_report(methods, judged, worst_count))


def _make_document(
    methods: dict[str, list[Judged]], judged: Sequence[Judged], worst_count: int
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "pairs": len(judged),
        "methods": {name: _describe(found) for name, found in methods.items()},
        "by_difference": {
            name: _as_record(figures)
            for name, figures in group_by(judged, lambda one: one.kind).items()
        },
        "by_country": {
            name: _as_record(figures) for name, figures in group_by(judged, name_country).items()
        },
    }
    if worst_count:
        document["worst"] = [
            {**one.pair._asdict(), "joined": one.joined, "difference": one.kind}
            for one in pick_worst(judged, worst_count)
        ]
    return document


def _describe(judged: Sequence[Judged]) -> dict[str, Any]:
    related, joined = count_related(judged)
    return {
        **_as_record(count_figures(judged)),
        "without_site_numbers": _as_record(count_figures(leave_out_numbers(judged))),
        "related": related,
        "related_joined": joined,
    }


def _as_record(figures: Figures) -> dict[str, Any]:
    precision, recall = figures.precision, figures.recall
    return {
        "same": figures.same,
        "different": figures.different,
        "joined_same": figures.joined_same,
        "joined_different": figures.joined_different,
        "precision": None if precision is None else round(precision, 4),
        "recall": None if recall is None else round(recall, 4),
    }


def _make_report(
    methods: dict[str, list[Judged]], judged: Sequence[Judged], worst_count: int
) -> str:
    total = count_figures(judged)
    lines = [
        f"{len(judged)} pairs: {total.same} same, {total.different} different",
        "",
        f"{'':<26}{'precision':>10}{'recall':>9}   {'without site numbers':>20}   {'related':>10}",
    ]
    for name, found in methods.items():
        figures, harder = count_figures(found), count_figures(leave_out_numbers(found))
        related, joined = count_related(found)
        lines.append(
            f"{name:<26}{_share(figures.precision):>10}{_share(figures.recall):>9}   "
            f"{_share(harder.precision):>10} {_share(harder.recall):>9}   {joined:>5} of {related}"
        )
    for title, groups in (
        ("difference", group_by(judged, lambda one: one.kind)),
        ("country", group_by(judged, name_country)),
    ):
        lines += ["", f"{title:<26}{'same':>6}{'different':>11}{'precision':>11}{'recall':>9}"]
        lines += [
            f"{name[:25]:<26}{figures.same:>6}{figures.different:>11}"
            f"{_share(figures.precision):>11}{_share(figures.recall):>9}"
            for name, figures in groups.items()
        ]
    for one in pick_worst(judged, worst_count):
        said = "joined" if one.joined else "not joined"
        lines += [
            "",
            f"row {one.pair.row}: {one.pair.place}: {one.pair.label}, {said} ({one.kind})",
            f"  {one.pair.a}",
            f"  {one.pair.b}",
        ]
    return "\n".join(lines)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
