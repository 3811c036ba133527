"""Collects the trials, sites and warnings of a file, and builds its reading."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard.readers.common.budget import get_budget
from dashboard.readers.common.clean import (
    as_text,
    clean_points,
    clean_texts,
    find_repairs,
    normalize_statuses,
)
from dashboard.readers.common.coded_column import CodedColumn, GrowingColumn
from dashboard.readers.common.missing import blank_missing
from dashboard.readers.common.own_columns import OwnColumns
from dashboard.sites.reading import READ_COLUMNS, Reading
from dashboard.sites.table import split_facility
from dashboard.sites.trial import Trial

NO_POINT = float("nan")
_MAX_WARNINGS = 200
_TEXT = pd.StringDtype(na_value=np.nan)
_PLACE_COLUMNS = ("facility", "city", "state", "country")


class ReadingBuilder:
    """Collects what readers find in a file. Sites are kept as columns.

    ``trial_index`` holds the index in ``trials`` of each site's trial, -1 for none. For a plain
    table ``header`` holds the file's columns, ``columns`` which of them was used for which target,
    and ``lacks_trial`` is True if nothing names its trial. ``notes`` say what was left out, where
    that is no reason for doubt. ``own`` holds the columns of a list that are none of ours.
    """

    def __init__(self) -> None:
        self.trial_id = GrowingColumn()
        self.site_number = GrowingColumn()
        self.facility = GrowingColumn()
        self.city = GrowingColumn()
        self.state = GrowingColumn()
        self.postcode = GrowingColumn()
        self.country = GrowingColumn()
        self.status = GrowingColumn()
        self.latitude: list[float] = []
        self.longitude: list[float] = []
        self.trials: list[Trial] = []
        self.trial_index: list[int] = []
        self._starts: list[int] = []
        self.own = OwnColumns()
        self.columns: dict[str, str] = {}
        self.header: tuple[str, ...] = ()
        self.lacks_trial = False
        self.notes: list[str] = []
        self.rows_read = 0
        self._warnings: list[str] = []
        self._more_warnings = 0
        self._paid_sites = self._paid_trials = 0

    def __len__(self) -> int:
        return len(self.facility)

    def warn(self, *sentences: str) -> None:
        """Add warnings for the person; beyond 200 they are only counted."""
        for sentence in sentences:
            if len(self._warnings) < _MAX_WARNINGS:
                self._warnings.append(sentence)
            else:
                self._more_warnings += 1

    def add_trial(self, trial: Trial, start: int | None = None) -> None:
        """Add a trial, the owner of the sites that follow, or of those from ``start`` on."""
        self.trials.append(trial)
        self._starts.append(len(self) if start is None else start)

    def assign_trial(self, trial: Trial) -> None:
        """Add a trial and assign it the sites that have none."""
        self.assign_trial_ids()
        number = len(self.trials)
        self.trials.append(trial)
        ids = self.trial_id.encode(len(self), as_text)
        self.trial_id.clear()
        self.trial_id.extend(ids.map(lambda text: text or trial.trial_id))
        self.trial_index[:] = [number if at < 0 else at for at in self.trial_index]
        self.lacks_trial = False

    def new_part(self) -> "ReadingBuilder":
        """An empty builder of the same kind, for a part of the file."""
        return ReadingBuilder()

    def flush(self) -> None:
        """Called between the records of a long file, when all sites so far are complete.

        Raises:
            ReadError: they are more than the file's budget allows.
        """
        self._pay()

    def clear(self) -> None:
        """Forget sites and trials."""
        for name in (*READ_COLUMNS, "trial_index", "trials"):
            getattr(self, name).clear()
        self.own.clear()
        self._paid_sites = self._paid_trials = 0

    def _pay(self) -> None:
        """Spend what was added since the last call."""
        sites, trials = len(self) - self._paid_sites, len(self.trials) - self._paid_trials
        self._paid_sites, self._paid_trials = len(self), len(self.trials)
        get_budget().spend(rows=sites, trials=trials)

    def extend_with(self, other: "ReadingBuilder") -> None:
        """Add what another builder collected from a part of the file."""
        self.assign_trial_ids()
        other.assign_trial_ids()
        rows, trials = len(self), len(self.trials)
        for name in (*READ_COLUMNS, "trials"):
            mine, more = getattr(self, name), getattr(other, name)
            if name == "site_number":
                mine.extend([""] * (rows - len(mine)))
            mine.extend(more)
        self.own.extend_with(other.own, rows)
        self.rows_read += other.rows_read
        self.trial_index.extend(
            number + trials if number >= 0 else -1 for number in other.trial_index
        )
        self._paid_sites, self._paid_trials = len(self), len(self.trials)  # by the other builder

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings, and the number of those beyond the limit."""
        if not self._more_warnings:
            return tuple(self._warnings)
        return (*self._warnings, f"and {self._more_warnings} more warnings")

    def add_site(  # noqa: PLR0917 - the parts of a place
        self,
        facility: str = "",
        city: str = "",
        state: str = "",
        postcode: str = "",
        country: str = "",
        status: str = "",
        latitude: float = NO_POINT,
        longitude: float = NO_POINT,
    ) -> None:
        """Add a site of the trial added last, as written; `build` splits off its number."""
        self.facility.append(facility)
        self.city.append(city)
        self.state.append(state)
        self.postcode.append(postcode)
        self.country.append(country)
        self.status.append(status)
        self.latitude.append(latitude)
        self.longitude.append(longitude)

    def build(self, name: str, format_name: str, as_of: str = "") -> Reading:
        """The reading; of a trial that occurs twice the newer record is kept."""
        self.assign_trial_ids()
        trials, kept = self._drop_old_records()
        sites = self.build_sites()
        fields = self.own.build(len(sites), self.notes.append) if self.own else None
        if kept is not None:
            sites = sites[kept].reset_index(drop=True)
            fields = fields[kept].reset_index(drop=True) if fields is not None else None
        return Reading(
            name=name,
            format=format_name,
            trials=trials,
            sites=sites,
            warnings=self.warnings,
            as_of=as_of or max((trial.as_of for trial in trials), default=""),
            columns=dict(self.columns),
            header=self.header,
            notes=tuple(self.notes),
            fields=fields,
            rows=self.rows_read,
        )

    def assign_trial_ids(self) -> None:
        """Fill ``trial_id`` and ``trial_index`` of the sites added since the last call."""
        self._pay()
        ends = [*self._starts[1:], len(self)]
        for number, (start, end) in enumerate(zip(self._starts, ends, strict=False)):
            self.trial_id.extend([self.trials[number].trial_id] * (end - start))
            self.trial_index.extend([number] * (end - start))
        self._starts = []
        self.trial_id.extend([""] * (len(self) - len(self.trial_id)))
        self.trial_index.extend([-1] * (len(self) - len(self.trial_index)))

    def _drop_old_records(self) -> tuple[tuple[Trial, ...], list[bool] | None]:
        """The trials, each id once, and which sites to keep (None for all).

        Of records with a date the newest is kept with its sites. Lists without a date may be parts
        of one list: all their sites are kept.
        """
        ids = [trial.trial_id for trial in self.trials]
        if len(set(ids)) == len(ids):
            return tuple(self.trials), None
        best: dict[str, int] = {}
        for at, trial in enumerate(self.trials):
            known = best.get(trial.trial_id)
            if known is None or _get_date(self.trials[known]) < _get_date(trial):
                best[trial.trial_id] = at
        trials = [trial for at, trial in enumerate(self.trials) if best[trial.trial_id] == at]
        dropped = {
            at
            for at, trial in enumerate(self.trials)
            if trial.trial_id
            and best[trial.trial_id] != at
            and any(_get_date(self.trials[best[trial.trial_id]]))
        }
        for trial_id in dict.fromkeys(ids[at] for at in sorted(dropped)):
            used = self.trials[best[trial_id]].as_of or self.trials[best[trial_id]].last_updated
            self.warn(f"{trial_id}: more than one record in this file; that of {used} is used")
        keep = [number not in dropped for number in self.trial_index] if dropped else None
        return tuple(trials), keep

    def build_sites(self) -> pd.DataFrame:
        """The sites with :data:`READ_COLUMNS`, cleaned and repaired."""
        texts: dict[str, CodedColumn] = {}
        for name in READ_COLUMNS:
            if name not in ("latitude", "longitude"):
                written = getattr(self, name).encode(len(self), as_text)
                texts[name] = written.with_texts(clean_texts(written.texts))
        points = {"latitude": self.latitude, "longitude": self.longitude}
        blanked = blank_missing(texts | _texts_of_doubtful(texts["country"], points))
        texts = {name: blanked[name] for name in texts}
        for name in _PLACE_COLUMNS:
            if repairs := find_repairs(texts[name].texts):
                count = texts[name].count_rows(repairs)
                self.warn(f"{count} garbled values in {name} repaired, such as `Ã¼` for `ü`")
                texts[name] = texts[name].change(repairs)
        texts["site_number"], texts["facility"] = _split_number_columns(
            texts["site_number"], texts["facility"]
        )
        status = texts["status"]
        texts["status"] = status.with_texts(normalize_statuses(status.texts, self.warn))
        latitude, longitude, dropped = clean_points(self.latitude, self.longitude)
        if dropped:
            self.warn(f"{dropped} sites with impossible coordinates; they have no point")
        columns: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
        for name, column in texts.items():
            get_budget().spend(text_bytes=column.count_bytes())
            columns[name] = _make_text_array(column)
        return pd.DataFrame({name: columns[name] for name in READ_COLUMNS}, copy=False)


