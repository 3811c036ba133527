"""The sheets of one workbook together: which hold sites, and what the others say of them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.job import Job
from dashboard.readers.common.trial_number import trial_named
from dashboard.readers.tables.site_list import NO_TRIAL
from dashboard.sites.trial import Trial
from geocache.geo.countries import country_code

GatherRows = Callable[[Iterator[list[str]], Job, str], str]
"""Reads a sheet's rows into a job, of a country where its title names one; the format's name,
empty for a plain list."""

_COVER_ROWS = 200
_OF_SITES = frozenset({"city", "facility", "site_number", "postcode", "place", "point", "latitude"})


class _Sheet(NamedTuple):
    title: str
    format: str
    part: Gathered


def gather_sheets(
    sheets: Iterable[tuple[str, Iterator[list[str]]]],
    job: Job,
    kind_of_workbook: str,
    gather_rows: GatherRows,
    text: str = "",
) -> str:
    """Every sheet that holds sites, once; the name of the format.

    A list without a trial is of that which its sheet's title, the other sheets, the ``text`` around
    them or the file names.
    Sheets of notes, counts by country beside a list of sites, and sheets whose every site stands in
    another are passed over, and named.
    """
    problem: ReadError | None = None
    read: list[_Sheet] = []
    beside: list[str] = []
    passed: list[str] = []
    for title, rows in sheets:
        part = job.gathered.empty()
        first = list(islice(rows, _COVER_ROWS))
        country = title if len(title) > 2 and country_code(title) else ""
        try:
            kind = gather_rows(
                _chained(first, rows), job._replace(gathered=part, texts=(title,)), country
            )
        except ReadError as error:
            problem = problem or ReadError(job.name, error.reason, error.where or f"sheet {title}")
            passed.append(title)
            beside.append(" ".join(" ".join(row) for row in first))
            continue
        read.append(_Sheet(title, kind, part))
    if not read:
        raise problem or ReadError(job.name, "a workbook without sheets")
    kept = _of_sites(read)
    passed += [sheet.title for sheet in read if sheet not in kept]
    _join(kept, passed, trial_named([" ".join(beside), text, job.name]), job.gathered)
    kind = kept[0].format
    return f"{kind}, {kind_of_workbook}" if kind else f"Site list ({kind_of_workbook})"


def _chained(first: list[list[str]], rows: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from first
    yield from rows


def _of_sites(read: list[_Sheet]) -> list[_Sheet]:
    """The sheets that list sites, without those whose every site stands in a larger one."""
    sites = [
        sheet for sheet in read if not sheet.part.columns or _OF_SITES & set(sheet.part.columns)
    ]
    sites = sites or read
    seen: set[tuple[str, ...]] = set()
    kept: list[_Sheet] = []
    for sheet in sorted(sites, key=lambda sheet: -len(sheet.part)):
        keys = _keys(sheet.part)
        if not keys or not keys <= seen:
            kept.append(sheet)
            seen |= keys
    return [sheet for sheet in read if sheet in kept]


def _keys(part: Gathered) -> set[tuple[str, ...]]:
    numbers = [*part.site_number, *[""] * (len(part) - len(part.site_number))]
    rows = zip(numbers, part.facility, part.city, map(country_code, part.country), strict=True)
    return {tuple(map(str.strip, row)) for row in rows}


def _join(kept: list[_Sheet], passed: list[str], trial_id: str, gathered: Gathered) -> None:
    nameless = False
    for sheet in kept:
        part = sheet.part
        if part.nameless and trial_id:
            part.name_trial(Trial(trial_id=trial_id))
        nameless = nameless or part.nameless
        before = len(gathered)
        gathered.absorb(part)
        lead = f"sheet {sheet.title}: " if len(kept) > 1 and before + len(part) else ""
        gathered.warn(*(f"{lead}{warning}" for warning in part.warnings))
    gathered.columns, gathered.header = kept[0].part.columns, kept[0].part.header
    if nameless:
        gathered.warn(NO_TRIAL)
    if passed:
        gathered.warn(f"sheets without sites of their own passed over: {', '.join(passed)}")
