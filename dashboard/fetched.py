"""Trials fetched from the registry, kept under the data folder so that they open offline.

A file a trial, ``NCT01207388.json``: the study as API v2 gave it, and ``fetchedOn``, the day.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from dashboard.errors import KeepingError, ReadError, RegistryError
from dashboard.files import changed_at, disk_words, sweep, write_whole
from dashboard.readers import Reading, read
from dashboard.registry import Page

log = logging.getLogger(__name__)

NAME = "Fetched trials"
"""What the list of fetched trials is called on the page."""

_NUMBER = re.compile(r"NCT\d{8}")
_CHANGED = ".changed"
"""A file written once a fetch is over, by which other processes see that there is something new."""

_SITE = ("site_number", "facility", "city", "state", "postcode", "country")


class Progress(NamedTuple):
    """How far a fetch is: studies kept, and how many there are in all (None: not known)."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """What fetching a trial again changed. Sites are ``number, facility, city, …, country``."""

    trial_id: str
    new: bool = False
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    statuses: tuple[tuple[str, str, str], ...] = ()
    trial_status: tuple[str, str] | None = None

    @property
    def any(self) -> bool:
        """True when something is unlike before."""
        return bool(self.new or self.added or self.removed or self.statuses or self.trial_status)


@dataclass(slots=True)
class Fetch:
    """What a fetch brought: changes by trial, numbers not found, and why it ended early."""

    changes: list[Change] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problem: str = ""


class Fetched:
    """The kept records in one folder (``SITE_MAP_DATA/registry``)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def numbers(self) -> list[str]:
        """The trials that are kept, in order."""
        if not self._folder.is_dir():
            return []
        return sorted(
            path.stem for path in self._folder.glob("NCT*.json") if _NUMBER.fullmatch(path.stem)
        )

    def reading(self, numbers: Iterable[str] | None = None) -> Reading | None:
        """The kept trials as one list, or those of ``numbers``; None where none is kept.

        A file that is damaged is left out with a warning.
        """
        kept = self.numbers()
        chosen = kept if numbers is None else sorted(set(kept) & set(numbers))
        if not chosen:
            return None
        return read(b"\n".join(map(self._bytes, chosen)), NAME)

    def keep(self, study: dict[str, Any], today: str) -> Change | None:
        """Keep one study; what changed, or None for a study without a number."""
        number = _number_of(study)
        if not number:
            return None
        before = self._reading_of(number)
        data = orjson.dumps({**study, "fetchedOn": today})
        change = compare(number, before, read(data, number))
        self._write(number, data)
        return change

    def forget(self, numbers: Iterable[str]) -> int:
        """Delete kept trials; how many there were."""
        gone = 0
        for number in set(numbers):
            path = self._folder / f"{number}.json"
            if _NUMBER.fullmatch(number) and path.exists():
                path.unlink()
                gone += 1
        if gone:
            self._mark()
        return gone

    def changed_at(self) -> int:
        """When a fetch last ended, in any process, in nanoseconds; 0 before the first."""
        return changed_at(self._folder / _CHANGED)

    def tidy(self) -> None:
        """Delete what killed processes left half-written."""
        sweep(self._folder)

    def fetch(
        self,
        pages: Iterator[Page],
        asked: Iterable[str] = (),
        progress: Callable[[Progress], None] | None = None,
    ) -> Fetch:
        """Keep what the pages bring, page by page, and say what changed.

        ``asked`` are the numbers that should come. What was kept before an error stays kept; the
        error ends up in :attr:`Fetch.problem`.

        Raises:
            RegistryError: nothing came at all.
            KeepingError: nothing could be kept.
        """
        result = Fetch()
        today = datetime.now(UTC).date().isoformat()
        came: set[str] = set()
        try:
            for page in pages:
                for study in page.studies:
                    number = _number_of(study)
                    change = None if number in came else self.keep(study, today)
                    if change is not None:
                        came.add(number)
                        result.changes.append(change)
                result.problem = page.problem
                if progress is not None:
                    progress(Progress(len(came), page.total))
        except RegistryError as error:
            if not came:
                raise
            result.problem = str(error)
        except OSError as error:
            log.exception("A fetched trial could not be kept")
            result.problem = f"what is fetched cannot be kept: {disk_words(error)}"
            if not came:
                raise KeepingError(result.problem) from error
        if result.changes:
            self._mark()
        if not result.problem:
            result.missing = [number for number in asked if number not in came]
        return result

    def _bytes(self, number: str) -> bytes:
        return (self._folder / f"{number}.json").read_bytes().replace(b"\n", b" ")

    def _reading_of(self, number: str) -> Reading | None:
        try:
            return read(self._bytes(number), number)
        except (OSError, ReadError):
            return None

    def _write(self, number: str, data: bytes) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(self._folder / f"{number}.json", data, lasting=False)

    def _mark(self) -> None:
        try:
            (self._folder / _CHANGED).write_bytes(b"")
        except OSError as error:  # no room even for that: this process knows what it fetched
            log.warning("%s: %s", self._folder / _CHANGED, error)


def _number_of(study: dict[str, Any]) -> str:
    protocol = study.get("protocolSection")
    who = protocol.get("identificationModule") if isinstance(protocol, dict) else None
    number = who.get("nctId") if isinstance(who, dict) else None
    return number if isinstance(number, str) and _NUMBER.fullmatch(number) else ""


def compare(trial_id: str, before: Reading | None, after: Reading) -> Change:
    """Sites added and removed, and statuses that changed, between two readings of a trial."""
    if before is None:
        return Change(trial_id, new=True)
    old, new = _sites(before), _sites(after)
    added = Counter({site: len(statuses) for site, statuses in new.items()})
    removed = Counter({site: len(statuses) for site, statuses in old.items()})
    gained, lost = added - removed, removed - added
    changed = [
        (site, was, now)
        for site in old
        if site in new and len(old[site]) == len(new[site])
        for was, now in zip(sorted(old[site]), sorted(new[site]), strict=True)
        if was != now
    ]
    was, now = before.trials[0].status, after.trials[0].status
    return Change(
        trial_id,
        added=tuple(gained.elements()),
        removed=tuple(lost.elements()),
        statuses=tuple(changed),
        trial_status=(was, now) if was != now else None,
    )


def _sites(reading: Reading) -> dict[str, list[str]]:
    """Each distinct site as one text, with the statuses of those that read alike."""
    found: dict[str, list[str]] = {}
    columns = [reading.sites[name] for name in _SITE]
    for *parts, status in zip(*columns, reading.sites["status"], strict=True):
        found.setdefault(", ".join(part for part in parts if part), []).append(status)
    return found
