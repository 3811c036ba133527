"""Trials fetched from the registry, kept so that they open offline.

A record a trial, as JSON: the study as API v2 gave it, and ``fetchedOn``, the day.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from dashboard.errors import ReadError, RegistryError, SaveError
from dashboard.library.atomic_files import describe_disk_error
from dashboard.library.fetched_storage import TRIAL_ID, TrialStorage
from dashboard.readers import Reading, read
from dashboard.registry.client import Page
from geocache.closing import Closing

log = logging.getLogger(__name__)

LIST_NAME = "FetchedTrials trials"
"""What the list of fetched trials is called on the page."""


_SITE = ("site_number", "facility", "city", "state", "postcode", "country")


class FetchProgress(NamedTuple):
    """How far a fetch is: studies kept, and how many there are in all (None: not known)."""

    done: int
    total: int | None


@dataclass(frozen=True, slots=True)
class TrialChange:
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
class FetchResult:
    """What a fetch brought: changes by trial, numbers not found, and why it ended early."""

    changes: list[TrialChange] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problem: str = ""


class FetchedTrials(Closing):
    """The kept records.

    Args:
        home: where they lie.
    """

    def __init__(self, home: TrialStorage) -> None:
        self._home = home
        self._last: tuple[object, Reading | None] | None = None

    def numbers(self) -> list[str]:
        """The trials that are kept, in order."""
        return self._home.numbers()

    def change_token(self) -> object:
        """Differs once another process kept something, unless the store's revision says so."""
        return self._home.change_token()

    def reading(self) -> Reading | None:
        """The kept trials as one list; None where none is kept.

        A record that is damaged is left out with a warning. While they cannot be reached, what
        they were when they last could be.
        """
        try:
            revision = self._home.revision()
            if self._last is None or self._last[0] != revision:
                self._last = (revision, self._read_all())
        except OSError as error:
            log.warning("%s", error)
        return self._last[1] if self._last else None

    def save(self, study: dict[str, Any], today: str) -> TrialChange | None:
        """Keep one study; what changed, or None for a study without a number.

        Others see it after :meth:`tell`.
        """
        number = _number_of(study)
        if not number:
            return None
        before = self._reading_of(number)
        data = orjson.dumps({**study, "fetchedOn": today})
        change = compare_readings(number, before, read(data, number))
        self._home.write(number, data)
        return change

    def delete(self, numbers: Iterable[str]) -> int:
        """Delete kept trials; how many there were."""
        gone = self._home.delete(number for number in numbers if TRIAL_ID.fullmatch(number))
        self.notify()
        return gone

    def notify(self) -> None:
        """Let every process see what is other than it was."""
        self._last = None
        try:
            self._home.notify()
        except OSError as error:  # no room even for that: this process knows what it fetched
            log.warning("Other servers could not be told of fetched trials: %s", error)

    def delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""
        self._home.delete_leftovers()

    def close(self) -> None:
        """Let go of connections; the next call makes new ones."""
        self._home.close()

    def fetch(
        self,
        pages: Iterator[Page],
        asked: Iterable[str] = (),
        progress: Callable[[FetchProgress], None] | None = None,
    ) -> FetchResult:
        """Keep what the pages bring, page by page, and say what changed.

        ``asked`` are the numbers that should come. What was kept before an error stays kept; the
        error ends up in :attr:`FetchResult.problem`.

        Raises:
            RegistryError: nothing came at all.
            SaveError: nothing could be kept.
        """
        result = FetchResult()
        today = datetime.now(UTC).date().isoformat()
        came: set[str] = set()
        try:
            for page in pages:
                for study in page.studies:
                    number = _number_of(study)
                    change = None if number in came else self.save(study, today)
                    if change is not None:
                        came.add(number)
                        result.changes.append(change)
                result.problem = page.problem
                if progress is not None:
                    progress(FetchProgress(len(came), page.total))
        except RegistryError as error:
            if not came:
                raise
            result.problem = str(error)
        except OSError as error:
            log.exception("A fetched trial could not be kept")
            result.problem = f"what is fetched cannot be kept: {describe_disk_error(error)}"
            if not came:
                raise SaveError(result.problem) from error
        finally:
            if came:
                self.notify()
        if not result.problem:
            result.missing = [number for number in asked if number not in came]
        return result

    def _read_all(self) -> Reading | None:
        records = self._home.read(self._home.numbers())
        return read(b"\n".join(map(_one_line, records)), LIST_NAME) if records else None

    def _reading_of(self, number: str) -> Reading | None:
        try:
            return next((read(_one_line(data), number) for data in self._home.read([number])), None)
        except ReadError:
            return None


def _one_line(record: bytes) -> bytes:
    return record.replace(b"\n", b" ")


def _number_of(study: dict[str, Any]) -> str:
    protocol = study.get("protocolSection")
    who = protocol.get("identificationModule") if isinstance(protocol, dict) else None
    number = who.get("nctId") if isinstance(who, dict) else None
    return number if isinstance(number, str) and TRIAL_ID.fullmatch(number) else ""


def compare_readings(trial_id: str, before: Reading | None, after: Reading) -> TrialChange:
    """Sites added and removed, and statuses that changed, between two readings of a trial."""
    if before is None:
        return TrialChange(trial_id, new=True)
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
    return TrialChange(
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
