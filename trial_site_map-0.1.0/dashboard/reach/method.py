"""Says how the figures of reach are computed, in a paragraph that can stand in a paper."""

from collections.abc import Sequence

import pandas as pd

from dashboard.reach import next_sites, rates, travel_time
from dashboard.reach.population import YEAR, measure_coverage, read_units
from dashboard.reach.road_times import CANDIDATES, RoadTimes
from dashboard.reach.site_points import build_site_points
from geocache.geo.countries import country_name

CREDITS = (
    "People of US ZIP areas: US Census Bureau, by way of SimpleMaps US Zip Codes (basic, 2024)",
    "People of places: GeoNames (CC BY 4.0)",
    f"People of countries in {YEAR}: UN World Population Prospects 2024 (CC BY 3.0 IGO)",
    "US counties: US Census Bureau, cartographic boundaries (public domain)",
)
MOST_NAMED = 12


def describe_method(
    sites: pd.DataFrame,
    *,
    within_min: Sequence[float] = (),
    catchment_km: float | None = None,
    against: pd.DataFrame | None = None,
    road: RoadTimes | None = None,
    **_others: object,
) -> str:
    """Data, formula and coverage of the reach of a site table.

    Args:
        sites: the filtered site table.
        within_min: as for :func:`dashboard.reach.reach.measure_reach`, like the next two.
        catchment_km: the distance of the two-step floating catchment.
        against: the sites that are compared with.
        road: minutes by road, if they were asked for.
    """
    points = build_site_points(sites)
    used = len(sites) - points.left_out
    coverage = measure_coverage()
    codes = list_countries(sites)
    shares = [f"{country_name(code)} {coverage.get(code, 0.0):.0%}" for code in codes[:MOST_NAMED]]
    more = f" and {len(codes) - MOST_NAMED} more countries" if len(codes) > MOST_NAMED else ""
    left_out = (
        f" {points.left_out:,} sites whose position is known only to the state or country, or not "
        "at all, were left out."
        if points.left_out
        else ""
    )
    method = (
        f"{used:,} sites at {len(points.sites):,} positions were used; most positions are the "
        f"centre of a city.{left_out} People are counted at the centre of the area they live in: "
        "in the United States ZIP areas, elsewhere places listed by GeoNames, without districts of "
        "larger cities. An area is within reach of a site if the great-circle distance (haversine, "
        "sphere of 6,371 km) between the two is at most the distance named; no roads, travel times "
        "or borders are considered. Shares are those of the people in listed areas. Listed areas "
        f"hold these shares of a country's people ({YEAR}): {', '.join(shares) or 'none'}{more}. "
        "Where that is under 80 % or over 120 %, only shares are given, no numbers of people. "
        "Evenness is the Gini coefficient of sites against people over states, in the United "
        "States over counties."
    )
    parts = [method]
    if within_min and road is not None:
        parts.append(
            f"Minutes are those by road and car that a routing server gave for {road.asked:,} "
            f"areas and the {CANDIDATES} positions of sites that are nearest to each in a straight "
            "line, without traffic."
        )
    elif within_min:
        parts.append(travel_time.SOURCE)
    if catchment_km is not None:
        parts.append(
            "Sites per million people with shared access are by two-step floating catchment (Luo "
            f"and Wang 2003): each site is shared by all people within {catchment_km:,.0f} km of "
            "it, on both sides of borders, and each area has the sum of its shares."
        )
    if against is not None:
        there = build_site_points(against)
        named = sorted(str(name) for name in against["trial_id"].unique())
        parts.append(
            f"Compared with {int(there.sites.sum()):,} sites of {', '.join(named) or 'no trial'}: "
            "people who have one of these sites within the distance and none of those."
        )
    return " ".join(parts)


def describe_next_method(sites: pd.DataFrame, **_others: object) -> str:
    """As :func:`describe_method`, with how further sites are chosen."""
    return (
        f"{describe_method(sites)} Further sites are chosen among cities of "
        f"{next_sites.LEAST_CITY:,} people and more, or among the candidates named, each the one "
        "that adds most people after those before it (greedy maximal covering, at least 1 - 1/e = "
        "63 % of what the best choice of so many would add)."
    )


def describe_rates_method(sites: pd.DataFrame, **_others: object) -> str:
    """As :func:`describe_method`, of recruiting sites per million people."""
    return (
        f"{describe_method(sites)} Rates are the sites that recruit per million people: of all "
        "inhabitants of a country, of the people in listed areas that lie in a state or county. "
        f"With fewer than {rates.FEW} recruiting sites they say little."
    )


def list_notes(sites: pd.DataFrame, levels: Sequence[str] = (), **_others: object) -> list[str]:
    """What of the figures a reader must not expect, a sentence each; empty if nothing is odd.

    Args:
        sites: the filtered site table.
        levels: those asked for.
    """
    if sites.empty:
        return ["No site is left by the filter, so there is nothing to measure."]
    points = build_site_points(sites)
    notes = []
    if not len(points.sites):
        notes.append(
            f"None of the {len(sites):,} sites has a position that distances can be measured to: "
            "all are known only to the state or country, or not at all."
            if len(sites) > 1
            else "The one site has no position that distances can be measured to."
        )
    elif len(points.sites) == 1:
        notes.append(
            "All sites are at one position: the figures are those of the people around it."
        )
    listed = set(read_units("country").labels["country_code"])
    missing = [country_name(code) or code for code in list_countries(sites) if code not in listed]
    if missing:
        notes.append(
            f"No places with inhabitants are listed for {', '.join(missing)}: their people are not "
            "counted, their sites are."
        )
    if "county" in levels and "US" not in list_countries(sites):
        notes.append("Counties are those of the United States, where none of these sites is.")
    return notes


def list_countries(sites: pd.DataFrame) -> list[str]:
    """The codes of the countries that have one of the sites."""
    return sorted(set(map(str, sites["country_code"].unique())) - {""})
