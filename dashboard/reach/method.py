"""Says how the figures of reach are computed, in a paragraph that can stand in a paper."""

import pandas as pd

from dashboard.reach.population import YEAR, measure_coverage
from dashboard.reach.site_points import build_site_points
from geocache.geo.countries import country_name

CREDITS = (
    "People of US ZIP areas: US Census Bureau, by way of SimpleMaps US Zip Codes (basic, 2024)",
    "People of places: GeoNames (CC BY 4.0)",
    f"People of countries in {YEAR}: UN World Population Prospects 2024 (CC BY 3.0 IGO)",
    "US counties: US Census Bureau, cartographic boundaries (public domain)",
)
MOST_NAMED = 12


def describe_method(sites: pd.DataFrame) -> str:
    """Data, formula and coverage of the reach of a site table.

    Args:
        sites: the filtered site table.
    """
    points = build_site_points(sites)
    used = len(sites) - points.left_out
    coverage = measure_coverage()
    codes = sorted(set(sites["country_code"].unique()) - {""})
    shares = [f"{country_name(code)} {coverage.get(code, 0.0):.0%}" for code in codes[:MOST_NAMED]]
    more = f" and {len(codes) - MOST_NAMED} more countries" if len(codes) > MOST_NAMED else ""
    left_out = (
        f" {points.left_out:,} sites whose position is known only to the state or country, or not "
        "at all, were left out."
        if points.left_out
        else ""
    )
    return (
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
