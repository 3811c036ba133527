"""The state or province of each site, from where it is on the map."""

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import (
    categorical_from_codes,
    combine_codes,
    factorize,
    find_first_rows,
)
from geocache.geo.states import find_states
from geocache.place import Precision

TOO_COARSE = frozenset({Precision.COUNTRY, Precision.UNRESOLVED})
"""Positions that say nothing about the state."""


def build_state_codes(sites: pd.DataFrame) -> pd.Categorical:
    """The column ``state_code`` of a site table: ISO 3166-2, empty where it is not known.

    From the position, so also where the list names no state; each distinct one is looked up once.
    """
    precision, precisions = factorize(sites["precision"])
    usable = np.array([word not in TOO_COARSE for word in precisions], dtype=bool)
    country, countries = factorize(sites["country_code"])
    latitude = sites["latitude"].to_numpy(dtype="float64")
    longitude = sites["longitude"].to_numpy(dtype="float64")
    rows = np.flatnonzero(~np.isnan(latitude) & ~np.isnan(longitude) & usable[precision])
    high, latitudes = pd.factorize(latitude[rows])
    wide, longitudes = pd.factorize(longitude[rows])
    keys = combine_codes(
        [(country[rows], len(countries)), (high, len(latitudes)), (wide, len(longitudes))]
    )
    number, distinct = pd.factorize(keys)
    first = rows[find_first_rows(number, len(distinct))]
    found = np.empty(len(first), dtype=object)
    for code in np.unique(country[first]):
        chosen = np.flatnonzero(country[first] == code)
        points = latitude[first[chosen]], longitude[first[chosen]]
        found[chosen] = find_states(*points, str(countries[code]))
    states = ["", *dict.fromkeys(state for state in found.tolist() if state)]
    numbers = {state: i for i, state in enumerate(states)}
    codes = np.zeros(len(sites), dtype=np.int64)
    codes[rows] = np.array([numbers[state] for state in found.tolist()], dtype=np.int64)[number]
    return categorical_from_codes(codes, states)
