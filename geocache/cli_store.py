"""The commands that look after the store: they ask nobody."""

import getpass
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from geocache.place import Place

_NEGATIVE_NUMBERS = {"ignore_unknown_options": True}  # or -4.88 would be taken for options


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


@click.command()
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


@click.command(context_settings=_NEGATIVE_NUMBERS)
@place_options
@click.argument("latitude", metavar="LAT", type=float, required=False)
@click.argument("longitude", metavar="LON", type=float, required=False)
@click.option("--leave-off", is_flag=True, help="It has no place on the map: no LAT LON.")
@click.option("--note", default="", help="Why, or from where.")
@click.option("--who", default="", help="Who says so; your user name by default.")
def pin(
    latitude: float | None,
    longitude: float | None,
    leave_off: bool,
    note: str,
    who: str,
    **options: str,
) -> int:
    """Say where a place is. A pin wins over every other source, for every user of the store.

    \b
    Examples:
      geocache pin --facility "Research Site" --city Yvoir --country Belgium 50.33 4.88 \\
          --note "CHU UCL Namur, Godinne"
      geocache pin --leave-off --city "Multiple sites" --country Belgium
    """
    place = _named(options)
    if leave_off and latitude is not None:
        raise click.UsageError("--leave-off takes no coordinates")
    with _admin_cache() as cache:
        if leave_off:
            cache.leave_off(place, note=note, who=who or _user())
        elif latitude is None or longitude is None:
            raise click.UsageError("give LAT LON in degrees, or --leave-off")
        else:
            cache.pin(place, latitude, longitude, note=note, who=who or _user())
        return _exit_code_of(cache)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return ""


@click.command()
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


@click.command()
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
        off = each["latitude"] is None
        at = "left off" if off else f"{each['latitude']:.5f} {each['longitude']:.5f}"
        click.echo(f"{at}  {place}  ({about})")
    return 0


@click.command()
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


@click.command(name="export")
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


@click.command(name="import")
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


@click.command()
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


@click.command()
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
