"""Joining facilities, from a small list to the whole registry; one more list; a full merge again.

The sites' facilities are written in about three spellings each (languages, departments, site
numbers). The peer compares all names of a place with rapidfuzz's ``token_set_ratio``, and joins
none. Each size is measured in a process of its own, because of its memory. Seconds are of processor
time: joining uses one core, and other work on the machine does not count.
"""

import multiprocessing
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pandas as pd
from rapidfuzz import fuzz, process

from benchmarks.report import Figure, printed, progress
from dashboard.sites.facility_columns import (
    FACILITY_COLUMNS,
    add_facilities,
    add_facilities_of_new,
    list_named,
)
from dashboard.sites.table import concat_site_tables
from geocache.facilities import find_area
from geocache.geo.facilities import is_placeholder
from harness.facility_spellings import respell_facilities
from harness.site_tables import generate_site_table

NAMES = {1_000: 560, 38_000: 19_500, 350_000: 83_000, 3_500_000: 440_000}
"""Sites, and how many names are drawn: one in ten is another one again."""
SIZES = tuple(NAMES)
LIMITS = {38_000: 3.0, 3_500_000: 90.0}
MEMORY_LIMIT_GB = {3_500_000: 1.5}
NONE = float("nan")
_MOST_REPEATED = 350_000
"""Sites up to which a merge is repeated and the peer is measured."""
_MORE = 75
"""Sites of one more list: as many as a trial of some size has."""


class Measured(NamedTuple):
    """Seconds of processor time; memory is the most that the process had, its sites included."""

    names: int
    facilities: int
    first: float
    again: float
    more: float
    peer: float
    memory_gb: float


def take_time(call: Callable[[], pd.DataFrame]) -> tuple[float, pd.DataFrame]:
    """Seconds of processor time of one call, and its result."""
    start = time.process_time()
    found = call()
    return time.process_time() - start, found


def measure(path: Path) -> Measured:
    """Join the facilities of a saved table; run in a process that has done nothing yet."""
    sites: pd.DataFrame = pd.read_pickle(path)  # noqa: S301 - written by :func:`figures`
    first, joined = take_time(lambda: add_facilities(sites))
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    again = NONE
    if len(sites) <= _MOST_REPEATED:
        again, _ = take_time(lambda: add_facilities(sites))
    blank = {name: pd.Series("", index=sites.index[:_MORE]) for name in FACILITY_COLUMNS}
    both = concat_site_tables([joined, joined.iloc[:_MORE].assign(**blank)])
    more, _ = take_time(lambda: add_facilities_of_new(both, len(joined)))
    named = [one for one in list_named(sites)[1] if not is_placeholder(one.facility)]
    places = defaultdict(list)
    for one in named:
        places[find_area(one.city, one.state, one.country)].append(one.facility)
    start = time.process_time()
    for names in places.values():
        if len(names) > 1 and len(sites) <= _MOST_REPEATED:
            process.cdist(names, names, scorer=fuzz.token_set_ratio, score_cutoff=80)
    peer = time.process_time() - start
    count = joined["facility_id"].nunique()
    return Measured(len(named), count, first, again, more, peer, memory_gb)


def figures(sizes: tuple[int, ...] = SIZES) -> Iterator[Figure]:
    """All figures, size by size."""
    spawning = multiprocessing.get_context("spawn")
    for size in sizes:
        progress(f"{size:,} sites")
        with TemporaryDirectory() as folder, spawning.Pool(1) as pool:
            path = Path(folder) / "sites.pickle"
            names = NAMES.get(size, size // 3)
            respell_facilities(generate_site_table(size), names).to_pickle(path)
            found = pool.apply(measure, (path,))
        name, limit = f"{size:,} sites", LIMITS.get(size, NONE)
        joined = f"{name}, {found.names:,} names, joined to {found.facilities:,} facilities"
        yield Figure(joined, found.first, "s", limit, "joined", size)
        if size in MEMORY_LIMIT_GB:
            memory = f"{name}: memory, the sites included"
            yield Figure(memory, found.memory_gb, "GB", MEMORY_LIMIT_GB[size])
        yield Figure(f"{name}: one more list of {_MORE}", found.more, "s", NONE, "one more", size)
        if size > _MOST_REPEATED:
            continue
        yield Figure(f"{name}: merged again", found.again, "s", NONE, "again", size)
        peer = f"{name}: token_set_ratio of all names of a place, none joined"
        yield Figure(peer, found.peer, "s", NONE, "token_set_ratio", size)


def main() -> None:
    """Print the figures."""
    for _ in printed(figures()):
        pass


if __name__ == "__main__":
    main()
