"""Reads the sheets of a workbook: which of them list sites, and which trial they are of."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

from dashboard.errors import ReadError
from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.coded_column import CodedColumn, ColumnSource
from dashboard.readers.common.request import ReadRequest
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.readers.tables.site_list import NO_TRIAL
from dashboard.sites.trial import Trial
from geocache.geo.countries import country_code

ReadRows = Callable[[Iterator[list[str]], ReadRequest, str], str]
"""Reads a sheet's rows, with the country its title names; returns the format's name, or empty."""

_COVER_ROWS = 200
_SITE_TARGETS = frozenset({"city", "facility", "site_number", "place", "point", "latitude"})


class _Sheet(NamedTuple):
    title: str
    format: str
    part: ReadingBuilder


def read_sheets(
    sheets: Iterable[tuple[str, Iterator[list[str]]]],
    request: ReadRequest,
    workbook: str,
    read_rows: ReadRows,
    text: str = "",
) -> str:
    """Read every sheet that lists sites; returns the name of the format.

    The trial of a list that names none is looked for in the sheet's title, the other sheets, the
    ``text`` around them, and the file's name. Sheets of notes, counts by country beside a list of
    sites, and sheets whose sites are all on another are skipped with a warning.
    """
    problem: ReadError | None = None
    read: list[_Sheet] = []
    other_texts: list[str] = []
    skipped: list[str] = []
    for title, rows in sheets:
        part = request.builder.new_part()
        first = list(islice(rows, _COVER_ROWS))
        country = title if len(title) > 2 and country_code(title) else ""
        try:
            kind = read_rows(
                _FromStart(first, rows), request._replace(builder=part, texts=(title,)), country
            )
        except ReadError as error:
            problem = problem or ReadError(
                request.name, error.reason, error.where or f"sheet {title}"
            )
            skipped.append(title)
            other_texts.append(" ".join(" ".join(row) for row in first))
            continue
        read.append(_Sheet(title, kind, part))
    if not read:
        raise problem or ReadError(request.name, "a workbook without sheets")
    kept = _select_sheets(read)
    skipped += [sheet.title for sheet in read if sheet not in kept]
    _combine(
        kept, skipped, find_trial_id([" ".join(other_texts), text, request.name]), request.builder
    )
    kind = kept[0].format
    return f"{kind}, {workbook}" if kind else f"Site list ({workbook})"


class _FromStart:
    """Rows of which the first were read already."""

    def __init__(self, first: list[list[str]], rest: Iterator[list[str]]) -> None:
        self._rest = rest
        self._left = len(first)
        self._rows = chain(first, rest)

    def __iter__(self) -> "_FromStart":
        return self

    def __next__(self) -> list[str]:
        row = next(self._rows)
        self._left -= 1
        return row

    def read_columns(self, rows: int, width: int) -> list[CodedColumn] | None:
        """The next rows as columns, once the first ones were read one by one."""
        if self._left > 0 or not isinstance(self._rest, ColumnSource):
            return None
        return self._rest.read_columns(rows, width)


def _select_sheets(read: list[_Sheet]) -> list[_Sheet]:
    """The sheets that list sites, without those whose sites are all on a larger one."""
    sites = [
        sheet for sheet in read if not sheet.part.columns or _SITE_TARGETS & set(sheet.part.columns)
    ]
    sites = sites or read
    if len(sites) == 1:
        return sites
    seen: set[tuple[str, ...]] = set()
    kept: list[_Sheet] = []
    for sheet in sorted(sites, key=lambda sheet: -len(sheet.part)):
        keys = _list_keys(sheet.part)
        if not keys or not keys <= seen:
            kept.append(sheet)
            seen |= keys
    return [sheet for sheet in read if sheet in kept]


def _list_keys(part: ReadingBuilder) -> set[tuple[str, ...]]:
    numbers = [*part.site_number, *[""] * (len(part) - len(part.site_number))]
    rows = zip(numbers, part.facility, part.city, map(country_code, part.country), strict=True)
    return {tuple(map(str.strip, row)) for row in rows}


def _combine(
    kept: list[_Sheet], skipped: list[str], trial_id: str, builder: ReadingBuilder
) -> None:
    lacks_trial = False
    for sheet in kept:
        part = sheet.part
        if part.lacks_trial and trial_id:
            part.assign_trial(Trial(trial_id=trial_id))
        lacks_trial = lacks_trial or part.lacks_trial
        before = len(builder)
        builder.extend_with(part)
        lead = f"sheet {sheet.title}: " if len(kept) > 1 and before + len(part) else ""
        builder.warn(*(f"{lead}{warning}" for warning in part.warnings))
        builder.notes += [f"{lead}{note}" for note in part.notes]
    builder.columns, builder.header = kept[0].part.columns, kept[0].part.header
    if lacks_trial:
        builder.warn(NO_TRIAL)
    if skipped:
        builder.warn(f"sheets without sites of their own, skipped: {', '.join(skipped)}")
