"""Pictures and slides of the filtered sites, for ``site-map export`` and by the same functions."""

import sys
from pathlib import Path

import click

from dashboard.commands.opening import describe_filter_error, open_service
from dashboard.errors import ExportError, FilterError
from dashboard.exports.datasets import build_provenance
from dashboard.query.apply import apply
from dashboard.query.near import find_centre
from dashboard.reports.render import render
from dashboard.reports.request import build_filtered_report, parse_report_query
from dashboard.sites.summary import plural
from geocache.files.atomic import replace_file


def export_picture(
    pairs: list[tuple[str, str]], output: str, suffix: str, source: tuple[Path, ...] = ()
) -> int:
    """Write the filtered sites as a picture or slides, as ``/api/map`` gives them.

    Args:
        pairs: names and values of the query: filters, ``colour``, ``size``, ``theme``, ``dpi``.
        output: the file, ``-`` for standard output.
        suffix: of :data:`dashboard.reports.render.MEDIA_TYPES`.
        source: files and folders to open instead of the settings'.

    Returns:
        The exit code: 1 if some lists could not be read, else 0.

    Raises:
        click.UsageError: the query or the output is not possible.
    """
    try:
        asked = parse_report_query(pairs)
        with open_service(source) as (service, problems):
            library = service.library()
            centre = find_centre(asked.filters.near, service.geocoder.search, library.table)
            sites = apply(library.table, asked.filters, centre)
            provenance = build_provenance(library, service.geocoder.providers)
            report = build_filtered_report(sites, asked, provenance)
            template = service.settings.site_map_pptx_template
            data = render(report, asked.look._replace(suffix=suffix), template)
    except FilterError as error:
        raise click.UsageError(describe_filter_error(error)) from None
    except ExportError as error:
        raise click.UsageError(f"{output}: {error}") from None
    try:
        if output == "-":
            sys.stdout.buffer.write(data)
        else:
            with replace_file(Path(output)) as file:
                file.write(data)
    except OSError as error:
        raise click.UsageError(f"{output}: {error.strerror or error}") from None
    click.echo(f"{plural(len(sites), 'site')} drawn in {output}", err=True)
    return 1 if problems else 0
