"""``site-map read``: files of any format to one site table."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pandas as pd
from tqdm import tqdm

from dashboard.errors import ReadError
from dashboard.exports.csv_file import to_csv
from dashboard.library.lists import OpenedList, find_files, merge
from dashboard.readers import TARGETS, read
from geocache.collector import pause_collector
from geocache.files.atomic import replace_file

_LARGE_BYTES = 5_000_000


def _parse_columns(_context: click.Context, _option: click.Parameter, given: Sequence[str]) -> Any:
    columns = {}
    for text in given:
        target, equals, column = text.partition("=")
        if not equals or target not in TARGETS:
            raise click.BadParameter(
                f"{text!r} is not OURS=THEIRS, with OURS one of {', '.join(TARGETS)}"
            )
        columns[target] = column
    return columns or None


@click.command("read", short_help="Read files of any format into one table of sites.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=None,
    help="The CSV file to write; - for standard output.",
)
@click.option(
    "--no-locate", is_flag=True, help="Do not locate sites; keep only the registry's own points."
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    callback=_parse_columns,
    metavar="OURS=THEIRS",
    help="Use column THEIRS of a plain list as OURS (such as city=Ort). Repeatable.",
)
@click.option(
    "--warnings",
    "show_warnings",
    is_flag=True,
    help="Print every warning, and the columns of the list kept as its own.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document about the files.")
def read_command(  # noqa: PLR0917 - a command's options
    files: Sequence[Path],
    output: Path | None,
    no_locate: bool,
    columns: dict[str, str] | None,
    show_warnings: bool,
    as_json: bool,
) -> int:
    """Read FILES of any format, and files in folders, into one table of sites.

    Prints one line per file: format, trials, sites, warnings.

    Example: site-map read downloads/*.json sites.xlsx -o sites.csv
    """
    if output is None and not as_json:
        raise click.UsageError(
            "name the file to write with -o OUT.csv, or -o - for standard output"
        )
    if as_json and str(output) == "-":
        raise click.UsageError("--json and -o - both write to standard output; choose one")
    lists = [_open(item, columns) for item in find_files(files)]
    for opened in lists:
        _print(opened, show_warnings)
    failed = sum(opened.reading is None for opened in lists)
    if as_json:
        click.echo(json.dumps({"files": [_describe(opened) for opened in lists]}, indent=1))
    if failed == len(lists):
        return 2
    not_asked = _write(lists, output, no_locate) if output is not None else 0
    return 1 if failed or not_asked else 0


def _open(item: Path | OpenedList, columns: dict[str, str] | None) -> OpenedList:
    if isinstance(item, OpenedList):
        return item
    try:
        data = item.read_bytes()
        with tqdm(
            total=100,
            desc=item.name,
            unit="%",
            leave=False,
            disable=len(data) < _LARGE_BYTES or None,
        ) as bar:
            reading = read(
                data,
                item.name,
                columns=columns,
                progress=lambda part: bar.update(int(part * 100) - bar.n) and None,
            )
    except ReadError as error:
        where = f" ({error.where})" if error.where else ""
        return OpenedList(str(item), error=error.reason + where)
    except OSError as error:
        return OpenedList(str(item), error=error.strerror or "cannot be read")
    return OpenedList(str(item), reading)


def _print(opened: OpenedList, show_warnings: bool) -> None:
    reading = opened.reading
    if reading is None:
        click.echo(f"{opened.name}: not read: {opened.error}", err=True)
        return
    click.echo(
        f"{opened.name}: {reading.format}, trials {len(reading.trials):,}, "
        f"sites {len(reading.sites):,}, warnings {len(reading.warnings):,}",
        err=True,
    )
    for sentence in (*reading.warnings, *reading.notes) if show_warnings else ():
        click.echo(f"  {sentence}", err=True)


def _write(lists: Sequence[OpenedList], output: Path | None, no_locate: bool) -> int:
    """Write the table; returns how many sites no provider was asked for."""
    if no_locate:
        library = merge(lists, None)
    else:
        with pause_collector(freeze=True):
            from geocache import providers, settings  # noqa: F401, PLC0415 - as GeoCache does
            from geocache.lookup import GeoCache  # noqa: PLC0415 - not needed without locating

        with GeoCache() as cache:
            library = merge(lists, cache.locate_many)
    for note in library.notes:
        click.echo(note, err=True)
    data = to_csv(library.table)
    if str(output) == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
    elif output is not None:
        try:
            with replace_file(output) as file:
                file.write(data)
        except OSError as error:
            raise click.UsageError(f"{output}: {error.strerror or error}") from None
    return _count_not_asked(library.table)


def _count_not_asked(table: pd.DataFrame) -> int:
    return int(table["reason"].astype("str").str.startswith("not asked").sum())


def _describe(opened: OpenedList) -> dict[str, Any]:
    reading = opened.reading
    if reading is None:
        return {"file": opened.name, "error": opened.error}
    return {
        "file": opened.name,
        "format": reading.format,
        "as_of": reading.as_of,
        "trials": len(reading.trials),
        "sites": len(reading.sites),
        "warnings": list(reading.warnings),
        "notes": list(reading.notes),
        "columns": dict(reading.columns),
    }