def _texts_of_doubtful(
    countries: CodedColumn, points: Mapping[str, Sequence[Any]]
) -> dict[str, CodedColumn]:
    """The points as text if a country is `NA`, which the point may confirm."""
    if "NA" not in countries:
        return {}
    return {
        target: CodedColumn.encode([str(value) for value in column])
        for target, column in points.items()
    }


def _make_text_array(column: CodedColumn) -> Any:
    """A column of text, as from ``pd.array`` in a third of the time."""
    make: Any = pd.arrays.ArrowStringArray
    return make(column.to_arrow(), dtype=_TEXT)


def _split_number_columns(
    numbers: CodedColumn, facilities: CodedColumn
) -> tuple[CodedColumn, CodedColumn]:
    if not any(map(_may_be_numbered, {text[:1] for text in facilities.texts})):
        return numbers, facilities
    if not any(numbers.texts):
        found, rests = split_numbers([""] * len(facilities.texts), facilities.texts)
        return facilities.with_texts(found), facilities.with_texts(rests)
    found, rests = split_numbers(list(numbers), list(facilities))
    return CodedColumn.encode(found), CodedColumn.encode(rests)


def _may_be_numbered(facility: str) -> bool:
    return facility[:1].isdigit() or facility[:1] == "#"


def split_numbers(numbers: list[str], facilities: list[str]) -> tuple[list[str], list[str]]:
    """Split numbers off facilities, unless they have a column of their own."""
    numbered = set(filter(_may_be_numbered, set(facilities)))
    split = {text: split_facility(text) for text in numbered}
    found = {text: number for text, (number, _) in split.items()}
    rests = {text: rest for text, (_, rest) in split.items()}
    if not any(numbers):
        return (
            [found.get(text, "") for text in facilities],
            [rests.get(text, text) for text in facilities],
        )
    return (
        [given or found.get(text, "") for given, text in zip(numbers, facilities, strict=True)],
        [
            rests.get(text, text) if not given or given == found.get(text) else text
            for given, text in zip(numbers, facilities, strict=True)
        ],
    )


def _get_date(trial: Trial) -> tuple[str, str]:
    return trial.as_of, trial.last_updated
