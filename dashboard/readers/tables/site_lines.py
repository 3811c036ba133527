"""Lines without a header, each `Facility, City, State, Country` with parts left out."""

from collections.abc import Iterable, Sequence

from dashboard.readers.common.builder import Gathered
from dashboard.readers.common.job import listed
from dashboard.readers.common.locations_text import split_all
from dashboard.readers.common.trial_number import trial_named
from dashboard.readers.tables.tables import Table
from dashboard.sites.trial import Trial
from geocache.geo.countries import country_code

_NEARLY_ALL = 0.8


def are_site_lines(table: Table) -> bool:
    """True for rows of unequal length, nearly all of which end with a country."""
    rows = [row for row in table.sample if any(row)]
    ends = [_full(row)[-1] for row in rows if _full(row)]
    widths = {len(_full(row)) for row in rows}
    countries = sum(bool(country_code(end)) for end in ends)
    return (
        table.header_at is None
        and table.sign == ","
        and len(widths) > 1
        and countries >= _NEARLY_ALL * len(rows)
    )


def gather_lines(table: Table, gathered: Gathered, texts: Iterable[str]) -> None:
    """A site a line, divided from the right; a division in doubt is said.

    The trial is that which the first of ``texts`` names; ``gathered.nameless`` where none does.
    """
    lines = [
        (number, ", ".join(_full(row)))
        for number, row in enumerate([*table.sample, *table.rest], 1)
        if any(row)
    ]
    split = split_all(text for _, text in lines)
    for _, text in lines:
        parts = split[text]
        gathered.add(parts.facility, parts.city, parts.state, parts.postcode, parts.country)
    trial_id = trial_named(texts)
    if trial_id:
        gathered.name_trial(Trial(trial_id=trial_id))
    gathered.nameless = not trial_id
    unsure = [f"row {number} ({text[:60]!r})" for number, text in lines if not split[text].sure]
    if unsure:
        gathered.warn(f"lines that could be divided otherwise: {listed(unsure)}")


def _full(row: Sequence[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]
