"""The command line: ``geocache …``."""

import getpass
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from geocache import __version__
from geocache.errors import GeocacheError
from geocache.place import Place

_ELSEWHERE = {
    name: where
    for name, where in {"evaluate": ("geocache.evaluate", "evaluate_command")}.items()
    if find_spec(where[0])
}
_NEGATIVE_NUMBERS = {"ignore_unknown_options": True}  # or -4.88 would be taken for options


class _Commands(click.Group):
    """The commands below, and ``evaluate``, which brings its tables along only when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ELSEWHERE:
            module, name = _ELSEWHERE[cmd_name]
            found: click.Command = getattr(import_module(module), name)
            return found
        return super().get_command(ctx, cmd_name)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="geocache")
def commands() -> None:
    """Where is this place? Ask once, remember, and never say more than is known.

    Settings come from the environment: GEOCACHE_URL, GEOCACHE_PROVIDERS, GEOCACHE_CONTACT,
    GEOCACHE_NOMINATIM_URL, GEOCACHE_SERVERS, GEOCACHE_KEYS, GEOCACHE_REQUESTS_PER_SECOND,
    GEOCACHE_SCHEDULED, SITE_MAP_DATA.

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
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The five options that name a place."""
    for name in reversed(Place._fields):
        command = click.option(f"--{name}", default="", help=f"The place's {name}, as written.")(
            command
        )
    return command


def _place(options: Mapping[str, str]) -> Place:
    return Place(**{name: options[name] for name in Place._fields})


def _named(options: Mapping[str, str]) -> Place:
    place = _place(options)
    if not any(part.strip() for part in place):
        raise click.UsageError("name a place: --facility, --city, --state, --postcode or --country")
    return place


def _admin_cache() -> Any:
    """The store alone: keeping it needs nobody to ask."""
    from geocache.lookup import GeoCache  # noqa: PLC0415

    return GeoCache(providers=())


def _warn(cache: Any) -> None:
    for warning in cache.warnings:
        click.echo(f"warning: {warning}", err=True)


def _exit_code_of(cache: Any) -> int:
    """1 where what was written is not kept."""
    _warn(cache)
    return 1 if cache.warnings else 0


@commands.command()
@click.argument("source", metavar="IN.csv", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to write; - for stdout.",
)
@click.option("--json", "as_json", is_flag=True, help="Write a summary as JSON to stdout.")
@click.option("--strict", is_flag=True, help="Exit with 1 if a place is unresolved.")
@click.option("--offline", is_flag=True, help="Ask no online provider, only what is remembered.")
@click.option("--scheduled", is_flag=True, help="Keep to the limits for jobs on a schedule (cron).")
def locate(  # noqa: PLR0917 # click gives them by name
    source: Path, output: Path, as_json: bool, strict: bool, offline: bool, scheduled: bool
) -> int:
    """Add positions to a CSV file of places.

    Columns facility, city, state, postcode or zip, country, in any order or case; others are kept,
    one with an output's name as input_…. Appends latitude, longitude, precision, place_name,
    source, score, flags, reason. Run it again after an interruption: what was answered is
    remembered.

    \b
    Example:
      geocache locate sites.csv -o located.csv
    """
    from geocache.bulk import Summary, locate_file  # noqa: PLC0415
    from geocache.lookup import GeoCache  # noqa: PLC0415
    from geocache.settings import read_settings  # noqa: PLC0415

    if as_json and str(output) == "-":
        raise click.UsageError("--json and -o - both want stdout")
    settings = read_settings()
    if scheduled:
        settings = settings.model_copy(update={"geocache_scheduled": True})
    summary = Summary()
    stopped = False
    with GeoCache(settings=settings, progress=_BuildProgress()) as cache:
        if not offline:
            for notice in cache.notices:
                click.echo(f"note: {notice}", err=True)
        try:
            locate_file(cache, source, output, online=not offline, summary=summary)
        except KeyboardInterrupt:
            stopped = True
        summary.warnings += cache.warnings
    for warning in summary.warnings:
        click.echo(f"warning: {warning}", err=True)
    for attribution in cache.attributions:
        click.echo(f"positions: {attribution}", err=True)
    click.echo(summary.as_text(), err=True)
    if stopped:
        click.echo("stopped: nothing was written; run again to go on from here", err=True)
    if as_json:
        click.echo(json.dumps(summary.as_json() | {"stopped": stopped}, ensure_ascii=False))
    failed = stopped or summary.not_asked or (strict and summary.unresolved)
    return 1 if failed else 0


class _BuildProgress:
    """What the gazetteer does while it builds its index, on stderr."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, stage: str, _share: float) -> None:
        if stage != self._shown:
            self._shown = stage
            click.echo(f"building the gazetteer: {stage}", err=True)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def stats(as_json: bool) -> int:
    """Show what is remembered.

    \b
    Example:
      geocache stats --json
    """
    with _admin_cache() as cache:
        found = cache.stats()
        _warn(cache)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return 0
    click.echo(f"store     {found['store']}")
    click.echo(f"revision  {found['revision']}")
    click.echo(f"pins      {found['pins']:,}")
    click.echo(f"claims    {found['claims']:,}")
    for each in found["answers"]:
        click.echo(
            f"{each['provider']} (version {each['version']}): {each['hits']:,} hits, "
            f"{each['misses']:,} known misses, {each['expired']:,} expired"
        )
    return 0


