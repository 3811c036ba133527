"""Opens site lists and merges them into one library."""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from dashboard.errors import ReadError
from dashboard.readers import Preview, preview, read
from dashboard.sites.categoricals import normalize_text
from dashboard.sites.decisions import Decision
from dashboard.sites.facility_columns import add_facilities, add_facilities_of_new
from dashboard.sites.fields import drop_contacts
from dashboard.sites.list_rows import count_kept, get_lists, number_lists, set_lists
from dashboard.sites.positions import Known, LocateMany
from dashboard.sites.reading import Reading
from dashboard.sites.records import attach_records
from dashboard.sites.table import build_site_table, concat_site_tables, empty_table
from dashboard.sites.trial import Trial
from geocache.facilities import Correction

log = logging.getLogger(__name__)

FirstRows = tuple[tuple[str, ...], dict[str, str], tuple[tuple[str, ...], ...]]
"""A plain table's header, which of its columns is which, and its first rows."""

IGNORED_NAMES = {"readme.md", "readme.txt", "readme"}


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class OpenedList:
    """One file with its reading, or the reason why there is none.

    Compared by identity: a file that is read again is another list. ``versions`` are the earlier
    ones, newest first, and ``added`` is when a person added this one (ISO 8601, UTC).
    """

    name: str
    reading: Reading | None = None
    error: str = ""
    versions: "tuple[EarlierVersion, ...]" = ()
    added: str = ""


@dataclass(frozen=True, slots=True)
class EarlierVersion:
    """An earlier version of a list, or of one trial of it, which ``trial_id`` then names.

    ``added`` is when it was added or, of a trial, the date of its data; ``name`` is that of the
    list or trial with this time.
    """

    name: str
    id: str
    added: str
    sites: int
    open: Callable[[], OpenedList]
    trial_id: str = ""


def name_versions(name: str, added: Iterable[str]) -> list[str]:
    """The names of the versions of a list or trial, each one's own, from their times."""
    names: list[str] = []
    counts: dict[str, int] = {}
    for time in added:
        counts[time] = counts.get(time, 0) + 1
        names.append(f"{name} @ {time}" + (f" ({counts[time]})" if counts[time] > 1 else ""))
    return names


@dataclass(frozen=True, slots=True)
class Library:
    """The open lists, merged.

    ``table`` is the site table of all lists; ``notes`` say what merging left out; ``as_of`` is
    the newest date of any data (ISO 8601), empty if no list gives one; ``corrections`` are what
    people said of facilities, ``decisions`` those that were shared with lists, ``colours`` those
    that shared lists were given (``#rrggbb``), by name.
    """

    lists: tuple[OpenedList, ...]
    trials: dict[str, Trial]
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    as_of: str = ""
    corrections: tuple[Correction, ...] = ()
    decisions: tuple[Decision, ...] = ()
    colours: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        attach_records(self.table, self.trials)


def find_files(sources: Iterable[Path]) -> Iterator[Path | OpenedList]:
    """The files among the sources and directly in their folders, in name order.

    A source that cannot be opened comes as an :class:`OpenedList` with its error.
    """
    for source in sources:
        if source.is_dir():
            files = sorted(
                path
                for path in source.iterdir()
                if path.is_file()
                and not path.name.startswith(".")
                and path.name.casefold() not in IGNORED_NAMES
                and path.suffix not in {".py", ".pyc"}
            )
            if not files:
                yield OpenedList(source.name, error="the folder holds no site list")
            yield from files
        elif source.exists():
            yield source
        else:
            yield OpenedList(source.name, error="no such file or folder")


def open_bytes(
    data: bytes,
    name: str,
    columns: Mapping[str, str] | None = None,
    progress: Callable[[float], None] | None = None,
    signing_key: str = "",
) -> OpenedList:
    """Read one file's bytes; a failure becomes the list's error."""
    try:
        reading = read(data, name, columns=columns, progress=progress, signing_key=signing_key)
    except ReadError as error:
        log.warning("%s", error)
        return OpenedList(name, error=error.reason + (f" ({error.where})" if error.where else ""))
    for warning in reading.warnings:
        log.warning("%s: %s", name, warning)
    return OpenedList(name, reading)


