"""The command line: ``geocache …``."""

import json
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geocache import __version__
from geocache.collector import pause_collector
from geocache.commands.admin import forget, pin, pins, stats, unpin
from geocache.commands.check import check
from geocache.commands.transfer import (
    backup,
    export_command,
    import_command,
    output_option,
    restore,
)
from geocache.errors import GeocacheError, describe_os_error

if TYPE_CHECKING:
    from geocache.cluster.client import Cluster
    from geocache.lookup import GeoCache
    from geocache.settings import GeocacheSettings

_LAZY_COMMANDS = {
    "evaluate": ("geocache.commands.evaluate", "evaluate_command"),
    "register": ("geocache.commands.register", "register"),
}


class _Commands(click.Group):
    """The commands below, and those that are imported only when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_LAZY_COMMANDS})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _LAZY_COMMANDS:
            module, name = _LAZY_COMMANDS[cmd_name]
            found: click.Command = getattr(import_module(module), name)
            return found
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="geocache")
def commands() -> None:
    """Find where places are, and remember the answers.

    Settings come from the environment: GEOCACHE_URL, GEOCACHE_PROVIDERS, GEOCACHE_REGISTERS,
    GEOCACHE_CONTACT, GEOCACHE_NOMINATIM_URL, GEOCACHE_SERVERS, GEOCACHE_KEYS,
    GEOCACHE_REQUESTS_PER_SECOND, GEOCACHE_SCHEDULED, SITE_MAP_DATA.

    Exit code 0: all done; 1: some places not asked, or unresolved under --strict; 2: bad usage or
    nothing usable.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    try:
        code = commands.main(arguments, prog_name="geocache", standalone_mode=False)
    except click.ClickException as error:
        where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
        click.echo(f"{where or 'geocache'}: {error.format_message()}", err=True)
        code = 2
    except GeocacheError as error:
        click.echo(f"geocache: {error}", err=True)
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("geocache: stopped", err=True)
        code = 1
    except BrokenPipeError:  # the reader of the output stopped reading
        sys.stderr.close()
        code = 1
    except OSError as error:  # usually a data folder that cannot be used
        click.echo(f"geocache: {describe_os_error(error)}", err=True)
        code = 2
    sys.exit(code if isinstance(code, int) else 0)


@commands.command()
@click.argument("source", metavar="IN.csv", type=click.Path(path_type=Path))
@output_option
@click.option("--json", "as_json", is_flag=True, help="Write a summary as JSON to stdout.")
@click.option("--strict", is_flag=True, help="Exit with 1 if a place is unresolved.")
@click.option("--offline", is_flag=True, help="Use the store and offline providers only.")
@click.option("--scheduled", is_flag=True, help="Keep to the limits for scheduled jobs (cron).")
@click.option("--dask", metavar="ADDRESS", default="", help="Use this Dask scheduler's workers.")
def locate(  # noqa: PLR0917 # click gives them by name
    source: Path,
    output: Path,
    as_json: bool,
    strict: bool,
    offline: bool,
    scheduled: bool,
    dask: str,
) -> int:
    """Add positions to a CSV file of places.

    Reads the columns facility, city, state, postcode or zip, and country, in any order and case.
    Keeps other columns, one with an output's name as input_…. Appends latitude, longitude,
    precision, place_name, source, score, flags, reason, uncertainty_km. After an interruption run
    it again: answers are remembered.

    \b
    Examples:
      geocache locate sites.csv -o located.csv
      geocache locate sites.csv -o located.csv --dask tcp://10.0.0.1:8786
    """
    with pause_collector(freeze=True):
        from geocache import providers  # noqa: F401, PLC0415 - as GeoCache does
        from geocache.files.bulk import Summary, locate_file  # noqa: PLC0415
        from geocache.lookup import GeoCache  # noqa: PLC0415
        from geocache.settings import read_settings  # noqa: PLC0415

    if as_json and str(output) == "-":
        raise click.UsageError("--json and -o - cannot both use stdout")
    settings = read_settings()
    if scheduled:
        settings = settings.model_copy(update={"geocache_scheduled": True})
    summary = Summary()
    stopped = False
    with GeoCache(settings=settings, progress=_BuildProgress()) as cache:
        if not offline:
            for notice in cache.notices:
                click.echo(f"note: {notice}", err=True)
        with _cluster(dask, cache, settings) as locator:
            try:
                locate_file(locator, source, output, online=not offline, summary=summary)
            except KeyboardInterrupt:
                stopped = True
            summary.warnings += locator.warnings
    for warning in summary.warnings:
        click.echo(f"warning: {warning}", err=True)
    for attribution in cache.attributions:
        click.echo(f"positions: {attribution}", err=True)
    click.echo(summary.as_text(), err=True)
    if stopped:
        click.echo("stopped: nothing was written; run again to continue", err=True)
    if as_json:
        click.echo(json.dumps(summary.as_json() | {"stopped": stopped}, ensure_ascii=False))
    failed = stopped or summary.not_asked or (strict and summary.unresolved)
    return 1 if failed else 0


def _cluster(
    address: str, cache: "GeoCache", settings: "GeocacheSettings"
) -> "AbstractContextManager[GeoCache | Cluster]":
    if not address:
        return nullcontext(cache)
    from geocache.cluster.client import Cluster  # noqa: PLC0415

    return Cluster(address, cache, settings)


class _BuildProgress:
    """Shows the stages of building the indexes of the gazetteer and of registers on stderr."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, stage: str, _share: float) -> None:
        if stage != self._shown:
            self._shown = stage
            click.echo(f"building an index: {stage}", err=True)


for _command in (
    check,
    stats,
    pin,
    unpin,
    pins,
    forget,
    export_command,
    import_command,
    backup,
    restore,
):
    commands.add_command(_command)