@commands.command(context_settings=_NEGATIVE_NUMBERS)
@place_options
@click.argument("latitude", metavar="LAT", type=float)
@click.argument("longitude", metavar="LON", type=float)
@click.option("--note", default="", help="Why, or from where.")
@click.option("--who", default="", help="Who says so; your user name by default.")
def pin(latitude: float, longitude: float, note: str, who: str, **options: str) -> int:
    """Say where a place is. A pin wins over every other source, for every user of the store.

    \b
    Example:
      geocache pin --facility "Research Site" --city Yvoir --country Belgium 50.33 4.88 \\
          --note "CHU UCL Namur, Godinne"
    """
    place = _named(options)
    with _admin_cache() as cache:
        cache.pin(place, latitude, longitude, note=note, who=who or _user())
        return _exit_code_of(cache)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return ""


@commands.command()
@place_options
def unpin(**options: str) -> int:
    """Take a pin back.

    \b
    Example:
      geocache unpin --facility "Research Site" --city Yvoir --country Belgium
    """
    place = _named(options)
    with _admin_cache() as cache:
        if not cache.unpin(place):
            raise click.ClickException("there is no pin of this place; see geocache pins")
        return _exit_code_of(cache)


@commands.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def pins(as_json: bool) -> int:
    """List the pins, oldest first.

    \b
    Example:
      geocache pins
    """
    from geocache.transfer import pin_record  # noqa: PLC0415

    with _admin_cache() as cache:
        found = [pin_record(each) for each in cache.pins()]
        _warn(cache)
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return 0
    for each in found:
        place = ", ".join(each[part] for part in Place._fields if each[part])
        about = " ".join(filter(None, (each["pinned_at"], each["who"], each["note"])))
        click.echo(f"{each['latitude']:.5f} {each['longitude']:.5f}  {place}  ({about})")
    return 0


@commands.command()
@place_options
@click.option("--provider", default="", help="Only what this provider said.")
@click.option("--misses", is_flag=True, help="Only known misses.")
@click.option("--expired", is_flag=True, help="Only what is too old to be used.")
@click.option("--all", "everything", is_flag=True, help="Every answer.")
def forget(provider: str, misses: bool, expired: bool, everything: bool, **options: str) -> int:
    """Forget answers, so that they are asked again. Pins stay.

    \b
    Examples:
      geocache forget --city Graz --country Austria
      geocache forget --provider nominatim --misses
    """
    place = _place(options)
    named = any(part.strip() for part in place)
    if not (named or provider or misses or expired or everything):
        raise click.UsageError("say what: a place, --provider, --misses, --expired or --all")
    with _admin_cache() as cache:
        count = cache.forget(
            place if named else None,
            provider=provider,
            misses_only=misses,
            expired_only=expired,
        )
        click.echo(f"forgot {count:,} answers", err=True)
        return _exit_code_of(cache)


@commands.command(name="export")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to write; - for stdout.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    help="By default what the file's name says, else csv.",
)
@click.option("--pins", "pins_only", is_flag=True, help="Only the pins.")
def export_command(output: Path, form: str | None, pins_only: bool) -> int:
    """Write pins and answers as CSV or JSON Lines; `import` reads them back exactly.

    \b
    Examples:
      geocache export -o everything.jsonl
      geocache export --pins -o pins.csv
    """
    from geocache.bulk import writing  # noqa: PLC0415
    from geocache.transfer import write  # noqa: PLC0415

    form = form or ("jsonl" if output.suffix in {".jsonl", ".ndjson"} else "csv")
    with _admin_cache() as cache, writing(output) as file:
        count = write(cache, file, form, pins_only=pins_only)
        _warn(cache)
    click.echo(f"exported {count:,} records", err=True)
    return 0


@commands.command(name="import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
def import_command(source: Path) -> int:
    """Take over an export. Where the store has something newer, that stays.

    A CSV of pins made by hand needs latitude, longitude and a part of a place.

    \b
    Example:
      geocache import pins.csv
    """
    from geocache.transfer import read  # noqa: PLC0415

    with _admin_cache() as cache:
        taken = read(cache, source)
        left = f", {taken.older:,} older than what is here left out" if taken.older else ""
        click.echo(f"imported {taken.pins:,} pins and {taken.answers:,} answers{left}", err=True)
        return _exit_code_of(cache)


@commands.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def backup(target: Path) -> int:
    """Copy the store into a new file, while others use it.

    \b
    Example:
      geocache backup geocache-2026-11-23.sqlite
    """
    with _admin_cache() as cache:
        cache.backup(target)
        _warn(cache)
    return 0


@commands.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
def restore(source: Path) -> int:
    """Replace the store's content with a backup's. What was there before is gone.

    \b
    Example:
      geocache restore geocache-2026-11-23.sqlite
    """
    with _admin_cache() as cache:
        cache.restore(source)
        return _exit_code_of(cache)
