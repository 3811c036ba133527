"""Opens the lists for one command, and words its errors."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from tqdm import tqdm

from dashboard.errors import FilterError
from dashboard.service.service import Service
from dashboard.settings import Settings
from geocache.settings import load_settings

SHOW_AFTER_SECONDS = 1.0


def describe_filter_error(error: FilterError) -> str:
    """One line with what would have been allowed."""
    near = ", ".join(error.allowed[:5])
    return str(error) + (f"; allowed, closest first: {near}" if near else "")


@contextmanager
def open_service(source: tuple[Path, ...]) -> Iterator[tuple[Service, list[str]]]:
    """The service with its lists open, and what could not be read, which goes to stderr too.

    Raises:
        click.UsageError: nothing could be opened.
        ConfigurationError, OSError: a setting or the data folder cannot work.
    """
    sources = {"site_map_sources": os.pathsep.join(map(str, source))} if source else {}
    service = Service(load_settings(Settings, **sources), serving=False)
    try:
        service.opener.start()
        if not service.opener.wait(SHOW_AFTER_SECONDS):
            shown = "{desc} {bar} {n:.0f} %"
            with tqdm(
                total=100, bar_format=shown, desc="Opening", leave=False, disable=None
            ) as bar:
                while not service.opener.wait(0.2):
                    bar.set_description(service.opener.progress.stage)
                    bar.update(100 * service.opener.progress.fraction - bar.n)
        if service.opener.error is not None:
            raise service.opener.error
        lists = service.library().lists
        problems = [f"{one.name}: {one.error}" for one in lists if one.error]
        if lists and len(problems) == len(lists):
            raise click.UsageError(f"no site list could be opened: {problems[0]}")
        for problem in problems:
            click.echo(f"site-map: {problem}", err=True)
        yield service, problems
    finally:
        service.close()
