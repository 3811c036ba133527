"""``site-map fetch`` and ``refresh``: trials from the live registry, stored for offline use."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click
from tqdm import tqdm

from dashboard.errors import RegistryError, TrialStorageError
from dashboard.library.fetched import FetchedTrials, FetchProgress, FetchResult, TrialChange
from dashboard.library.registry.client import Page, Registry
from dashboard.library.registry.search import RegistrySearch, find_trial_ids
from dashboard.library.storage import build_trial_storage
from dashboard.settings import Settings
from dashboard.sites.summary import plural
from geocache.errors import ReadOnlyError
from geocache.settings import load_settings


@click.command("fetch", short_help="Fetch trials from ClinicalTrials.gov.")
@click.argument("numbers", nargs=-1, metavar="[NCT...]")
@click.option("--condition", default="", help="Trials about this condition.")
@click.option("--intervention", default="", help="Trials of this drug, device or procedure.")
@click.option("--sponsor", default="", help="Trials of this sponsor or collaborator.")
@click.option("--country", default="", help="Trials with a site in this country.")
@click.option("--status", "statuses", multiple=True, help="Trials with this status. Repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document about the trials.")
def fetch_command(  # noqa: PLR0917 - a command's options
    numbers: Sequence[str],
    condition: str,
    intervention: str,
    sponsor: str,
    country: str,
    statuses: Sequence[str],
    as_json: bool,
) -> int:
    """Fetch trials from ClinicalTrials.gov by NCT number, or by a search.

    They are stored in the data folder and open without a network afterwards.

    \b
    Examples:
      site-map fetch NCT01207388 NCT02552212
      site-map fetch --condition asthma --country Austria --status Recruiting
    """
    asked = find_trial_ids(" ".join(numbers))
    search = RegistrySearch(condition, intervention, sponsor, country, tuple(statuses))
    try:
        parameters = search.parameters()
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if bool(asked) == bool(parameters):
        raise click.UsageError("give NCT numbers such as NCT01207388, or a search (see --help)")
    with _registry() as (registry, fetched):
        pages = registry.fetch_trials(asked) if asked else registry.search(search)
        result = _fetch(fetched, pages, asked)
    return _report(result, as_json, "fetched")


@click.command("refresh", short_help="Fetch the stored trials again and report changes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document about the changes.")
def refresh_command(as_json: bool) -> int:
    """Fetch all stored trials again and report what changed.

    That is sites added, sites removed, and changed statuses.

    Example: site-map refresh
    """
    with _registry() as (registry, fetched):
        asked = fetched.list_ids()
        if not asked:
            raise click.UsageError(
                "there are no fetched trials yet; fetch some with site-map fetch NCT…"
            )
        result = _fetch(fetched, registry.fetch_trials(asked), asked)
    return _report(result, as_json, "fetched again")


@contextmanager
def _registry() -> Iterator[tuple[Registry, FetchedTrials]]:
    """The registry and the fetched trials; a failure of either is one line."""
    settings = load_settings(Settings)
    try:
        settings.check_may_change()
        with (
            Registry(settings.site_map_registry_url) as registry,
            FetchedTrials(build_trial_storage(settings)) as fetched,
        ):
            yield registry, fetched
    except RegistryError as error:
        raise click.UsageError(str(error)) from None
    except ReadOnlyError as error:
        raise click.UsageError(str(error)) from None
    except TrialStorageError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"the data folder cannot be written: {error}") from None


def _fetch(fetched: FetchedTrials, pages: Iterator[Page], asked: Iterable[str]) -> FetchResult:
    with tqdm(desc="Trials", unit="trial", delay=1, leave=False, disable=None) as bar:

        def show(progress: FetchProgress) -> None:
            bar.total = progress.total
            bar.update(progress.done - bar.n)

        return fetched.fetch(pages, asked, show)


def _report(result: FetchResult, as_json: bool, done: str) -> int:
    for change in result.changes:
        for line in describe_change(change):
            click.echo(line, err=as_json)
    for number in result.missing:
        click.echo(f"{number}: not in the registry", err=True)
    if result.problem:
        click.echo(f"Stopped early: {result.problem}", err=True)
    click.echo(f"{plural(len(result.changes), 'trial')} {done}", err=True)
    if as_json:
        click.echo(json.dumps(_build_document(result), indent=1, ensure_ascii=False))
    if not result.changes:
        return 2
    return 1 if result.problem or result.missing else 0


def describe_change(change: TrialChange) -> list[str]:
    """What changed in one trial, one line each; empty if nothing did."""
    lines = []
    if change.new:
        lines.append(f"{change.trial_id}: new")
    if change.trial_status is not None:
        was, now = (text or "not stated" for text in change.trial_status)
        lines.append(f"{change.trial_id}: status {was} -> {now}")
    lines += [f"{change.trial_id}: + {site}" for site in change.added]
    lines += [f"{change.trial_id}: - {site}" for site in change.removed]
    lines += [
        f"{change.trial_id}: {site}: {was or 'not stated'} -> {now or 'not stated'}"
        for site, was, now in change.statuses
    ]
    return lines


def _build_document(result: FetchResult) -> dict[str, Any]:
    return {
        "trials": [asdict(change) for change in result.changes],
        "missing": result.missing,
        "problem": result.problem,
    }
