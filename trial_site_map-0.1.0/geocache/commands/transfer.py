"""The commands that export, import, back up and restore the store."""

from pathlib import Path

import click

from geocache.commands.admin import finish, open_cache, print_warnings

output_option = click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="The file to write; - for stdout.",
)


@click.command(name="export")
@output_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl"]),
    help="The format; by default from the file's name, else csv.",
)
@click.option("--pins", "pins_only", is_flag=True, help="Only the pins.")
def export_command(output: Path, form: str | None, pins_only: bool) -> int:
    """Write pins and answers as CSV or JSON Lines, which `import` reads without loss.

    \b
    Examples:
      geocache export -o everything.jsonl
      geocache export --pins -o pins.csv
    """
    from geocache.files.atomic import open_output  # noqa: PLC0415
    from geocache.files.transfer import export_records  # noqa: PLC0415

    form = form or ("jsonl" if output.suffix in {".jsonl", ".ndjson"} else "csv")
    with open_cache() as cache, open_output(output) as file:
        count = export_records(cache, file, form, pins_only=pins_only)
        print_warnings(cache)
    click.echo(f"exported {count:,} records", err=True)
    return 0


@click.command(name="import")
@click.argument("source", metavar="FILE", type=click.Path(path_type=Path))
def import_command(source: Path) -> int:
    """Import an export. Newer records in the store are kept.

    A hand-made CSV of pins needs latitude, longitude and a column of a place.

    \b
    Example:
      geocache import pins.csv
    """
    from geocache.files.transfer import import_records  # noqa: PLC0415

    with open_cache() as cache:
        imported = import_records(cache, source)
        skipped = f", skipped {imported.older:,} older than those here" if imported.older else ""
        click.echo(
            f"imported {imported.pins:,} pins and {imported.answers:,} answers{skipped}", err=True
        )
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
    """Replace the store's content with a backup's. The current content is lost.

    \b
    Example:
      geocache restore geocache-2026-11-23.sqlite
    """
    with open_cache() as cache:
        cache.restore(source)
        return finish(cache)
