"""The commands that copy the store: out as a file, and back in."""

from pathlib import Path

import click

from geocache.commands.admin import finish, open_cache, print_warnings

output_option = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to write; - for stdout.",
)


@click.command(name="export")
@output_option
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
    from geocache.files.atomic import open_output  # noqa: PLC0415
    from geocache.files.transfer import write  # noqa: PLC0415

    form = form or ("jsonl" if output.suffix in {".jsonl", ".ndjson"} else "csv")
    with open_cache() as cache, open_output(output) as file:
        count = write(cache, file, form, pins_only=pins_only)
        print_warnings(cache)
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
    from geocache.files.transfer import read  # noqa: PLC0415

    with open_cache() as cache:
        taken = read(cache, source)
        left = f", {taken.older:,} older than what is here left out" if taken.older else ""
        click.echo(f"imported {taken.pins:,} pins and {taken.answers:,} answers{left}", err=True)
        return finish(cache)


@click.command()
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
def backup(target: Path) -> int:
    """Copy the store into a new file, while others use it.

    \b
    Example:
      geocache backup geocache-2026-11-23.sqlite
    """
    with open_cache() as cache:
        cache.backup(target)
        print_warnings(cache)
    return 0


@click.command()
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
def restore(source: Path) -> int:
    """Replace the store's content with a backup's. What was there before is gone.

    \b
    Example:
      geocache restore geocache-2026-11-23.sqlite
    """
    with open_cache() as cache:
        cache.restore(source)
        return finish(cache)
