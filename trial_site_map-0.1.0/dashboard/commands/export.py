"""``site-map export``: what the API gives for the same filter, as a file."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Any
from urllib.parse import parse_qsl

import click
import orjson
from tqdm import tqdm

from dashboard.commands.opening import SHOW_AFTER_SECONDS, describe_filter_error, open_service
from dashboard.commands.picture import export_picture
from dashboard.errors import ExportError, FilterError
from dashboard.exports import FORMATS, Content
from dashboard.exports.csvw import SUFFIX as COMPANION_SUFFIX
from dashboard.exports.csvw import build_metadata
from dashboard.exports.datasets import DATASETS, Dataset, build_content, build_provenance
from dashboard.library.session_key import load_session_key
from dashboard.query.filters import FILTERS
from dashboard.query.near import find_centre
from dashboard.query.parameters import LIMIT, OFFSET, columns_parameter
from dashboard.reports.render import MEDIA_TYPES
from dashboard.sites.fields import list_fields
from dashboard.sites.summary import plural
from dashboard.sites.table import COLUMNS
from geocache.files.atomic import replace_file


def query_options(
    command: Callable[..., Any], *, left_out: tuple[str, ...] = ()
) -> Callable[..., Any]:
    """An option for every parameter of the API, read by the same definitions.

    ``left_out`` are those whose name is an option of the command's own.
    """
    asked = (*FILTERS.values(), columns_parameter(DATASETS["sites"].columns), LIMIT, OFFSET)
    for parameter in reversed([one for one in asked if one.name not in left_out]):
        command = click.option(
            f"--{parameter.name.replace('_', '-')}",
            parameter.name,
            multiple=True,
            metavar="TEXT" if parameter.repeatable else parameter.name.upper(),
            help=parameter.about + (" Repeatable." if parameter.repeatable else ""),
        )(command)
    return command


@click.command("export", short_help="Write filtered sites as CSV, XLSX, GeoJSON, Parquet, …")
@click.argument("query", default="")
@click.option("-o", "--output", required=True, help="The file to write; - for standard output.")
@click.option(
    "--format",
    "suffix",
    type=click.Choice([*FORMATS, *MEDIA_TYPES]),
    help="The file format; by default from the ending of the output.",
)
@click.option("--table", type=click.Choice(list(DATASETS)), default="sites", show_default=True)
@click.option(
    "--source",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    help="A file or folder to open instead of SITE_MAP_SOURCES. Repeatable.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document about the file.")
@query_options
def export_command(
    *,
    query: str,
    output: str,
    suffix: str | None,
    table: str,
    source: tuple[Path, ...],
    as_json: bool,
    **options: tuple[str, ...],
) -> int:
    """Write the sites that a filter keeps to a file.

    QUERY is the part after ? of the page's address or of an API link; options add to it. CSV is
    byte for byte what the API gives, with its metadata in a second file. A Parquet file of sites
    named in SITE_MAP_SOURCES opens without locating them again.

    Example: site-map export "country=DE&status=Recruiting" -o sites.xlsx
    """
    pairs = [*split_query(query), *list_pairs(options)]
    picture = suffix or Path(output).suffix.lstrip(".").lower()
    if picture in MEDIA_TYPES and table == "sites" and not as_json:
        return export_picture(pairs, output, picture, source)
    return export_dataset(
        DATASETS[table],
        pairs,
        output,
        suffix=suffix,
        source=source,
        as_json=as_json,
    )


def split_query(query: str) -> list[tuple[str, str]]:
    """The names and values of a query string."""
    return parse_qsl(query.removeprefix("?"), keep_blank_values=True)


def list_pairs(options: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """The names and values of options that may repeat."""
    return [(name, value) for name, values in options.items() for value in values]


def export_dataset(
    dataset: Dataset,
    pairs: list[tuple[str, str]],
    output: str,
    *,
    suffix: str | None = None,
    source: tuple[Path, ...] = (),
    as_json: bool = False,
) -> int:
    """Write a dataset to a file or to standard output, and say so on stderr.

    Args:
        dataset: what to write.
        pairs: names and values of the query, as in a link.
        output: the file, ``-`` for standard output.
        suffix: of a format; by default the output's ending.
        source: files and folders to open instead of the settings'.
        as_json: print one JSON document about the file.

    Returns:
        The exit code: 1 if some lists could not be read, else 0.

    Raises:
        click.UsageError: the query, the format or the output is not possible.
    """
    suffix = suffix or Path(output).suffix.lstrip(".").lower()
    if suffix not in FORMATS:
        known = ", ".join((*FORMATS, *MEDIA_TYPES))
        raise click.UsageError(
            f"{output}: unknown format; use --format, or one of the endings {known}"
        )
    if suffix not in dataset.suffixes:
        raise click.UsageError(
            f"{dataset.name} can be written as {' or '.join(dataset.suffixes)}, not {suffix}"
        )
    if as_json and output == "-":
        raise click.UsageError("--json and -o - both write to standard output; choose one")
    try:
        check_early(dataset, pairs)
        with open_service(source) as (service, problems):
            library = service.library()
            asked = dataset.parse(pairs, list_fields(library.table, COLUMNS))
            provenance = build_provenance(library, service.geocoder.providers)
            centre = find_centre(asked.filters.near, service.geocoder.search, library.table)
            content = build_content(dataset, asked, provenance, centre)
            if dataset.name == "sites" and not asked.columns:
                content = replace(
                    content,
                    position_rules=service.geocoder.rules,
                    signing_key=load_session_key(service.settings),
                )
            write(content, suffix, output)
    except FilterError as error:
        raise click.UsageError(describe_filter_error(error)) from None
    except ExportError as error:
        raise click.UsageError(f"{output}: {error}") from None
    if as_json:
        document = {"output": output, "format": suffix, "problems": problems}
        click.echo(orjson.dumps({**document, **content.about.to_json()}))
    else:
        for note in content.about.notes:
            click.echo(note, err=True)
        click.echo(f"{plural(len(content.rows), 'row')} written to {output}", err=True)
    return 1 if problems else 0


def check_early(chosen: Dataset, pairs: list[tuple[str, str]]) -> None:
    """Refuse a query before lists are opened, except for names of their own columns.

    Raises:
        FilterError: the query is not allowed.
    """
    try:
        chosen.parse(pairs)
    except FilterError as error:
        if error.parameter != "columns":
            raise


def write(content: Content, suffix: str, output: str) -> None:
    """Write the content; a file appears only once it is complete.

    Raises:
        ExportError: the rows do not fit the format.
        click.UsageError: the file cannot be written.
    """
    chunks = FORMATS[suffix].chunks(content)
    if output == "-":
        _write_chunks(chunks, sys.stdout.buffer, content)
        sys.stdout.buffer.flush()
        return
    target = Path(output)
    try:
        with replace_file(target) as file:
            _write_chunks(chunks, file, content)
        if suffix == "csv":
            beside = target.with_name(target.name + COMPANION_SUFFIX)
            with replace_file(beside) as file:
                file.write(build_metadata(content, target.name))
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror or error}") from None


def _write_chunks(chunks: Iterator[bytes], file: IO[bytes], content: Content) -> None:
    with tqdm(
        desc="Writing",
        unit="B",
        unit_scale=True,
        delay=SHOW_AFTER_SECONDS,
        disable=len(content.rows) < 1_000 or None,
    ) as bar:
        for chunk in chunks:
            file.write(chunk)
            bar.update(len(chunk))
