"""Related countries: territories and dissolved unions that registries list under a country."""

from geocache.gazetteer.states import States
from geocache.geo.countries import look_up_english_code

FAMILIES = {
    "US": "PR GU VI MP AS",
    "CN": "HK MO TW",
    "FR": "RE GP MQ GF YT NC PF",
    "GB": "JE GG IM GI",
    "RS": "ME XK",
    "CZ": "SK",
    "NL": "CW AW SX BQ",
    "CW": "SX BQ AW",
    "IL": "PS",
    "PS": "IL",
    "DK": "FO GL",
    "MA": "EH",
    "ES": "AD",
    "RU": "UA",
    "FI": "AX",
}
"""Codes of the countries whose sites registries also list under a country."""


def list_related_countries(country: str) -> list[str]:
    """Codes of other countries in which a place listed under this country may lie."""
    return FAMILIES.get(country, "").split()


def find_territory(states: States, country: str, state: str) -> str:
    """The code of a territory named in the state column (Réunion in France), else empty."""
    code = look_up_english_code(state) if country in FAMILIES else ""
    if code in list_related_countries(country) and not states.find_exact(country, state).numbers:
        return code
    return ""
