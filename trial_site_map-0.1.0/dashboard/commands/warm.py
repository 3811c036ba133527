"""``site-map warm``: look up every place of some site lists in advance."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import click
from tqdm import tqdm

from dashboard.commands.export import write
from dashboard.errors import ReadError
from dashboard.exports.datasets import DATASETS, build_content, build_provenance
from dashboard.library.lists import OpenedList, find_files, merge
from dashboard.library.processes import exit_with_parent
from dashboard.library.session_key import load_session_key
from dashboard.readers import read, read_places
from dashboard.service.geocoding import OfflineGeocoder
from dashboard.settings import Settings
from dashboard.sites.positions import list_distinct_places
from geocache.closing import Closing
from geocache.cluster.client import Cluster
from geocache.lookup import GeoCache
from geocache.place import Place, Position, Status
from geocache.settings import load_settings

CHUNK_PLACES = 2_000
FEW_PLACES = 5_000
"""Up to so many places a second process costs more than it saves."""


class BulkGeocoder(Closing):
    """Looks up places, each once, and stores the answers.

    With more than a few places, other processes ask the offline providers while the caller reads
    on; few chunks wait at a time, so that reading does not run ahead. Online providers are asked
    in :meth:`finish`, by this process alone, because of their rate limits. A Dask cluster does
    all of it in :meth:`finish`. A context manager; ``len()`` is the number of distinct places.

    Args:
        settings: as read from the environment.
        dask: the address of a Dask scheduler, or empty.
    """

    def __init__(self, settings: Settings, dask: str = "") -> None:
        self._settings = settings
        self._dask = dask
        self.cache = GeoCache(settings=settings)
        self.warnings: tuple[str, ...] = ()
        """What did not work as it should; complete after :meth:`finish`."""
        # By hash: as text, hundreds of thousands of places are hundreds of megabytes. If two share
        # a hash, which is next to never, the second is looked up when it is needed.
        self._seen: set[int] = set()
        self._for_online: list[Place] = []
        self._fresh: list[Place] = []
        self._waiting: set[Future[Counter[str]]] = set()
        self._counts: Counter[str] = Counter()
        self._pool: ProcessPoolExecutor | None = None
        self._online = self.cache.asks_online
        self._bar = tqdm(total=0, desc="Locating", unit=" places", delay=1, disable=None)

    def __len__(self) -> int:
        return len(self._seen)

    def add(self, places: Iterable[Place]) -> None:
        """Look up those that are new; returns before they are done."""
        for place in places:
            number = hash(place)
            if number not in self._seen:
                self._seen.add(number)
                self._fresh.append(place)
                if self._online:
                    self._for_online.append(place)
        self._bar.total = len(self._seen)
        if self._dask or (os.cpu_count() or 1) == 1 or len(self._seen) <= FEW_PLACES:
            return
        while len(self._fresh) >= CHUNK_PLACES:
            self._submit()

    def finish(self) -> Counter[str]:
        """Wait for all; returns how many places are ``unresolved`` and were ``not_asked``."""
        if self._pool is not None:
            while self._fresh:
                self._submit()
            self._collect(0)
            if not self._online:
                return self._counts
        places = self._for_online or self._fresh
        if self._dask:
            with Cluster(self._dask, self.cache, self._settings) as cluster:
                counts = _count(self._show_progress(cluster.locate_many(places)))
                self.warnings = cluster.warnings
        else:
            counts = _count(self._show_progress(self.cache.locate_many(places)))
        return counts

    def _show_progress(self, positions: Iterable[Position]) -> Iterator[Position]:
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

    def _collect(self, max_waiting: int) -> None:
        """Add up the counts of finished chunks, until no more than so many wait."""
        while len(self._waiting) > max_waiting:
            done, self._waiting = wait(self._waiting, return_when=FIRST_COMPLETED)
            for one in done:
                counted = one.result()
                self._counts += counted
                self._bar.update(0 if self._online else counted["places"])

    def close(self) -> None:
        """Stop the processes without waiting for their last chunks."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._bar.close()
        self.cache.close()


_caches: list[GeoCache] = []
"""The geocache of a worker process, opened once."""


def _open(settings: Settings) -> None:
    exit_with_parent()
    _caches.append(GeoCache(settings=settings))


def _locate(places: Sequence[Place]) -> Counter[str]:
    counts = _count(_caches[0].locate_many(places, online=False))
    counts["places"] = len(places)
    _caches[0].flush()
    return counts


