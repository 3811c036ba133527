"""``site-map compare``: two files, lists, trials or filters compared, as a file."""

import sys
from pathlib import Path

import click
import orjson
from tqdm import tqdm

from dashboard.commands.export import write
from dashboard.commands.opening import describe_filter_error, open_service
from dashboard.errors import ExportError, FilterError
from dashboard.exports import FORMATS
from dashboard.exports.comparison import (
    PARAMETERS,
    TABLES,
    Compared,
    build_compare_content,
    build_compare_document,
    compare_sides,
    parse_compare_query,
)
from dashboard.exports.datasets import build_provenance
from dashboard.library.lists import merge, open_sources
from dashboard.library.session_key import load_session_key
from dashboard.library.sides import Side, build_library_side, find_side
from dashboard.service.service import Service
from dashboard.settings import SEEDS
from dashboard.sites.comparison import BOTH, ONLY_A, ONLY_B
from dashboard.sites.summary import plural
from geocache.files.atomic import replace_file

_WITH_POINTS = ("sites", "changes")
"""The tables that can be written as formats for maps."""


@click.command("compare", short_help="Compare two files, lists, trials or filters.")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("-o", "--output", required=True, help="The file to write; - for standard output.")
@click.option(
    "--format",
    "suffix",
    type=click.Choice(list(FORMATS)),
    help="The file format; by default from the ending of the output.",
)
@click.option("--table", type=click.Choice(list(TABLES)), help=PARAMETERS["table"].about)
@click.option("--within-km", metavar="KM", help=PARAMETERS["within_km"].about)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document about the result.")
def compare_command(
    *,
    a: str,
    b: str,
    output: str,
    suffix: str | None,
    table: str | None,
    within_km: str | None,
    as_json: bool,
) -> int:
    """Compare A with B: what both have, the nearest site of the other, or what changed.

    A and B are files or folders of site lists, or else names of open lists, ids of trials, or
    filters ("country=DE&status=Recruiting"), saved ones ("view=KEY") or links to the page, over
    SITE_MAP_SOURCES.

    \b
    Examples:
      site-map compare 2026-06/sites.csv 2026-11/sites.csv -o changes.csv
      site-map compare ours.xlsx NCT01207388 --within-km 50 -o rivals.csv
    """
    suffix = suffix or Path(output).suffix.lstrip(".").lower()
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        raise click.UsageError(
            f"{output}: unknown format; use --format, or one of the endings {known}"
        )
    if as_json and output == "-":
        raise click.UsageError("--json and -o - both write to standard output; choose one")
    pairs = [("a", a), ("b", b)]
    pairs += [("within_km", within_km)] if within_km else []
    pairs += [("table", table)] if table else []
    paths = [Path(text) if Path(text).exists() else None for text in (a, b)]
    # Two files need no open list: the seeds cost nothing, SITE_MAP_SOURCES may be large.
    source = (SEEDS,) if all(paths) else ()
    try:
        query = parse_compare_query(pairs)
        with open_service(source) as (service, problems):
            with tqdm(total=3, desc="Comparing", leave=False, disable=None) as bar:
                sides = []
                for name, text, path in zip("ab", (a, b), paths, strict=True):
                    sides.append(_find_side(name, text, path, service, problems))
                    bar.update()
                provenance = build_provenance(service.library(), service.geocoder.providers)
                compared = compare_sides(sides[0], sides[1], provenance, query.within_km)
            content = build_compare_content(compared, query)
            if content.name not in _WITH_POINTS and suffix in {"geojson", "kml"}:
                raise click.UsageError(f"{content.name} have no points to be written as {suffix}")
            if suffix == "json":
                _write_document(build_compare_document(compared, query), output)
            else:
                write(content, suffix, output)
    except FilterError as error:
        raise click.UsageError(describe_filter_error(error)) from None
    except ExportError as error:
        raise click.UsageError(f"{output}: {error}") from None
    _report(compared, content.name, len(content.rows), output, problems, as_json=as_json)
    return 1 if problems else 0


def _find_side(
    parameter: str, text: str, path: Path | None, service: Service, problems: list[str]
) -> Side:
    """A file's sites, or what a name means over the open lists.

    Raises:
        click.UsageError: no file of a folder could be read.
        FilterError: an unknown name.
    """
    library, geocoder = service.library(), service.geocoder
    if path is None:
        locate, load_view = geocoder.locate_many, service.views.load
        return find_side(parameter, text, library, locate, geocoder.search, load_view=load_view)
    lists = open_sources([path], load_session_key(service.settings))
    unread = [f"{one.name}: {one.error}" for one in lists if one.error]
    if len(unread) == len(lists):
        raise click.UsageError(f"no site list could be opened: {unread[0]}")
    problems.extend(unread)
    for problem in unread:
        click.echo(f"site-map: {problem}", err=True)
    found = merge(lists, geocoder.locate_many, geocoder.known(), join_facilities=False)
    return build_library_side(text, found)


def _write_document(document: bytes, output: str) -> None:
    if output == "-":
        sys.stdout.buffer.write(document)
        return
    try:
        with replace_file(Path(output)) as file:
            file.write(document)
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror or error}") from None


def _report(
    compared: Compared, table: str, rows: int, output: str, problems: list[str], *, as_json: bool
) -> None:
    counts = compared.comparison.facilities
    changes = compared.changes["change"].value_counts().to_dict() if table == "changes" else {}
    if as_json:
        document: dict[str, object] = {
            "output": output,
            "table": table,
            "rows": rows,
            "problems": problems,
        }
        document |= {"facilities": counts, "changes": changes}
        click.echo(orjson.dumps(document))
        return
    found = ", ".join(f"{counts[where]:,} {where}" for where in (BOTH, ONLY_A, ONLY_B))
    click.echo(f"Facilities: {found}", err=True)
    if changes:
        click.echo(", ".join(f"{n:,} {change}" for change, n in changes.items()), err=True)
    click.echo(f"{plural(rows, 'row')} written to {output}", err=True)
