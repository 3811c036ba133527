"""Builds the report of a filtered site table."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.exports.content import About
from dashboard.maps.palette import assign_categories
from dashboard.reports.report import TABLE_COLUMNS, Report
from dashboard.sites import summary
from dashboard.sites.decisions import SHORTLISTED
from dashboard.sites.trial import Trial

MAX_ROWS = 60
"""Sites in the table on slides."""


def build_report(
    sites: pd.DataFrame,
    about: About,
    *,
    title: str,
    filter_text: str = "",
    colour_by: str = "status",
    shade: str = "countries",
    trial: Trial | None = None,
    link: str = "",
    bbox: tuple[float, float, float, float] | None = None,
) -> Report:
    """The report of a filtered site table.

    Args:
        sites: the filtered site table.
        about: where its data is from.
        title: the heading.
        filter_text: the filter in words.
        colour_by: one of :data:`dashboard.maps.palette.COLOUR_BY`.
        shade: one of :data:`dashboard.maps.colours.SHADES`.
        trial: the record, if the sites are those of one trial.
        link: the address of the view.
        bbox: the extent in degrees, in place of that of the sites.
    """
    categories, numbers = assign_categories(sites, colour_by)
    placed = sites["latitude"].notna().to_numpy()
    places, counts = _count_places(sites[placed], numbers[placed], len(categories))
    used = counts.sum(axis=0) > 0 if len(counts) else np.zeros(len(categories), dtype=bool)
    by_country = summary.count_by_country(sites)
    figures = summary.key_figures(sites)
    shown, site_title = _select_rows(sites)
    return Report(
        title=title,
        filter_text=filter_text,
        as_of=about.as_of,
        latitudes=places["latitude"].to_numpy(dtype=float),
        longitudes=places["longitude"].to_numpy(dtype=float),
        counts=counts[:, used],
        cities=tuple(places["city"].astype(str)),
        place_names=tuple(places["place_name"].astype(str)),
        categories=tuple(c for c, kept in zip(categories, used, strict=True) if kept),
        colour_by=colour_by,
        countries={
            str(code): int(number)
            for code, number in zip(by_country["country_code"], by_country["sites"], strict=True)
            if code
        },
        figures=(
            summary.plural(figures.sites, "site"),
            summary.plural(figures.countries, "country", "countries"),
            summary.plural(figures.trials, "trial"),
            f"{int(by_country['recruiting'].sum()):,} recruiting",
        ),
        states=_count_states(sites) if shade == "states" else {},
        shade=shade,
        country_rows=tuple(
            (str(name), int(number))
            for name, number in zip(by_country["country"], by_country["sites"], strict=True)
        ),
        site_rows=tuple(
            tuple(str(cell) for cell in row)
            for row in shown[list(TABLE_COLUMNS)].itertuples(index=False)
        ),
        site_title=site_title,
        trial_rows=_describe_trial(trial) if trial else (),
        sites=len(sites),
        unplaced=int((~placed).sum()),
        credits=about.attribution,
        link=link,
        bbox=bbox,
    )


def _select_rows(sites: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """The sites for the slides' table, the shortlisted ones if there are any, and its title."""
    shortlisted = sites[(sites["decision"] == SHORTLISTED).to_numpy()]
    chosen, what = (shortlisted, "shortlisted sites") if len(shortlisted) else (sites, "sites")
    if len(chosen) > MAX_ROWS:
        return chosen.head(MAX_ROWS), f"The first {MAX_ROWS} of {len(chosen):,} {what}"
    return chosen, what.capitalize()


def _count_states(sites: pd.DataFrame) -> dict[str, int]:
    counts = summary.count_by_state(sites)
    named = counts[counts["state_code"] != ""]
    return dict(zip(named["state_code"].astype(str), map(int, named["sites"]), strict=True))


def _describe_trial(trial: Trial) -> tuple[tuple[str, str], ...]:
    """What a slide says of a trial: labels and values that the record has."""
    rows = {
        "Registry number": trial.trial_id,
        "Status": trial.status,
        "Phase": trial.phase,
        "Sponsor": trial.sponsors[0].name if trial.sponsors else "",
        "Conditions": ", ".join(trial.conditions),
        "Interventions": ", ".join(one.name for one in trial.interventions),
        "Participants": f"{trial.enrollment:,}" if trial.enrollment is not None else "",
        "Start": trial.start_date,
        "Completion": trial.completion_date,
        "Last update": trial.last_updated,
    }
    return tuple((label, value[:300]) for label, value in rows.items() if value)


def _count_places(
    sites: pd.DataFrame, numbers: npt.NDArray[np.int8], categories: int
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Distinct positions with the name of a city there, and their sites by category."""
    table = sites[["latitude", "longitude", "city", "place_name"]].assign(category=numbers)
    groups = table.groupby(["latitude", "longitude"], sort=True)
    places = groups[["city", "place_name"]].first().reset_index()
    counts = np.zeros((len(places), categories), dtype=np.int64)
    np.add.at(counts, (groups.ngroup().to_numpy(), table["category"].to_numpy()), 1)
    return places, counts
