"""Trials fetched from the registry, stored so that they open offline.

One JSON record per trial: the study as API v2 gave it, and ``fetchedOn``, the day.
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
from dashboard.library.lists import InlineReader, Reader
from dashboard.library.registry.client import Page
from dashboard.readers import Reading, read
from geocache.closing import Closing

log = logging.getLogger(__name__)

LIST_NAME = "Fetched trials"
"""The name of the list of fetched trials on the page."""

_SITE = ("site_number", "facility", "city", "state", "postcode", "country")


class FetchProgress(NamedTuple):
    """How far a fetch is: studies stored, and how many there are in all (None: unknown)."""

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
        """True if anything changed."""
        return bool(self.new or self.added or self.removed or self.statuses or self.trial_status)


@dataclass(slots=True)
class FetchResult:
    """The result of a fetch: changes by trial, ids not found, and why it ended early."""

    changes: list[TrialChange] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problem: str = ""


class FetchedTrials(Closing):
    """The fetched trials of one server.

    Args:
        storage: holds the records.
        reader: parses them; in this process unless another is given.
    """

    def __init__(self, storage: TrialStorage, reader: Reader | None = None) -> None:
        self._storage = storage
        self._reader = reader or InlineReader()
        self._cached: tuple[object, Reading | None] | None = None

    def list_ids(self) -> list[str]:
        """The ids of all fetched trials, sorted."""
        return self._storage.list_ids()

    def change_token(self) -> object:
        """Change token, unless the revision of the geocache's store covers it."""
        return self._storage.change_token()

    def read(self) -> Reading | None:
        """All fetched trials as one list; None if there are none.

        A damaged record is skipped with a warning. While the storage cannot be reached, what was
        read last.
        """
        try:
            version = self._storage.version()
            if self._cached is None or self._cached[0] != version:
                self._cached = (version, self._read_all())
        except OSError as error:
            log.warning("%s", error)
        return self._cached[1] if self._cached else None

    def save(self, study: dict[str, Any], today: str) -> TrialChange | None:
        """Store one study; returns what changed, or None for a study without an id.

        Others see it after :meth:`notify`.
        """
        trial_id = _get_id(study)
        if not trial_id:
            return None
        before = self._read_one(trial_id)
        data = orjson.dumps({**study, "fetchedOn": today})
        change = compare_readings(trial_id, before, read(data, trial_id))
        self._storage.write(trial_id, data)
        return change

    def delete(self, trial_ids: Iterable[str]) -> int:
        """Delete fetched trials; returns how many there were."""
        deleted = self._storage.delete(each for each in trial_ids if TRIAL_ID.fullmatch(each))
        self.notify()
        return deleted

    def notify(self) -> None:
        """Let every process see what has changed."""
        self._cached = None
        try:
            self._storage.notify()
        except OSError as error:  # on a full disk; this process knows what it fetched
            log.warning("Other servers could not be notified of fetched trials: %s", error)

    def delete_leftovers(self) -> None:
        """Delete what killed processes left half-written."""
        self._storage.delete_leftovers()

    def close(self) -> None:
        """Close connections; the next call opens new ones."""
        self._storage.close()

    def fetch(
        self,
        pages: Iterator[Page],
        trial_ids: Iterable[str] = (),
        progress: Callable[[FetchProgress], None] | None = None,
    ) -> FetchResult:
        """Store the studies of all pages as they arrive, and find what changed.

        After an error, which is in :attr:`FetchResult.problem`, what was stored stays.

        Args:
            pages: from the registry.
            trial_ids: the ids that were asked for, to find those the registry does not have.
            progress: called after each page.

        Raises:
            RegistryError: nothing arrived at all.
            SaveError: nothing could be stored.
        """
        result = FetchResult()
        today = datetime.now(UTC).date().isoformat()
        saved: set[str] = set()
        try:
            for page in pages:
                for study in page.studies:
                    trial_id = _get_id(study)
                    change = None if trial_id in saved else self.save(study, today)
                    if change is not None:
                        saved.add(trial_id)
                        result.changes.append(change)
                result.problem = page.problem
                if progress is not None:
                    progress(FetchProgress(len(saved), page.total))
        except RegistryError as error:
            if not saved:
                raise
            result.problem = str(error)
        except OSError as error:
            log.exception("A fetched trial could not be stored")
            result.problem = f"fetched trials cannot be stored: {describe_disk_error(error)}"
            if not saved:
                raise SaveError(result.problem) from error
        finally:
            if saved:
                self.notify()
        if not result.problem:
            result.missing = [trial_id for trial_id in trial_ids if trial_id not in saved]
        return result

    def _read_all(self) -> Reading | None:
        records = self._storage.read(self._storage.list_ids())
        if not records:
            return None
        opened = self._reader.read(b"\n".join(map(_to_line, records)), LIST_NAME)
        if opened.reading is None:
            log.warning("%s: %s", LIST_NAME, opened.error)
        return opened.reading

    def _read_one(self, trial_id: str) -> Reading | None:
        try:
            records = self._storage.read([trial_id])
            return next((read(_to_line(record), trial_id) for record in records), None)
        except ReadError:
            return None


def _to_line(record: bytes) -> bytes:
    return record.replace(b"\n", b" ")


def _get_id(study: dict[str, Any]) -> str:
    """The id of a study, empty if it has none."""
    protocol = study.get("protocolSection")
    module = protocol.get("identificationModule") if isinstance(protocol, dict) else None
    trial_id = module.get("nctId") if isinstance(module, dict) else None
    return trial_id if isinstance(trial_id, str) and TRIAL_ID.fullmatch(trial_id) else ""


def compare_readings(trial_id: str, before: Reading | None, after: Reading) -> TrialChange:
    """Sites added and removed, and statuses that changed, between two readings of a trial."""
    if before is None:
        return TrialChange(trial_id, new=True)
    old, new = _group_statuses(before), _group_statuses(after)
    old_counts = Counter({site: len(statuses) for site, statuses in old.items()})
    new_counts = Counter({site: len(statuses) for site, statuses in new.items()})
    added, removed = new_counts - old_counts, old_counts - new_counts
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
        added=tuple(added.elements()),
        removed=tuple(removed.elements()),
        statuses=tuple(changed),
        trial_status=(was, now) if was != now else None,
    )


def _group_statuses(reading: Reading) -> dict[str, list[str]]:
    """Each distinct site as one text, with the statuses of all its rows."""
    found: dict[str, list[str]] = {}
    columns = [reading.sites[name] for name in _SITE]
    for *parts, status in zip(*columns, reading.sites["status"], strict=True):
        found.setdefault(", ".join(part for part in parts if part), []).append(status)
    return found
