"""The datasets of the API and the command line: sites, countries and trials."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.exports import FORMATS, Content, Provenance
from dashboard.library.lists import Library
from dashboard.query.apply import apply
from dashboard.query.dataset_query import DatasetQuery, parse_query, select_rows
from dashboard.query.near import Centre
from dashboard.sites import summary
from dashboard.sites.table import COLUMNS
from geocache.providers import Provider


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset: its columns, its formats, and how it is made of the filtered site table.

    ``distance`` says whether it has a column ``distance_km`` with ``near``.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    build: Callable[[pd.DataFrame], pd.DataFrame]
    suffixes: tuple[str, ...]
    distance: bool = False

    def parse(self, pairs: list[tuple[str, str]]) -> DatasetQuery:
        """The query of a query string's names and values.

        Raises:
            FilterError: an unknown name, or an unknown value of a closed set.
        """
        return parse_query(pairs, self.columns, distance=self.distance)


DATASETS: dict[str, Dataset] = {
    d.name: d
    for d in (
        Dataset("sites", "One row per site", COLUMNS, lambda s: s, tuple(FORMATS), distance=True),
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
"""Every dataset by its name."""


def build_provenance(library: Library, providers: Iterable[Provider]) -> Provenance:
    """Which lists the library's trials come from, and the attribution of its positions."""
    return Provenance(library, {p.name: p.attribution for p in providers})


def build_content(
    dataset: Dataset, query: DatasetQuery, provenance: Provenance, centre: Centre | None
) -> Content:
    """The rows that a query asks for, and where they are from.

    Args:
        dataset: what is asked for.
        query: filters, columns, limit and offset.
        provenance: that of the library.
        centre: where ``near`` is, from :func:`dashboard.query.near.find_centre`.
    """
    sites = apply(provenance.library.table, query.filters, centre)
    every = dataset.build(sites)
    rows = select_rows(every, query)
    about = provenance.describe(sites, filter_text=query.to_text())
    about = replace(about, total=len(every), rows=len(rows))
    return Content(dataset.name, rows, about, query.columns)
