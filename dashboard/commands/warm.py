"""``site-map warm``: find every place of some site lists before anybody waits for it."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path

import click
from tqdm import tqdm

from dashboard.errors import ReadError
from dashboard.library.lists import OpenedList, find_files
from dashboard.library.processes import exit_with_parent
from dashboard.readers import read_places
from dashboard.settings import Settings
from geocache.best_answer import was_not_asked
from geocache.closing import Closing
from geocache.cluster.client import Cluster
from geocache.lookup import GeoCache
from geocache.place import Place, Position
from geocache.settings import load_settings

CHUNK_PLACES = 2_000
FEW_PLACES = 5_000
"""Up to so many places a second process costs more than it saves."""


class BulkGeocoder(Closing):
    """Takes places, each looked up once, and remembers the answers.

    Offline providers are asked by other processes as soon as there are more than a few places,
    while the caller reads on; few chunks wait at a time, so that reading does not run ahead.
    Online providers are asked in :meth:`finish`, by this process alone, because of their rate
    limits. A Dask cluster does all of it in :meth:`finish`. To be used as a context; ``len()`` is
    the number of distinct places.

    Args:
        settings: as read from the environment.
        dask: the address of a Dask scheduler, or nothing.
    """

    def __init__(self, settings: Settings, dask: str = "") -> None:
        self._settings = settings
        self._dask = dask
        self.warnings: tuple[str, ...] = ()
        """What did not work as it should; complete after :meth:`finish`."""
        # By hash: as text, hundreds of thousands of places are hundreds of megabytes. Where two
        # share one, which is next to never, the second is looked up when it is needed.
        self._seen: set[int] = set()
        self._kept: list[Place] = []
        self._fresh: list[Place] = []
        self._waiting: set[Future[Counter[str]]] = set()
        self._counts: Counter[str] = Counter()
        self._pool: ProcessPoolExecutor | None = None
        self._cache = GeoCache(settings=settings)
        self._online = self._cache.asks_online
        self._bar = tqdm(total=0, desc="Locating", unit=" places", delay=1, disable=None)

    def __len__(self) -> int:
        return len(self._seen)

    def take(self, places: Iterable[Place]) -> None:
        """Look up those that are new; returns before they are done."""
        for place in places:
            number = hash(place)
            if number not in self._seen:
                self._seen.add(number)
                self._fresh.append(place)
                if self._online:
                    self._kept.append(place)
        self._bar.total = len(self._seen)
        if self._dask or (os.cpu_count() or 1) == 1 or len(self._seen) <= FEW_PLACES:
            return
        while len(self._fresh) >= CHUNK_PLACES:
            self._submit()

    def finish(self) -> Counter[str]:
        """Wait for all; how many places stay ``unresolved`` and were ``not_asked``."""
        if self._pool is not None:
            while self._fresh:
                self._submit()
            self._collect(0)
            if not self._online:
                return self._counts
        places = self._kept or self._fresh
        if self._dask:
            with Cluster(self._dask, self._cache, self._settings) as cluster:
                counts = _counted(self._shown(cluster.locate_many(places)))
                self.warnings = cluster.warnings
        else:
            counts = _counted(self._shown(self._cache.locate_many(places)))
        return counts

    def _shown(self, positions: Iterable[Position]) -> Iterator[Position]:
        for position in positions:
            self._bar.update()
            yield position

    def _submit(self) -> None:
        chunk, self._fresh = self._fresh[:CHUNK_PLACES], self._fresh[CHUNK_PLACES:]
        processes = os.cpu_count() or 1
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                processes,
                mp_context=get_context("spawn"),
                initializer=_open,
                initargs=(self._settings,),
            )
        self._collect(4 * processes)
        self._waiting.add(self._pool.submit(_locate, chunk))

    def _collect(self, most_waiting: int) -> None:
        """Take the counts of what is done, until no more than so many chunks wait."""
        while len(self._waiting) > most_waiting:
            done, self._waiting = wait(self._waiting, return_when=FIRST_COMPLETED)
            for one in done:
                counted = one.result()
                self._counts += counted
                self._bar.update(0 if self._online else counted["places"])

    def close(self) -> None:
        """Stop the processes; what they were asked last is not waited for."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._bar.close()
        self._cache.close()


_caches: list[GeoCache] = []
"""The geocache of a worker process, opened once."""


def _open(settings: Settings) -> None:
    exit_with_parent()
    _caches.append(GeoCache(settings=settings))


def _locate(places: Sequence[Place]) -> Counter[str]:
    counts = _counted(_caches[0].locate_many(places, online=False))
    counts["places"] = len(places)
    _caches[0].flush()
    return counts


def _counted(positions: Iterable[Position]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for position in positions:
        counts["unresolved"] += not position.resolved
        counts["not_asked"] += was_not_asked(position)
    return counts


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
    sites = failed = opened = 0
    with BulkGeocoder(load_settings(Settings), dask) as warming:
        for item in find_files(paths):
            try:
                sites += _read(item, warming)
                opened += 1
            except ReadError as error:
                where = f" ({error.where})" if error.where else ""
                click.echo(f"{error.name}: not read: {error.reason}{where}", err=True)
                failed += 1
        counts = warming.finish() if opened else {"unresolved": 0, "not_asked": 0}
        for warning in warming.warnings:
            click.echo(f"warning: {warning}", err=True)
    done = {
        "files": opened,
        "not_read": failed,
        "sites": sites,
        "places": len(warming),
        "unresolved": counts["unresolved"],
        "not_asked": counts["not_asked"],
    }
    if as_json:
        click.echo(json.dumps(done, indent=1))
    if not opened:
        return 2
    click.echo(
        f"{sites:,} sites in {len(warming):,} places: {counts['unresolved']:,} unresolved, "
        f"{counts['not_asked']:,} not asked",
        err=True,
    )
    bad = failed or counts["not_asked"] or (strict and counts["unresolved"])
    return 1 if bad else 0


def _read(path: Path | OpenedList, warming: BulkGeocoder) -> int:
    if isinstance(path, OpenedList):
        raise ReadError(path.name, path.error)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(path.name, error.strerror or "cannot be read") from error
    return read_places(data, path.name, warming.take)
