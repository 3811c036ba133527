"""Country names as people and registries write them, to ISO 3166-1 alpha-2 codes and back."""

from functools import cache

import pycountry


@cache
def country_code(name: str) -> str:
    """The alpha-2 code of a country's name or code in any usual spelling, empty if unknown."""
    try:
        return str(pycountry.countries.lookup(name.strip()).alpha_2)
    except LookupError:
        return ""


@cache
def country_name(code: str) -> str:
    """The short English name of an alpha-2 code, empty if unknown."""
    found = pycountry.countries.get(alpha_2=code)
    return str(getattr(found, "common_name", found.name)) if found else ""
