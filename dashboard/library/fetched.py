"""Trials fetched from the registry, stored so that they open offline.

One JSON record per trial: the study as API v2 gave it, and ``fetchedOn``, the day.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

import orjson

from dashboard.errors import RegistryError, SaveError, UploadError
from dashboard.library.atomic_files import describe_disk_error
from dashboard.library.fetched_storage import TRIAL_ID, TrialStorage
from dashboard.library.history.trial_versions import (
    TrialHistory,
    add_version,
    has_changed,
    open_version,
    parse_history,
    parse_summary,
)
from dashboard.library.lists import (
    EarlierVersion,
    InlineReader,
    OpenedList,
    Reader,
    name_versions,
)
from dashboard.library.own_lists.refusals import refuse
from dashboard.library.registry.client import Page
from dashboard.readers import Reading
from geocache.closing import Closing

log = logging.getLogger(__name__)

LIST_NAME = "Fetched trials"
"""The name of the list of fetched trials on the page."""

MAX_NAMED = 5
BATCH = 100
"""Studies of a fetch that are parsed together."""

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
        self._cached: tuple[object, Reading | None, tuple[EarlierVersion, ...]] | None = None

    def list_ids(self) -> list[str]:
        """The ids of all fetched trials, sorted."""
        return self._storage.list_ids()

    def change_token(self) -> object:
        """Change token, unless the revision of the geocache's store covers it."""
        return self._storage.change_token()

    def open(self) -> OpenedList | None:
        """All fetched trials as one list, with their earlier versions; None if there are none.

        A damaged record is skipped with a warning. While the storage cannot be reached, what was
        read last.
        """
        cached = self._cached  # a job's thread may forget it meanwhile
        try:
            version = self._storage.version()
            if cached is None or cached[0] != version:
                reading = self._read_all()
                cached = (version, reading, self._list_versions() if reading else ())
                self._cached = cached
        except OSError as error:
            log.warning("%s", error)
        if cached is None or cached[1] is None:
            return None
        _, reading, versions = cached
        return OpenedList(LIST_NAME, reading, versions=versions)

    def read(self) -> Reading | None:
        """As :meth:`open`, without the earlier versions."""
        opened = self.open()
        return opened.reading if opened else None

    def open_version(self, trial_id: str, name: str) -> OpenedList:
        """An earlier version of a trial.

        Args:
            trial_id: the trial.
            name: as in :attr:`EarlierVersion.name`.

        Raises:
            UploadError: it is no longer there, or the storage fails.
        """
        with refuse("the earlier version cannot be read"):
            data = self._storage.read_history(trial_id)
            history = parse_history(data) if data else TrialHistory((), b"")
            names = name_versions(trial_id, (date for date, _ in history.summary))
            if name in names:
                return OpenedList(name, open_version(history, names.index(name)))
        raise UploadError("this version is no longer here")

    def _list_versions(self) -> tuple[EarlierVersion, ...]:
        """The earlier versions of all trials, each trial's newest first."""
        found = []
        try:
            summaries = self._storage.list_summaries()
        except OSError as error:  # the trials themselves could be read
            log.warning("Earlier versions of fetched trials cannot be listed: %s", error)
            return ()
        for trial_id, line in summaries.items():
            try:
                summary = parse_summary(line)
            except ValueError as error:
                log.warning("%s: %s", trial_id, error)
                continue
            names = name_versions(trial_id, (date for date, _ in summary))
            found += [
                EarlierVersion(
                    name, name, date, sites, partial(self.open_version, trial_id, name), trial_id
                )
                for name, (date, sites) in zip(reversed(names), reversed(summary), strict=True)
            ]
        return tuple(found)

    def _keep_version(self, trial_id: str, before: Reading) -> None:
        """Keep what was stored of a trial as an earlier version, as far as there is room."""
        try:
            data = self._storage.read_history(trial_id)
            known = parse_history(data) if data else None
        except (OSError, ValueError) as error:
            log.warning("%s: the earlier versions cannot be read: %s", trial_id, error)
            known = None
        history = add_version(known, before)
        if history is not None and history is not known:
            self._storage.write_history(trial_id, history.to_bytes())

    def save(self, study: dict[str, Any], today: str) -> TrialChange | None:
        """As :meth:`save_all`, for one study; None for a study without an id."""
        return next(iter(self.save_all([study], today)), None)

    def save_all(self, studies: Iterable[dict[str, Any]], today: str) -> list[TrialChange]:
        """Store studies; returns what changed, in their order, without those that have no id.

        All are parsed by the reader at once, beside what is stored of them, which is kept as an
        earlier version of a trial that changed. Others see them after :meth:`notify`.

        Raises:
            SaveError: the reader can read none of them.
        """
        records = {
            trial_id: orjson.dumps({**study, "fetchedOn": today})
            for study in studies
            if (trial_id := _get_id(study))
        }
        if not records:
            return []
        opened = self._reader.read(_join(records.values()), LIST_NAME)
        if opened.reading is None:
            raise SaveError(f"the registry's answer cannot be read: {opened.error}")
        after = _split_trials(opened.reading)
        stored = self._storage.read(list(records))
        before = self._reader.read(_join(stored), LIST_NAME).reading if stored else None
        known = _split_trials(before) if before else {}
        changes = []
        for trial_id in records.keys() & after.keys():
            was = known.get(trial_id)
            changes.append(compare_readings(trial_id, was, after[trial_id]))
            if was is not None and has_changed(was, after[trial_id]):
                self._keep_version(trial_id, was)
            self._storage.write(trial_id, records[trial_id])
        order = {trial_id: number for number, trial_id in enumerate(records)}
        return sorted(changes, key=lambda change: order[change.trial_id])

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
                fresh = [study for study in page.studies if _get_id(study) not in saved]
                for batch in _iter_batches(fresh):
                    changes = self.save_all(batch, today)
                    saved.update(change.trial_id for change in changes)
                    result.changes += changes
                result.problem = page.problem
                if progress is not None:
                    progress(FetchProgress(len(saved), page.total))
        except RegistryError as error:
            if not saved:
                raise
            result.problem = str(error)
        except SaveError as error:
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
        trial_ids = self._storage.list_ids()
        records = self._storage.read(trial_ids)
        if not records:
            return None
        opened = self._reader.read(_join(records), LIST_NAME)
        if opened.reading is None:
            log.warning("%s: %s", LIST_NAME, opened.error)
            return None
        read = {trial.trial_id for trial in opened.reading.trials}
        lost = [trial_id for trial_id in trial_ids if trial_id not in read]
        if not lost:
            return opened.reading
        shown = ", ".join(lost[:MAX_NAMED]) + (" …" if len(lost) > MAX_NAMED else "")
        warning = f"{len(lost)} fetched trials cannot be read and were skipped: {shown}"
        return replace(opened.reading, warnings=(*opened.reading.warnings, warning))


def _iter_batches(studies: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(studies), BATCH):
        yield studies[start : start + BATCH]


def _join(records: Iterable[bytes]) -> bytes:
    """Records as JSON Lines, without those that a damaged disk left of no use.

    One that does not even begin like an object would make the others look like another format.
    """
    lines = []
    for record in records:
        line = record.replace(b"\n", b" ").strip()
        if line.startswith(b"{") and line.endswith(b"}"):
            lines.append(line)
        else:
            log.warning("A fetched trial is damaged and was skipped: %r", line[:80])
    return b"\n".join(lines)


def _split_trials(reading: Reading) -> dict[str, Reading]:
    """A reading for each of its trials."""
    rows = reading.sites.groupby("trial_id").indices
    return {
        trial.trial_id: replace(
            reading,
            trials=(trial,),
            sites=reading.sites.iloc[rows.get(trial.trial_id, [])],
            as_of=trial.as_of or reading.as_of,
            fields=None,
        )
        for trial in reading.trials
    }


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
