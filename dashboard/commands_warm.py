"""``site-map warm``: find every place of some site lists before anybody waits for it."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from dashboard.errors import ReadError
from dashboard.library import OpenedList, files_of
from dashboard.readers import read_places
from dashboard.settings import Settings
from dashboard.warming import Warming
from geocache.settings import settings_of


@click.command("warm")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 when places stay unresolved.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document about what was done.")
@click.option("--dask", metavar="ADDRESS", default="", help="Let a Dask cluster do the work.")
def warm_command(paths: Sequence[Path], strict: bool, as_json: bool, dask: str) -> int:
    """Look up every place of the lists in PATHS once and remember the answers.

    The providers set up (GEOCACHE_PROVIDERS) are asked, online ones at their own pace; what is
    remembered already is not asked again, so that an interrupted run goes on where it was.

    \b
    Examples:
      site-map warm downloads/ sites.csv
      site-map warm downloads/ --dask tcp://10.0.0.1:8786
    """
    sites = failed = opened = 0
    with Warming(settings_of(Settings), dask) as warming:
        for item in files_of(paths):
            try:
                sites += _read(item, warming)
                opened += 1
            except ReadError as error:
                where = f" ({error.where})" if error.where else ""
                click.echo(f"{error.name}: not read: {error.reason}{where}", err=True)
                failed += 1
        counts = warming.finish() if opened else {"unresolved": 0, "not_asked": 0}
        for warning in warming.warnings:
            click.echo(f"warning: {warning}", err=True)
    done = {
        "files": opened,
        "not_read": failed,
        "sites": sites,
        "places": len(warming),
        "unresolved": counts["unresolved"],
        "not_asked": counts["not_asked"],
    }
    if as_json:
        click.echo(json.dumps(done, indent=1))
    if not opened:
        return 2
    click.echo(
        f"{sites:,} sites in {len(warming):,} places: {counts['unresolved']:,} unresolved, "
        f"{counts['not_asked']:,} not asked",
        err=True,
    )
    bad = failed or counts["not_asked"] or (strict and counts["unresolved"])
    return 1 if bad else 0


def _read(path: Path | OpenedList, warming: Warming) -> int:
    if isinstance(path, OpenedList):
        raise ReadError(path.name, path.error)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(path.name, error.strerror or "cannot be read") from error
    return read_places(data, path.name, warming.take)
