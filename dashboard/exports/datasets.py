"""What a query is answered with: the same for the API and the command line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.exports import FORMATS, Content, Provenance
from dashboard.library.lists import Library
from dashboard.query import apply
from dashboard.query.near import LocatePlace
from dashboard.query.query import Query, parse_query, select_rows
from dashboard.sites import summary
from dashboard.sites.table import COLUMNS
from geocache.providers import Provider


@dataclass(frozen=True, slots=True)
class Dataset:
    """One thing that can be asked for: its columns, and how it is made of the filtered sites."""

    name: str
    about: str
    columns: tuple[str, ...]
    make: Callable[[pd.DataFrame], pd.DataFrame]
    suffixes: tuple[str, ...]
    distance: bool = False

    def parse(self, pairs: list[tuple[str, str]]) -> Query:
        """The query that names and values ask of this table.

        Raises:
            FilterError: an unknown name, or an unknown value of a closed set.
        """
        return parse_query(pairs, self.columns, distance=self.distance)


DATASETS: dict[str, Dataset] = {
    t.name: t
    for t in (
        Dataset("sites", "A row a site", COLUMNS, lambda s: s, tuple(FORMATS), distance=True),
        Dataset(
            "countries",
            "Counts per country, most sites first",
            summary.COUNTRY_COLUMNS,
            summary.count_by_country,
            ("csv", "json"),
        ),
        Dataset(
            "trials",
            "Counts per trial",
            summary.TRIAL_COLUMNS,
            summary.count_by_trial,
            ("csv", "json"),
        ),
    )
}
"""Everything that can be asked for, by name."""


def build_provenance(library: Library, providers: Iterable[Provider]) -> Provenance:
    """Where the library's trials are from, and whose the positions are."""
    return Provenance(library, {p.name: p.attribution for p in providers})


def build_content(
    table: Dataset, query: Query, library: Library, origins: Provenance, locate: LocatePlace
) -> Content:
    """The rows a query asks for, and what to say of them.

    Raises:
        FilterError: ``near`` names a place that nobody knows.
    """
    sites = apply.apply(library.table, query.filters, locate)
    whole = table.make(sites)
    rows = select_rows(whole, query)
    about = origins.about(sites, filter_text=query.text())
    return Content(
        table.name, rows, replace(about, total=len(whole), rows=len(rows)), query.columns
    )
