"""Reading what a person brings as a job: bytes to sites, each place found, then kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from typing import NamedTuple

from dashboard.jobs import Job, Work
from dashboard.library import opened_bytes
from dashboard.positions import distinct_places
from dashboard.shelf import Shelf, ShelfError
from dashboard.summary import plural
from geocache.place import Place, Position

AT_ONCE_BYTES = 1_000_000
"""Up to so many bytes are read while the person waits: a job would take longer to look at."""

_READING_PERCENT = 60
_TOGETHER = 1_000


class Brought(NamedTuple):
    """One file as a person brought it."""

    name: str
    data: bytes


def brought_key(owner: str, files: Sequence[Brought]) -> str:
    """One key for the same files of the same session."""
    digest = blake2b(owner.encode(), digest_size=16)
    for file in files:
        digest.update(blake2b(file.name.encode()).digest() + blake2b(file.data).digest())
    return f"read:{digest.hexdigest()}"


def reading_work(
    shelf: Shelf,
    locate_many: Callable[[Sequence[Place]], Iterable[Position]],
    owner: str,
    files: Sequence[Brought],
) -> Work:
    """The work of reading files, finding their places, and keeping them as an owner's lists.

    Each file is kept as soon as it is done; cancelling keeps those before it.
    """

    def work(job: Job) -> str:
        total = 100 * len(files)
        sites = trials = 0
        problems = []
        for number, (name, data) in enumerate(files):
            done = 100 * number

            def reading(part: float, done: int = done, name: str = name) -> None:
                job.report(done + int(_READING_PERCENT * part), total, f"reading {name}")

            reading(0.0)
            opened = opened_bytes(data, name, progress=reading)
            if opened.reading is not None:
                places = distinct_places(opened.reading.sites)[1]
                for share in _located(places, locate_many):
                    step = done + _READING_PERCENT + int((99 - _READING_PERCENT) * share)
                    job.report(step, total, f"locating the sites of {name}")
                sites += len(opened.reading.sites)
                trials += len(opened.reading.trials)
            else:
                problems.append(f"{name} was not opened: {opened.error}")
            try:
                shelf.add(owner, data, name, opened=opened)
            except ShelfError as error:
                raise ShelfError(f"{name}: {error}") from error
        read = f"{plural(sites, 'site')}, {plural(trials, 'trial')}"
        return "; ".join([read, *problems]) + "."

    return work


def _located(
    places: Sequence[Place], locate_many: Callable[[Sequence[Place]], Iterable[Position]]
) -> Iterator[float]:
    """Have places found and remembered, some at a time; the share that is done."""
    remaining = iter(places)
    done = 0
    while some := list(islice(remaining, _TOGETHER)):
        yield done / len(places)
        done += sum(1 for _ in locate_many(some))
    yield 1.0
