"""The commands that show and change the store's content; they ask no provider."""

import getpass
import json
from collections.abc import Callable, Mapping
from typing import Any

import click

from geocache.place import Place

_NEGATIVE_NUMBERS = {"ignore_unknown_options": True}  # or -4.88 would be parsed as an option


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the five options for a place."""
    for name in reversed(Place._fields):
        command = click.option(f"--{name}", default="", help=f"The place's {name}, as written.")(
            command
        )
    return command


def _build_place(options: Mapping[str, str]) -> Place:
    return Place(**{name: options[name] for name in Place._fields})


def _require_place(options: Mapping[str, str]) -> Place:
    place = _build_place(options)
    if not any(part.strip() for part in place):
        raise click.UsageError("name a place: --facility, --city, --state, --postcode or --country")
    return place


def open_cache() -> Any:
    """The geocache without providers."""
    from geocache.lookup import GeoCache  # noqa: PLC0415

    return GeoCache(providers=())


def print_warnings(cache: Any) -> None:
    """Print the cache's warnings on stderr."""
    for warning in cache.warnings:
        click.echo(f"warning: {warning}", err=True)


def finish(cache: Any) -> int:
    """Print warnings; returns the exit code, 1 if what was written is not permanent."""
    print_warnings(cache)
    return 0 if cache.persistent else 1


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def stats(as_json: bool) -> int:
    """Show what the store holds.

    \b
    Example:
      geocache stats --json
    """
    with open_cache() as cache:
        found = cache.stats()
        print_warnings(cache)
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
@click.option("--leave-off", is_flag=True, help="Leave the place off the map: no LAT LON.")
@click.option("--note", default="", help="The reason or the source.")
@click.option("--who", default="", help="Who sets it; your user name by default.")
def pin(
    latitude: float | None,
    longitude: float | None,
    leave_off: bool,
    note: str,
    who: str,
    **options: str,
) -> int:
    """Set a place's position. A pin wins over every other source, for all users of the store.

    \b
    Examples:
      geocache pin --facility "Research Site" --city Yvoir --country Belgium 50.33 4.88 \\
          --note "CHU UCL Namur, Godinne"
      geocache pin --leave-off --city "Multiple sites" --country Belgium
    """
    place = _require_place(options)
    if leave_off and latitude is not None:
        raise click.UsageError("--leave-off takes no coordinates")
    with open_cache() as cache:
        if leave_off:
            cache.leave_off(place, note=note, who=who or _user())
        elif latitude is None or longitude is None:
            raise click.UsageError("give LAT LON in degrees, or --leave-off")
        else:
            cache.pin(place, latitude, longitude, note=note, who=who or _user())
        return finish(cache)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # users without a name exist in containers
        return ""


@click.command()
@place_options
def unpin(**options: str) -> int:
    """Remove a pin.

    \b
    Example:
      geocache unpin --facility "Research Site" --city Yvoir --country Belgium
    """
    place = _require_place(options)
    with open_cache() as cache:
        if not cache.unpin(place):
            raise click.ClickException("this place has no pin; see geocache pins")
        return finish(cache)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write JSON to stdout.")
def pins(as_json: bool) -> int:
    """List the pins, oldest first.

    \b
    Example:
      geocache pins
    """
    from geocache.files.transfer_records import format_pin  # noqa: PLC0415

    with open_cache() as cache:
        found = [format_pin(each) for each in cache.pins()]
        print_warnings(cache)
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
@click.option("--provider", default="", help="Only this provider's answers.")
@click.option("--misses", is_flag=True, help="Only known misses.")
@click.option("--expired", is_flag=True, help="Only answers too old to be used.")
@click.option("--all", "everything", is_flag=True, help="All answers.")
def forget(provider: str, misses: bool, expired: bool, everything: bool, **options: str) -> int:
    """Delete answers, so that they are asked again. Pins stay.

    \b
    Examples:
      geocache forget --city Graz --country Austria
      geocache forget --provider nominatim --misses
    """
    place = _build_place(options)
    has_place = any(part.strip() for part in place)
    if not (has_place or provider or misses or expired or everything):
        raise click.UsageError("give a place, --provider, --misses, --expired or --all")
    with open_cache() as cache:
        count = cache.forget(
            place if has_place else None,
            provider=provider,
            misses_only=misses,
            expired_only=expired,
        )
        click.echo(f"forgot {count:,} answers", err=True)
        return finish(cache)
