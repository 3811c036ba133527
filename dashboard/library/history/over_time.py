"""Sites over time: the versions of a list or trial one after the other, with what changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from dashboard.library.lists import EarlierVersion, Library
from dashboard.library.sides import Side
from dashboard.sites.changes import ADDED, CHANGE_COLUMNS, MOVED, REMOVED, STATUS, find_changes

COUNT_COLUMNS = (
    *("date", "version", "sites", "recruiting"),
    *("added", "removed", "status_changed", "moved"),
)
_KINDS = dict(zip(COUNT_COLUMNS[-4:], (ADDED, REMOVED, STATUS, MOVED), strict=True))
_DAY = len("2026-11-30")


@dataclass(frozen=True, slots=True)
class History:
    """A list or trial of which earlier versions are kept.

    ``versions`` are what :func:`~dashboard.library.sides.find_side` takes, oldest first, the last
    being ``name``, the list or trial as it is now; ``times`` are when they were added, empty where
    that is not known, and ``sizes`` how many sites the earlier ones have.
    """

    name: str
    versions: tuple[str, ...]
    times: tuple[str, ...]
    sizes: tuple[int, ...]

    def keep_newest(self, max_sites: int) -> "History":
        """Without the oldest versions, so that no more than so many sites are left."""
        kept, total = 0, 0
        for size in reversed(self.sizes):
            total += size
            if total > max_sites:
                break
            kept += 1
        first = len(self.sizes) - kept
        return History(self.name, self.versions[first:], self.times[first:], self.sizes[first:])


def list_histories(library: Library) -> dict[str, History]:
    """The lists and trials of a library of which earlier versions are kept, by name."""
    found: dict[str, History] = {}
    for opened in library.lists:
        of_trial: dict[str, list[EarlierVersion]] = {}
        for version in reversed(opened.versions):
            of_trial.setdefault(version.trial_id, []).append(version)
        for trial_id, versions in of_trial.items():
            name = trial_id or opened.name
            if trial_id and trial_id not in library.trials:
                continue
            found[name] = History(
                name,
                (*(one.name for one in versions), name),
                (*(one.added for one in versions), "" if trial_id else opened.added),
                tuple(one.sites for one in versions),
            )
    return found


@dataclass(frozen=True)
class OverTime:
    """The versions of a list or trial, oldest first, each as one side of a comparison."""

    sides: tuple[Side, ...]
    times: tuple[str, ...]
    _changes: dict[int, pd.DataFrame] = field(default_factory=dict, repr=False)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What changed from each version to the next, the newest changes first.

        The columns are :data:`~dashboard.sites.changes.CHANGE_COLUMNS`.
        """
        parts = [self.find_changes_to(number) for number in range(len(self.sides) - 1, 0, -1)]
        kept = [part for part in parts if len(part)]
        if not kept:
            return pd.DataFrame(columns=list(CHANGE_COLUMNS))
        return pd.concat(kept, ignore_index=True)

    def find_changes_to(self, number: int) -> pd.DataFrame:
        """What changed to a version from the one before it; nothing for the oldest."""
        if not number:
            return pd.DataFrame(columns=list(CHANGE_COLUMNS))
        if number not in self._changes:
            before, after = self.sides[number - 1 : number + 1]
            changes = find_changes(before.sites, after.sites, before.dates, after.dates)
            self._changes[number] = changes.fillna({"previous_date": "", "date": ""})
        return self._changes[number]

    @cached_property
    def counts(self) -> pd.DataFrame:
        """A row for each version, oldest first, with :data:`COUNT_COLUMNS`.

        ``date`` is that of the version's data or, where the data has none, when it was added.
        """
        rows = []
        for number, (side, time) in enumerate(zip(self.sides, self.times, strict=True)):
            kinds = self.find_changes_to(number)["change"].value_counts()
            rows.append(
                {
                    "date": time,
                    "version": side.name,
                    "sites": len(side.sites),
                    "recruiting": int((side.sites["status"] == "Recruiting").sum()),
                    **{name: int(kinds.get(kind, 0)) for name, kind in _KINDS.items()},
                }
            )
        return pd.DataFrame(rows, columns=list(COUNT_COLUMNS))


def follow(history: History, find: Callable[[str], Side]) -> OverTime:
    """All versions of a list or trial, opened.

    Args:
        history: whose.
        find: as :func:`~dashboard.library.sides.find_side`.

    Raises:
        FilterError: a version cannot be opened.
    """
    sides = tuple(find(name) for name in history.versions)
    return OverTime(sides, tuple(_list_times(sides, history.times)))


def _list_times(sides: Sequence[Side], added: Sequence[str]) -> list[str]:
    """The time of each version: by the day if that tells them apart, else when each was added.

    Of versions that were added in one second, all but the first have a number.
    """
    days = [side.as_of or time[:_DAY] for side, time in zip(sides, added, strict=True)]
    if len(set(days)) == len(days):
        return days
    times = [time or day for time, day in zip(added, days, strict=True)]
    before = [times[:number].count(time) for number, time in enumerate(times)]
    return [f"{time} ({n + 1})" if n else time for time, n in zip(times, before, strict=True)]
