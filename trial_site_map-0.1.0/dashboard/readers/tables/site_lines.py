"""Reads lists without a header whose lines are `Facility, City, State, Country`, or less."""

from collections.abc import Iterable, Sequence

from dashboard.readers.common.builder import ReadingBuilder
from dashboard.readers.common.locations_text import split_all
from dashboard.readers.common.messages import shorten
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.readers.tables.raw_table import RawTable
from dashboard.sites.trial import Trial
from geocache.geo.countries import country_code

_NEARLY_ALL = 0.8


def are_site_lines(table: RawTable) -> bool:
    """True for rows of different lengths, nearly all of which end with a country."""
    if table.header_at is not None or table.delimiter != ",":
        return False
    rows = [row for row in table.sample if any(row)]
    ends = [_list_filled(row)[-1] for row in rows if _list_filled(row)]
    widths = {len(_list_filled(row)) for row in rows}
    countries = sum(bool(country_code(end)) for end in ends)
    return len(widths) > 1 and countries >= _NEARLY_ALL * len(rows)


def read_site_lines(table: RawTable, builder: ReadingBuilder, texts: Iterable[str]) -> None:
    """Read one site per line, split from the right, with a warning for uncertain splits.

    The trial is the one that the first of ``texts`` names; ``builder.lacks_trial`` is set if none
    does.
    """
    lines = [
        (number, ", ".join(_list_filled(row)))
        for number, row in enumerate([*table.sample, *table.rest], 1)
        if any(row)
    ]
    split = split_all(text for _, text in lines)
    for _, text in lines:
        parts = split[text]
        builder.add_site(parts.facility, parts.city, parts.state, parts.postcode, parts.country)
    trial_id = find_trial_id(texts)
    if trial_id:
        builder.assign_trial(Trial(trial_id=trial_id))
    builder.lacks_trial = not trial_id
    unsure = [f"row {number} ({text[:60]!r})" for number, text in lines if not split[text].sure]
    if unsure:
        builder.warn(f"lines that could be split differently: {shorten(unsure)}")


def _list_filled(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]
