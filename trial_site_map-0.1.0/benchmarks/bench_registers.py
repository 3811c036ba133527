"""Registers of facilities: what building an index costs, and a look-up."""

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.report import Figure, printed, progress
from geocache.gazetteer.builder.sources import read_places
from geocache.geo.countries import country_name

SIZES = (100_000, 1_000_000)
SECONDS, MEGABYTES, MICROSECONDS = 60, 300, 200
"""The limits: of building an index of a million facilities, and of a look-up."""

ASKED = 5_000
KINDS = (
    "General Hospital", "University Hospital", "Klinikum", "Hospital San Juan", "Clinique du Parc",
    "Medical Center", "Children's Hospital", "Santa Maria Clinic", "Regional Hospital",
)  # fmt: skip
BUILD = """
import json, sys, time
from pathlib import Path
from geocache.registers.build import build_index
file, folder = map(Path, sys.argv[1:])
wall, processor = time.perf_counter(), time.process_time()
build_index(file, folder, {"name": "bench"}, lambda text, share: None)
held = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
wall, processor = time.perf_counter() - wall, time.process_time() - processor
print(json.dumps([wall, processor, int(held[0].split()[1]) / 1024]))
"""
LOOK_UP = """
import json, sys, time
from pathlib import Path
from geocache.place import Place, Position
from geocache.registers.index import RegisterIndex
from geocache.registers.provider import Register
register = Register(RegisterIndex(Path(sys.argv[1])), "1", lambda place: Position())
asked = [Place(*json.loads(line)) for line in open(sys.argv[2], encoding="utf-8")]
found = 0
start = time.process_time()
for place in asked:
    found += register.locate(place).resolved
print(json.dumps([(time.process_time() - start) / len(asked) * 1e6, found / len(asked)]))
"""


def write_register(path: Path, count: int, asked: Path) -> None:
    """A register of some facilities of many towns, and places to ask for.

    Of the places half are as in the register, the others in another order, misspelt, or not in it.
    """
    chance = random.Random(3)  # noqa: S311 - a repeatable sample, not a secret
    towns = [place for place in read_places() if country_name(place.country)]
    places = []
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("name", "city", "postcode", "country", "latitude", "longitude"))
        for number in range(count):
            town = chance.choice(towns)
            name = f"{chance.choice(KINDS)} {chance.choice(towns).name}"
            code = str(10_000 + number % 80_000)
            north = min(89.9, town.latitude + chance.uniform(-0.02, 0.02))
            east = min(179.9, town.longitude + chance.uniform(-0.02, 0.02))
            country = country_name(town.country)
            writer.writerow((name, town.name, code, country, f"{north:.5f}", f"{east:.5f}"))
            if number % max(1, count // ASKED) == 0:
                trick = chance.random()
                if trick < 0.15:
                    name = f"{town.name} {name}"
                elif trick < 0.3 and len(name) > 12:
                    name = name[:-3] + name[-2:]
                elif trick < 0.5:
                    name = f"Another {name}"
                places.append((name, town.name, "", code, country))
    asked.write_text("".join(f"{json.dumps(one)}\n" for one in places), encoding="utf-8")


def measure(code: str, *arguments: Path) -> list[float]:
    """What a fresh process prints."""
    words = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    found: list[float] = json.loads(done.stdout)
    return found


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """Building and asking a register of each size."""
    for size in sizes:
        share = size / 1_000_000
        with tempfile.TemporaryDirectory() as folder:
            file, asked = Path(folder) / "register.csv", Path(folder) / "asked.jsonl"
            progress(f"a register of {size:,} facilities")
            write_register(file, size, asked)
            index = Path(folder) / "index"
            wall, processor, held = measure(BUILD, file, index)
            on_disk = sum(each.stat().st_size for each in index.iterdir()) / 1e6
            each, found = measure(LOOK_UP, index, asked)
        limit = SECONDS * max(share, 0.1)
        name = f"{size:,} facilities"
        yield Figure(f"{name} indexed", wall, "s", limit, series="index a register", size=size)
        yield Figure(f"{name}, processor time", processor, "s")
        yield Figure(f"{name}, memory at most", held, "MB", MEGABYTES)
        yield Figure(f"{name}, index on disk", on_disk, "MB")
        yield Figure(f"a look-up in {name}, without the gazetteer's", each, "µs", MICROSECONDS)
        yield Figure(f"found of those asked, of {name}", 100 * found, "%")


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