class Reader(Protocol):
    """Parses files; :class:`dashboard.library.reader_pool.ReaderPool` does so in children."""

    def read(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        *,
        owner: str = "",
    ) -> OpenedList:
        """As :func:`open_bytes`, for a session."""
        ...

    def preview(self, data: bytes, name: str, *, owner: str = "") -> Preview | None:
        """As :func:`dashboard.readers.preview`, for a session.

        Raises:
            ReadError: the file cannot be read.
        """
        ...


def read_as_before(
    read: Callable[[Mapping[str, str] | None], OpenedList], columns: Mapping[str, str]
) -> tuple[Mapping[str, str] | None, OpenedList]:
    """A new version of a list, read with the columns that a person named for the one before.

    Args:
        read: reads it with the columns it is given.
        columns: as named, or empty.

    Returns:
        The columns it was read with, ``None`` where it has other ones, and the list.
    """
    opened = read(columns or None)
    if opened.error and columns:
        return None, read(None)
    return columns or None, opened


class InlineReader:
    """Parses files in this process: for files of the operator's own."""

    def read(
        self,
        data: bytes,
        name: str,
        columns: Mapping[str, str] | None = None,
        *,
        owner: str = "",  # noqa: ARG002 - there is no queue
    ) -> OpenedList:
        """As :func:`open_bytes`."""
        return open_bytes(data, name, columns)

    def preview(
        self,
        data: bytes,
        name: str,
        *,
        owner: str = "",  # noqa: ARG002 - there is no queue
    ) -> Preview | None:
        """As :func:`dashboard.readers.preview`."""
        return preview(data, name)


def open_file(path: Path, signing_key: str = "") -> OpenedList:
    """Read one file; a failure becomes the list's error, and goes to the log with its path."""
    try:
        data = path.read_bytes()
    except OSError as error:
        log.warning("%s: %s", path, error)
        return OpenedList(path.name, error=error.strerror or "cannot be read")
    return open_bytes(data, path.name, signing_key=signing_key)


def open_sources(sources: Iterable[Path], signing_key: str = "") -> tuple[OpenedList, ...]:
    """Read all files among the sources; positions saved with that key are read too."""
    opened = []
    for item in find_files(sources):
        if isinstance(item, OpenedList):
            log.warning("%s: %s", item.name, item.error)
            opened.append(item)
        else:
            opened.append(open_file(item, signing_key))
    return tuple(opened)


def merge(
    lists: Sequence[OpenedList],
    locate: LocateMany | None,
    known: Known | None = None,
    *,
    join_facilities: bool = True,
) -> Library:
    """Merge lists into one library; of a trial in several lists the newest record is shown.

    Args:
        lists: in the order their sites shall stand.
        locate: finds the places; None leaves positions empty but for the registry's own points.
        known: which positions of saved site tables are still valid.
        join_facilities: whether the sites get their facilities.
    """
    chosen: dict[str, tuple[str, int]] = {}
    trials: dict[str, Trial] = {}
    notes: list[str] = []
    for number, opened in enumerate(lists):
        if opened.reading is None:
            continue
        for trial in opened.reading.trials:
            date = _get_date(opened.reading, trial)
            earlier = chosen.get(trial.trial_id)
            if earlier is not None:
                newer = number if date > earlier[0] else earlier[1]
                older = earlier[1] if newer == number else number
                what = trial.trial_id or "The list without trial ids"
                shown, hidden = lists[newer].name, lists[older].name
                notes.append(f"{what} is in {shown} and {hidden}; {shown} is shown.")
                if newer != number:
                    continue
            chosen[trial.trial_id] = (date, number)
            trials[trial.trial_id] = trial
    ids_of_list: dict[int, set[str]] = {number: set() for number in range(len(lists))}
    for trial_id, (_, number) in chosen.items():
        ids_of_list[number].add(trial_id)
    readings = [
        _select_trials(opened.reading, ids_of_list[number])
        for number, opened in enumerate(lists)
        if opened.reading is not None
    ]
    dates = [_get_date(r, t) for r in readings for t in r.trials] + [r.as_of for r in readings]
    table = build_site_table(readings, locate, known) if readings else empty_table()
    corrections = known.corrections if known else ()
    names = [opened.name for opened in lists if opened.reading is not None]
    sizes = tuple((name, len(r.sites)) for name, r in zip(names, readings, strict=True))
    if join_facilities and len(table):
        table = add_facilities(table, corrections)
    return Library(
        tuple(lists),
        trials,
        set_lists(table, sizes),
        tuple(dict.fromkeys(notes)),
        max(dates, default=""),
        corrections,
    )


