"""A query for a report: filters, and how it is drawn."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from dashboard.exports import Provenance
from dashboard.maps.colours import SHADES
from dashboard.maps.palette import COLOUR_BY
from dashboard.query.dataset_query import DatasetQuery, parse_query
from dashboard.query.filters import Filters
from dashboard.query.parameters import Choice, Parameter
from dashboard.reports.build import build_report
from dashboard.reports.render import RESOLUTIONS, SIZES, THEMES, Look
from dashboard.reports.report import Report
from dashboard.sites import list_rows, summary
from dashboard.sites.table import COLUMNS
from dashboard.sites.trial import Trial

PARAMETERS: tuple[Parameter, ...] = (
    Choice(
        name="colour",
        about="What the sites are coloured by; status if not given.",
        example="status",
        allowed=tuple(COLOUR_BY),
    ),
    Choice(
        name="shade",
        about="What the land is shaded by: its number of sites per country or state; countries if "
        "not given.",
        example="states",
        allowed=SHADES,
    ),
    Choice(
        name="size",
        about="The page: wide (16:9), A4 or Letter; wide if not given.",
        example="a4",
        allowed=SIZES,
    ),
    Choice(name="theme", about="light if not given.", example="dark", allowed=THEMES),
    Choice(
        name="dpi",
        about="Dots per inch of a PNG; 150 if not given.",
        example="300",
        allowed=RESOLUTIONS,
    ),
)
"""The parameters of a report beside the filters; ``bbox`` is also its extent."""


class ReportQuery(NamedTuple):
    """A parsed query: the filters, what to colour and shade by, and the look without its suffix."""

    filters: Filters
    colour_by: str
    look: Look
    shade: str = "countries"


def parse_report_query(pairs: list[tuple[str, str]]) -> ReportQuery:
    """The report that a query string asks for.

    Raises:
        FilterError: an unknown name, or a value that is not allowed.
    """
    query: DatasetQuery = parse_query(pairs, COLUMNS, distance=False, own=PARAMETERS)
    own: Mapping[str, Any] = query.arguments()
    look = Look(
        size=own.get("size", "wide"), theme=own.get("theme", "light"), dpi=int(own.get("dpi", 150))
    )
    return ReportQuery(
        query.filters, own.get("colour", "status"), look, own.get("shade", "countries")
    )


def describe_filters(filters: Filters) -> str:
    """The filters in words, such as ``Country: Germany, Italy; Site status: Recruiting``."""
    parts = []
    for one, value in filters.pairs():
        texts = [part.text for part in one.list_parts(value)]
        if texts:
            more = f" and {len(texts) - 8} more" if len(texts) > 8 else ""
            parts.append(f"{one.label}: {', '.join(texts[:8])}{more}")
    return "; ".join(parts)


def _find_trial(sites: pd.DataFrame, trials: Mapping[str, Trial]) -> Trial | None:
    """The record of the only trial of some sites."""
    ids = summary.first_trials(sites, 2)
    return trials.get(ids[0]) if len(ids) == 1 else None


def title_sites(sites: pd.DataFrame, trials: Mapping[str, Trial]) -> str:
    """The title of some sites: their trial or list, or the number of trials."""
    trial = _find_trial(sites, trials)
    if trial:
        return ": ".join(part for part in (trial.trial_id, trial.title) if part) or "Site list"
    total = summary.key_figures(sites).trials
    if not total:
        lists = list(list_rows.count_sites(sites))
        return lists[0] if len(lists) == 1 else "Site list"
    return f"Trial site map: {summary.plural(total, 'trial')}"


def build_filtered_report(
    sites: pd.DataFrame, query: ReportQuery, provenance: Provenance, link: str = ""
) -> Report:
    """The report of sites that the query's filters were applied to.

    Args:
        sites: the filtered site table.
        query: as parsed.
        provenance: where the trials come from.
        link: the address of the view.
    """
    box = query.filters.bbox
    return build_report(
        sites,
        provenance.describe(sites),
        title=title_sites(sites, provenance.library.trials),
        filter_text=describe_filters(query.filters),
        colour_by=query.colour_by,
        shade=query.shade,
        trial=_find_trial(sites, provenance.library.trials),
        link=link,
        bbox=(box.west, box.south, box.east, box.north) if box else None,
    )
