"""The datasets of the API and the command line: sites, countries, states and trials."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dashboard.exports import FORMATS, Content, Provenance
from dashboard.library.lists import Library
from dashboard.library.sides import find_list_sites, find_trial_sites
from dashboard.query.apply import apply
from dashboard.query.dataset_query import DatasetQuery, parse_query, select_rows
from dashboard.query.near import Centre
from dashboard.query.parameters import MAX_NAME, Choice, Distance, Parameter, WholeNumber
from dashboard.reach import catchment, gaps, next_sites, rates, reach, timeline
from dashboard.reach.method import (
    CREDITS,
    describe_method,
    describe_next_method,
    describe_rates_method,
    list_notes,
)
from dashboard.sites import summary
from dashboard.sites.facilities import FACILITY_COUNT_COLUMNS, complete_counts, count_by_facility
from dashboard.sites.table import COLUMNS
from dashboard.sites.trial import Trial
from geocache.providers import Provider


@dataclass(frozen=True, slots=True)
class Dataset:
    """One dataset: its columns, its formats, and how it is made of the filtered site table.

    ``distance`` says whether it has a column ``distance_km`` with ``near``; ``own`` are parameters
    that only it has, whose values ``build`` gets by name; ``credits`` are due for data beside the
    sites. Given the same parameters, ``describe_method`` says how figures are computed from some
    sites, and ``list_notes`` what of them a reader must not expect. ``find_tables`` replaces names
    among the parameters by what they name in the open lists, before all these.
    """

    name: str
    about: str
    columns: tuple[str, ...]
    build: Callable[..., pd.DataFrame]
    suffixes: tuple[str, ...]
    distance: bool = False
    add_trials: Callable[[pd.DataFrame, Mapping[str, Trial]], pd.DataFrame] | None = None
    own: tuple[Parameter, ...] = ()
    credits: tuple[str, ...] = ()
    describe_method: Callable[..., str] | None = None
    list_notes: Callable[..., list[str]] | None = None
    find_tables: Callable[[dict[str, Any], Library], dict[str, Any]] | None = None

    def parse(self, pairs: list[tuple[str, str]], fields: Sequence[str] = ()) -> DatasetQuery:
        """The query of a query string's names and values.

        ``fields`` are the own columns of the open lists, which ``columns`` may name too.

        Raises:
            FilterError: an unknown name, or an unknown value of a closed set.
        """
        return parse_query(
            pairs,
            self.columns,
            tuple(fields) if self.distance else (),
            distance=self.distance,
            own=self.own,
        )


CANDIDATES = Parameter(
    name="candidates",
    about="An open list by its name: choose among its sites, not among cities.",
    example="candidates.csv",
    longest=MAX_NAME,
)
_LEVELS = Choice(
    name="levels",
    about="Of what to give figures: each country, state or US county.",
    example="country",
    most=len(reach.LEVELS),
    allowed=reach.LEVELS,
)
AGAINST = Parameter(
    name="against",
    about="A trial by its id: which people have these sites and not its sites.",
    example="NCT01207388",
    longest=MAX_NAME,
)


def find_tables(arguments: dict[str, Any], library: Library) -> dict[str, Any]:
    """The parameters with the sites of what ``against`` and ``candidates`` name.

    Raises:
        FilterError: there is no such trial or list.
    """
    found = {"against": find_trial_sites, "candidates": find_list_sites}
    return arguments | {
        name: find(name, arguments[name], library)
        for name, find in found.items()
        if name in arguments
    }


TABLE_FORMATS = ("csv", "json", "xlsx")

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
            "states",
            "Counts per state or province, most sites first",
            summary.STATE_COLUMNS,
            summary.count_by_state,
            ("csv", "json"),
        ),
        Dataset(
            "trials",
            "Counts and dates per trial",
            (*summary.TRIAL_COLUMNS, *summary.TRIAL_FACT_COLUMNS),
            summary.count_by_trial,
            ("csv", "json"),
            add_trials=summary.add_trial_facts,
        ),
        Dataset(
            "facilities",
            "Counts per facility, most trials first",
            FACILITY_COUNT_COLUMNS,
            count_by_facility,
            ("csv", "json"),
            add_trials=complete_counts,
        ),
        Dataset(
            "starts",
            "Trials and sites by the year or month in which the trial started",
            timeline.COLUMNS,
            timeline.count_starts,
            TABLE_FORMATS,
            describe_method=timeline.describe_method,
            own=(
                Choice(
                    name="per",
                    about="year or month; year if not given.",
                    example="year",
                    allowed=timeline.PERIODS,
                ),
                Choice(
                    name="by",
                    about="Split the counts by country, phase or sponsor.",
                    example="phase",
                    allowed=timeline.GROUPS,
                ),
            ),
        ),
        Dataset(
            "reach",
            "People who live within some distances of a site",
            reach.COLUMNS,
            reach.measure_reach,
            TABLE_FORMATS,
            credits=CREDITS,
            describe_method=describe_method,
            list_notes=list_notes,
            find_tables=find_tables,
            own=(
                Distance(
                    name="within_km",
                    about="A distance in km, or as 50mi; 25, 50, 100 and 200 if none is given.",
                    example="80",
                    most=20,
                ),
                WholeNumber(
                    name="within_min",
                    about="Minutes of travel as estimated from the straight line, no drive time.",
                    example="30",
                    most=20,
                    least=1,
                    greatest=reach.MOST_MINUTES,
                    unit="minutes",
                ),
                Distance(
                    name="catchment_km",
                    about="Give sites per million people by two-step floating catchment (2SFCA) of "
                    "this distance.",
                    example="80",
                    greatest=catchment.MOST_KM,
                ),
                AGAINST,
                _LEVELS,
            ),
        ),
        Dataset(
            "reach-rates",
            "Recruiting sites per million people of countries, states and US counties",
            rates.COLUMNS,
            rates.measure_rates,
            TABLE_FORMATS,
            credits=CREDITS,
            describe_method=describe_rates_method,
            list_notes=list_notes,
            own=(_LEVELS,),
        ),
        Dataset(
            "reach-gaps",
            "States and US counties without a site, and large cities far from one",
            gaps.COLUMNS,
            gaps.find_gaps,
            TABLE_FORMATS,
            credits=CREDITS,
            describe_method=describe_method,
            list_notes=list_notes,
            own=(
                Distance(
                    name="beyond_km",
                    about="A city is far if no site is within this distance; 100 km if not given.",
                    example="100",
                ),
            ),
        ),
        Dataset(
            "reach-next",
            "Where a further site would bring most people within a distance",
            next_sites.COLUMNS,
            next_sites.propose_sites,
            TABLE_FORMATS,
            credits=CREDITS,
            describe_method=describe_next_method,
            list_notes=list_notes,
            find_tables=find_tables,
            own=(
                Distance(
                    name="within_km", about="In km, or as 50mi; 80 km if not given.", example="80"
                ),
                WholeNumber(
                    name="count",
                    about="How many cities; 5 if not given.",
                    example="5",
                    least=1,
                    greatest=next_sites.MOST_SITES,
                    unit="cities",
                ),
                CANDIDATES,
            ),
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
    return build_content_from(dataset, query, provenance, sites)


def build_content_from(
    dataset: Dataset, query: DatasetQuery, provenance: Provenance, sites: pd.DataFrame
) -> Content:
    """As :func:`build_content`, of sites that the query's filters were applied to already."""
    arguments = query.arguments()
    if dataset.find_tables:
        arguments = dataset.find_tables(arguments, provenance.library)
    every = dataset.build(sites, **arguments)
    if dataset.add_trials:
        every = dataset.add_trials(every, provenance.library.trials)
    rows = select_rows(every, query)
    about = provenance.describe(sites, filter_text=query.to_text())
    about = replace(
        about,
        total=len(every),
        rows=len(rows),
        attribution=(*about.attribution, *dataset.credits),
        method=dataset.describe_method(sites, **arguments) if dataset.describe_method else "",
        notes=tuple(dataset.list_notes(sites, **arguments)) if dataset.list_notes else (),
    )
    return Content(dataset.name, rows, about, query.columns)