def find_date(library: Library, shown: Collection[str]) -> str:
    """The newest date of the data of some lists by name (ISO 8601); empty if none gives one."""
    if {name for name, _ in get_lists(library.table)} <= set(shown):
        return library.as_of
    dates = (
        [_get_date(one.reading, trial) for trial in one.reading.trials] + [one.reading.as_of]
        for one in library.lists
        if one.reading is not None and one.name in shown
    )
    return max((date for each in dates for date in each), default="")


def find_unknown(library: Library, names: Iterable[str]) -> list[str]:
    """Those of some names that no open list bears, whatever their case and accents."""
    known = {normalize_text(one.name) for one in library.lists}
    return [name for name in names if normalize_text(name) not in known]


def without_contacts(opened: OpenedList) -> OpenedList:
    """A list without the own columns that name people or how to reach them, in any version."""
    if opened.versions:
        found = tuple(
            replace(one, open=partial(_open_without_contacts, one)) for one in opened.versions
        )
        opened = replace(opened, versions=found)
    reading = opened.reading
    if reading is None or reading.fields is None:
        return opened
    fields = drop_contacts(reading.fields)
    if fields is reading.fields:
        return opened
    return replace(opened, reading=replace(reading, fields=fields))


def _open_without_contacts(version: EarlierVersion) -> OpenedList:
    return without_contacts(version.open())


def extend(library: Library, own: Sequence[OpenedList], locate: LocateMany | None) -> Library:
    """Add lists to a library; of a trial that both have the newer record is shown.

    Only the added sites are located.
    """
    if not own:
        return library
    added = merge(own, locate)
    notes = [*library.notes, *added.notes]
    replaced: set[str] = set()
    older: set[str] = set()
    for trial_id, trial in added.trials.items():
        known = library.trials.get(trial_id)
        if known is None:
            continue
        newer = (trial.as_of or trial.last_updated) >= (known.as_of or known.last_updated)
        (replaced if newer else older).add(trial_id)
        shown = "what you added is" if newer else "the newer record already open is"
        notes.append(f"{trial_id or 'The list without trial ids'} was already open; {shown} shown.")
    tables: list[pd.DataFrame] = []
    sizes: list[tuple[str, int]] = []
    for table, left_out in ((library.table, replaced), (added.table, older)):
        rows = ~table["trial_id"].isin(left_out).to_numpy()
        tables.append(table[rows] if left_out else table)
        sizes += count_kept(table, rows)
    kept = len(tables[0])
    tables = [table for table in tables if len(table)]
    table = concat_site_tables(tables) if tables else empty_table()
    trials = library.trials | {k: v for k, v in added.trials.items() if k not in older}
    if len(table) > kept:
        table = add_facilities_of_new(table, kept, library.corrections)
    return Library(
        (*library.lists, *own),
        trials,
        set_lists(table, tuple(sizes)),
        tuple(notes),
        max(library.as_of, added.as_of),
        library.corrections,
        library.decisions,
        library.colours,
    )


def hide(library: Library, names: Collection[str]) -> Library:
    """A library without the sites of some lists; the lists stay among its lists."""
    sizes = get_lists(library.table)
    if not any(name in names for name, _ in sizes):
        return library
    numbers, lists = number_lists(library.table)
    shown = np.array([name not in names for name in lists], dtype=bool)[numbers]
    rest = library.table[shown]
    table = concat_site_tables([rest]) if len(rest) else empty_table()
    ids = set(rest["trial_id"].unique())
    trials = {i: trial for i, trial in library.trials.items() if i in ids}
    table = set_lists(table, count_kept(library.table, shown))
    return replace(library, table=table, trials=trials)


def _get_date(reading: Reading, trial: Trial) -> str:
    return trial.as_of or trial.last_updated or reading.as_of


def _select_trials(reading: Reading, trial_ids: set[str]) -> Reading:
    """The reading with only these trials."""
    dropped = [t.trial_id for t in reading.trials if t.trial_id not in trial_ids]
    if not dropped:
        return reading
    rows = ~reading.sites["trial_id"].isin(dropped)
    return replace(
        reading,
        trials=tuple(t for t in reading.trials if t.trial_id in trial_ids),
        sites=reading.sites[rows],
        fields=None if reading.fields is None else reading.fields[rows].reset_index(drop=True),
        positions=None if reading.positions is None else reading.positions[rows],
    )
