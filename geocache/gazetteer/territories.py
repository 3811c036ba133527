"""Countries whose registries also file the sites of other codes: territories, dissolved unions."""

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
"""Where a country's registries also file the sites of another code."""


def list_related_countries(country: str) -> list[str]:
    """Codes under which a place filed under a country may also be."""
    return FAMILIES.get(country, "").split()


def find_territory(states: States, country: str, state: str) -> str:
    """The code of a territory that stands in place of a state (Réunion in France), else empty."""
    code = look_up_english_code(state) if country in FAMILIES else ""
    if code in list_related_countries(country) and not states.exactly(country, state).numbers:
        return code
    return ""