def _count(positions: Iterable[Position]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for position in positions:
        counts["unresolved"] += not position.resolved
        counts["not_asked"] += position.status is Status.NOT_ASKED
    return counts


def _check_output(_context: click.Context, _option: click.Parameter, given: str) -> str:
    if given and Path(given).suffix.lower() != ".parquet":
        raise click.BadParameter(f"{given!r} does not end in .parquet")
    return given


@click.command("warm", short_help="Look up every place of site lists in advance.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    default="",
    metavar="FILE.parquet",
    callback=_check_output,
    help="Save the sites with their positions, to be opened in seconds.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 if places stay unresolved.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document about the work.")
@click.option("--dask", metavar="ADDRESS", default="", help="Let a Dask cluster do the work.")
def warm_command(paths: Sequence[Path], output: str, strict: bool, as_json: bool, dask: str) -> int:
    """Look up every place of the lists in PATHS once, and store the answers.

    The configured providers (GEOCACHE_PROVIDERS) are asked, online ones within their rate limits.
    Stored answers are not asked for again, so an interrupted run continues where it stopped.

    With -o the sites are also saved with their positions. Named in SITE_MAP_SOURCES of a server
    with the same SITE_MAP_DATA, the file opens without locating them again, unless the providers
    have changed.

    \b
    Examples:
      site-map warm downloads/ sites.csv
      site-map warm downloads/ -o sites.parquet
      site-map warm downloads/ --dask tcp://10.0.0.1:8786
    """
    sites = failed = opened = 0
    lists: list[OpenedList] = []
    settings = load_settings(Settings)
    key = load_session_key(settings) if output else ""
    with BulkGeocoder(settings, dask) as geocoder:
        for item in find_files(paths):
            try:
                name, data = _read_bytes(item)
                if output:
                    lists.append(OpenedList(name, read(data, name, signing_key=key)))
                    sites += _add_sites(lists[-1], geocoder)
                else:
                    sites += read_places(data, name, geocoder.add)
                opened += 1
            except ReadError as error:
                where = f" ({error.where})" if error.where else ""
                click.echo(f"{error.name}: not read: {error.reason}{where}", err=True)
                failed += 1
        counts = geocoder.finish() if opened else Counter({"unresolved": 0, "not_asked": 0})
        for warning in geocoder.warnings:
            click.echo(f"warning: {warning}", err=True)
        if output and opened:
            _save(lists, geocoder.cache, output, key)
    summary = {
        "files": opened,
        "not_read": failed,
        "sites": sites,
        "places": len(geocoder),
        "unresolved": counts["unresolved"],
        "not_asked": counts["not_asked"],
    }
    if as_json:
        click.echo(json.dumps(summary, indent=1))
    if not opened:
        return 2
    click.echo(
        f"{sites:,} sites in {len(geocoder):,} places: {counts['unresolved']:,} unresolved, "
        f"{counts['not_asked']:,} not asked",
        err=True,
    )
    bad = failed or counts["not_asked"] or (strict and counts["unresolved"])
    return 1 if bad else 0


def _read_bytes(item: Path | OpenedList) -> tuple[str, bytes]:
    """A file's name and bytes."""
    if isinstance(item, OpenedList):
        raise ReadError(item.name, item.error)
    try:
        return item.name, item.read_bytes()
    except OSError as error:
        raise ReadError(item.name, error.strerror or "cannot be read") from error


def _add_sites(opened: OpenedList, geocoder: BulkGeocoder) -> int:
    """Have the places of a list looked up; returns how many sites it has."""
    if opened.reading is None:
        return 0
    geocoder.add(list_distinct_places(opened.reading.sites)[1])
    return len(opened.reading.sites)


def _save(lists: Sequence[OpenedList], cache: GeoCache, output: str, key: str) -> None:
    """Save the sites of some lists with the positions that were found."""
    geocoder = OfflineGeocoder(cache)
    library = merge(lists, geocoder.locate_many, geocoder.known())
    for note in library.notes:
        click.echo(note, err=True)
    sites = DATASETS["sites"]
    provenance = build_provenance(library, geocoder.providers)
    content = build_content(sites, sites.parse([]), provenance, None)
    content = replace(content, position_rules=geocoder.rules, signing_key=key)
    write(content, "parquet", output)
