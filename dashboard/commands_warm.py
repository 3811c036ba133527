"""``site-map warm``: find every place of some site lists before anybody waits for it."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import click
from tqdm import tqdm

from dashboard.library import OpenedList, files_of, open_file
from dashboard.positions import distinct_places
from dashboard.settings import Settings
from geocache.choosing import was_not_asked
from geocache.cluster import Cluster
from geocache.lookup import GeoCache
from geocache.place import Place, Position

CHUNK_PLACES = 2_000
FEW_PLACES = 5_000
"""Up to so many places a second process costs more than it saves."""


@click.command("warm")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Exit with 1 when places stay unresolved.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document about what was done.")
@click.option("--dask", metavar="ADDRESS", default="", help="Let a Dask cluster do the work.")
def warm_command(paths: Sequence[Path], strict: bool, as_json: bool, dask: str) -> int:
    """Look up every place of the lists in PATHS once and remember the answers.

    The providers set up (GEOCACHE_PROVIDERS) are asked, online ones at their own pace; what is
    remembered already is not asked again, so that an interrupted run goes on where it was.

    \b
    Examples:
      site-map warm downloads/ sites.csv
      site-map warm downloads/ --dask tcp://10.0.0.1:8786
    """
    settings = Settings()
    places: set[Place] = set()
    sites = failed = opened = 0
    for item in files_of(paths):
        found = item if isinstance(item, OpenedList) else open_file(item)
        if found.reading is None:
            click.echo(f"{found.name}: not read: {found.error}", err=True)
            failed += 1
            continue
        opened += 1
        sites += len(found.reading.sites)
        places.update(distinct_places(found.reading.sites)[1])
    if not opened:
        raise click.UsageError(f"none of {failed} files could be read")
    counts = locate_all(settings, list(places), dask)
    done = {
        "files": opened,
        "not_read": failed,
        "sites": sites,
        "places": len(places),
        "unresolved": counts["unresolved"],
        "not_asked": counts["not_asked"],
    }
    if as_json:
        click.echo(json.dumps(done, indent=1))
    click.echo(
        f"{sites:,} sites in {len(places):,} places: {counts['unresolved']:,} unresolved, "
        f"{counts['not_asked']:,} not asked",
        err=True,
    )
    bad = failed or counts["not_asked"] or (strict and counts["unresolved"])
    return 1 if bad else 0


def locate_all(settings: Settings, places: Sequence[Place], dask: str = "") -> Counter[str]:
    """Look up places and remember the answers; how many stay ``unresolved``, ``not_asked``.

    Offline providers are asked by as many processes as there are cores, each place by one of
    them; online ones afterwards by this process alone, because of their rate limits. With the
    address of a Dask scheduler its workers do all of it.

    Raises:
        ClusterError: the cluster is not there, or gives up.
    """
    with GeoCache(settings=settings) as cache:
        online = any(provider.online for provider in cache.providers)
        processes = min(os.cpu_count() or 1, -(-len(places) // FEW_PLACES))
        with tqdm(total=len(places), desc="Locating", unit=" places", delay=1) as bar:
            counts: Counter[str] = Counter()
            if dask:
                with Cluster(dask, cache, settings) as cluster:
                    counts = _counted(cluster.locate_many(places), bar)
                for warning in cluster.warnings:
                    click.echo(f"warning: {warning}", err=True)
                return counts
            if processes > 1:
                for counted in _in_processes(settings, places, processes):
                    counts += counted
                    bar.update(0 if online else counted["places"])
                if not online:
                    return counts
            return _counted(cache.locate_many(places), bar)


def _counted(positions: Iterable[Position], bar: tqdm) -> Counter[str]:
    counts: Counter[str] = Counter()
    for position in positions:
        bar.update()
        counts["unresolved"] += not position.resolved
        counts["not_asked"] += was_not_asked(position)
    return counts


def _in_processes(
    settings: Settings, places: Sequence[Place], processes: int
) -> Iterator[Counter[str]]:
    """Counts of each chunk, in the order they are done; few chunks are under way at a time."""
    chunks = (places[i : i + CHUNK_PLACES] for i in range(0, len(places), CHUNK_PLACES))
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_open, initargs=(settings,)
    ) as pool:
        waiting: set[Future[Counter[str]]] = {
            pool.submit(_locate, chunk) for chunk in islice(chunks, 2 * processes)
        }
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            waiting |= {pool.submit(_locate, chunk) for chunk in islice(chunks, len(done))}
            for one in done:
                yield one.result()


_caches: list[GeoCache] = []
"""The geocache of a worker process, opened once."""


def _open(settings: Settings) -> None:
    _caches.append(GeoCache(settings=settings))


def _locate(places: Sequence[Place]) -> Counter[str]:
    counts: Counter[str] = Counter(places=len(places))
    for position in _caches[0].locate_many(places, online=False):
        counts["unresolved"] += not position.resolved
        counts["not_asked"] += was_not_asked(position)
    _caches[0].flush()
    return counts
