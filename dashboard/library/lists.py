"""Which lists are open: read from sources, merged into one site table."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from dashboard.errors import ReadError
from dashboard.readers import read
from dashboard.sites.categoricals import concat_tables
from dashboard.sites.positions import Known, LocateMany
from dashboard.sites.reading import Reading
from dashboard.sites.table import build_site_table, empty_table
from dashboard.sites.trial import Trial

log = logging.getLogger(__name__)

IGNORED_NAMES = {"readme.md", "readme.txt", "readme"}


@dataclass(frozen=True, slots=True, eq=False)
class OpenedList:
    """One file that was asked for: its reading, or why there is none. Read again, it is another."""

    name: str
    reading: Reading | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Library:
    """The open lists and what they hold together.

    ``table`` is the site table of all lists; ``notes`` say what merging left out; ``as_of`` is
    the newest date any of the data is from (ISO 8601), empty when no list tells.
    """

    lists: tuple[OpenedList, ...]
    trials: dict[str, Trial]
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    as_of: str = ""


def find_files(sources: Iterable[Path]) -> Iterator[Path | OpenedList]:
    """The files that sources name, folders opened one level deep, in name order.

    What cannot be opened comes as an :class:`OpenedList` with its error.
    """
    for source in sources:
        if source.is_dir():
            inside = sorted(
                path
                for path in source.iterdir()
                if path.is_file()
                and not path.name.startswith(".")
                and path.name.casefold() not in IGNORED_NAMES
                and path.suffix not in {".py", ".pyc"}
            )
            if not inside:
                yield OpenedList(source.name, error="the folder holds no site list")
            yield from inside
        elif source.exists():
            yield source
        else:
            yield OpenedList(source.name, error="no such file or folder")


def open_bytes(
    data: bytes,
    name: str,
    columns: Mapping[str, str] | None = None,
    progress: Callable[[float], None] | None = None,
) -> OpenedList:
    """Read one file's bytes; a failure becomes the list's error."""
    try:
        reading = read(data, name, columns=columns, progress=progress)
    except ReadError as error:
        log.warning("%s", error)
        return OpenedList(name, error=error.reason + (f" ({error.where})" if error.where else ""))
    for warning in reading.warnings:
        log.warning("%s: %s", name, warning)
    return OpenedList(name, reading)


def open_file(path: Path) -> OpenedList:
    """Read one file; any failure becomes the list's error, and is in the log with its path."""
    try:
        data = path.read_bytes()
    except OSError as error:
        log.warning("%s: %s", path, error)
        return OpenedList(path.name, error=error.strerror or "cannot be read")
    return open_bytes(data, path.name)


def open_sources(sources: Iterable[Path]) -> tuple[OpenedList, ...]:
    """Read every file that sources name."""
    opened = []
    for item in find_files(sources):
        if isinstance(item, OpenedList):
            log.warning("%s: %s", item.name, item.error)
            opened.append(item)
        else:
            opened.append(open_file(item))
    return tuple(opened)


def _date_of(reading: Reading, trial: Trial) -> str:
    return trial.as_of or trial.last_updated or reading.as_of


def merge(
    lists: Sequence[OpenedList], locate: LocateMany | None, known: Known | None = None
) -> Library:
    """One library of some lists; a trial that two lists hold is opened once, the newer wins."""
    chosen: dict[str, tuple[str, int]] = {}
    trials: dict[str, Trial] = {}
    notes: list[str] = []
    for number, opened in enumerate(lists):
        if opened.reading is None:
            continue
        for trial in opened.reading.trials:
            date = _date_of(opened.reading, trial)
            earlier = chosen.get(trial.trial_id)
            if earlier is not None:
                newer = number if date > earlier[0] else earlier[1]
                older = earlier[1] if newer == number else number
                what = trial.trial_id or "The list without trial ids"
                kept, left = lists[newer].name, lists[older].name
                notes.append(f"{what} is in {kept} and {left}; {kept} is shown.")
                if newer != number:
                    continue
            chosen[trial.trial_id] = (date, number)
            trials[trial.trial_id] = trial
    shown_of: dict[int, set[str]] = {number: set() for number in range(len(lists))}
    for trial_id, (_, number) in chosen.items():
        shown_of[number].add(trial_id)
    readings = [
        _only(opened.reading, shown_of[number])
        for number, opened in enumerate(lists)
        if opened.reading is not None
    ]
    dates = [_date_of(r, t) for r in readings for t in r.trials] + [r.as_of for r in readings]
    table = build_site_table(readings, locate, known) if readings else empty_table()
    return Library(tuple(lists), trials, table, tuple(dict.fromkeys(notes)), max(dates, default=""))


def extend(library: Library, own: Sequence[OpenedList], locate: LocateMany | None) -> Library:
    """The library with further lists; the newer of a trial that both hold is shown.

    The library's own table is kept as it is, so that only what is added is located.
    """
    if not own:
        return library
    added = merge(own, locate)
    notes = [*library.notes, *added.notes]
    lost: set[str] = set()
    older: set[str] = set()
    for trial_id, trial in added.trials.items():
        known = library.trials.get(trial_id)
        if known is None:
            continue
        newer = (trial.as_of or trial.last_updated) >= (known.as_of or known.last_updated)
        (lost if newer else older).add(trial_id)
        kept = "what you added is" if newer else "the newer record already open is"
        notes.append(f"{trial_id or 'The list without trial ids'} was already open; {kept} shown.")
    tables = [
        library.table[~library.table["trial_id"].isin(lost)] if lost else library.table,
        added.table[~added.table["trial_id"].isin(older)] if older else added.table,
    ]
    tables = [table for table in tables if len(table)]
    trials = library.trials | {k: v for k, v in added.trials.items() if k not in older}
    return Library(
        (*library.lists, *own),
        trials,
        concat_tables(tables) if tables else empty_table(),
        tuple(notes),
        max(library.as_of, added.as_of),
    )


def _only(reading: Reading, trial_ids: set[str]) -> Reading:
    """The reading without trials that another list shows."""
    drop = [t.trial_id for t in reading.trials if t.trial_id not in trial_ids]
    if not drop:
        return reading
    keep = ~reading.sites["trial_id"].isin(drop)
    return replace(
        reading,
        trials=tuple(t for t in reading.trials if t.trial_id in trial_ids),
        sites=reading.sites[keep],
        positions=None if reading.positions is None else reading.positions[keep],
    )
