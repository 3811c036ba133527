"""Where readers put what they find: sites column by column, trials, warnings."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from dashboard.readers.common.clean import (
    clean_column,
    clean_points,
    repaired_column,
    status_column,
)
from dashboard.sites.reading import READ_COLUMNS, Reading
from dashboard.sites.table import split_facility
from dashboard.sites.trial import Trial

NO_POINT = float("nan")
_MOST_WARNINGS = 200
_TEXT = pd.StringDtype(na_value=np.nan)
_PLACE_COLUMNS = ("facility", "city", "state", "country")


class Gathered:
    """What one file gave so far. Sites are lists, one a column: no object a site is made.

    ``record`` holds for each site the number of its trial in ``trials``, -1 for none.
    ``columns`` says which of the file's columns was taken for which of ours, ``header`` all of
    them, where the file is a plain table; ``nameless`` is True where nothing names its trial.
    """

    def __init__(self) -> None:
        self.trial_id: list[str] = []
        self.site_number: list[str] = []
        self.facility: list[str] = []
        self.city: list[str] = []
        self.state: list[str] = []
        self.postcode: list[str] = []
        self.country: list[str] = []
        self.status: list[str] = []
        self.latitude: list[float] = []
        self.longitude: list[float] = []
        self.trials: list[Trial] = []
        self.record: list[int] = []
        self._starts: list[int] = []
        self.columns: dict[str, str] = {}
        self.header: tuple[str, ...] = ()
        self.nameless = False
        self._warnings: list[str] = []
        self._more_warnings = 0

    def __len__(self) -> int:
        return len(self.facility)

    def warn(self, *sentences: str) -> None:
        """Keep warnings for the person; past 200 they are counted only."""
        for sentence in sentences:
            if len(self._warnings) < _MOST_WARNINGS:
                self._warnings.append(sentence)
            else:
                self._more_warnings += 1

    def open_trial(self, trial: Trial, start: int | None = None) -> None:
        """The trial whose sites are added next, or were added from ``start`` on."""
        self.trials.append(trial)
        self._starts.append(len(self) if start is None else start)

    def name_trial(self, trial: Trial) -> None:
        """Give the sites that belong to none this trial."""
        self.settle()
        number = len(self.trials)
        self.trials.append(trial)
        self.trial_id[:] = [text or trial.trial_id for text in self.trial_id]
        self.record[:] = [number if at < 0 else at for at in self.record]
        self.nameless = False

    def empty(self) -> "Gathered":
        """One like this with nothing in it, for a part of the file."""
        return Gathered()

    def between(self) -> None:
        """Called between the parts of a long file, when every site so far is complete."""

    def absorb(self, other: "Gathered") -> None:
        """Take over what another file of the same archive gave."""
        self.settle()
        other.settle()
        rows, trials = len(self), len(self.trials)
        for name in (*READ_COLUMNS, "trials"):
            mine, more = getattr(self, name), getattr(other, name)
            if name == "site_number":
                mine.extend([""] * (rows - len(mine)))
            mine.extend(more)
        self.record.extend(number + trials if number >= 0 else -1 for number in other.record)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings so far, and how many more there were."""
        if not self._more_warnings:
            return tuple(self._warnings)
        return (*self._warnings, f"and {self._more_warnings} more warnings")

    def add(  # noqa: PLR0917 - the parts of a place
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
        """A site of the trial opened last, as written; number and status are told in `reading`."""
        self.facility.append(facility)
        self.city.append(city)
        self.state.append(state)
        self.postcode.append(postcode)
        self.country.append(country)
        self.status.append(status)
        self.latitude.append(latitude)
        self.longitude.append(longitude)

    def reading(self, name: str, format_name: str, as_of: str = "") -> Reading:
        """All of it as a reading; a trial that came twice is kept once, the newer."""
        self.settle()
        trials, kept = self._newest()
        sites = self.frame()
        if kept is not None:
            sites = sites[kept].reset_index(drop=True)
        return Reading(
            name=name,
            format=format_name,
            trials=trials,
            sites=sites,
            warnings=self.warnings,
            as_of=as_of or max((trial.as_of for trial in trials), default=""),
            columns=dict(self.columns),
            header=self.header,
        )

    def settle(self) -> None:
        """Give the sites added under an opened trial its number and id."""
        ends = [*self._starts[1:], len(self)]
        for number, (start, end) in enumerate(zip(self._starts, ends, strict=False)):
            self.trial_id.extend([self.trials[number].trial_id] * (end - start))
            self.record.extend([number] * (end - start))
        self._starts = []
        self.trial_id.extend([""] * (len(self) - len(self.trial_id)))
        self.record.extend([-1] * (len(self) - len(self.record)))

    def _newest(self) -> tuple[tuple[Trial, ...], list[bool] | None]:
        """The trials, each id once, and which sites stay (None: all).

        Of records with a date the newest stays, with its sites. Lists without a date may be parts
        of one list: their sites all stay.
        """
        ids = [trial.trial_id for trial in self.trials]
        if len(set(ids)) == len(ids):
            return tuple(self.trials), None
        best: dict[str, int] = {}
        for at, trial in enumerate(self.trials):
            known = best.get(trial.trial_id)
            if known is None or _age(self.trials[known]) < _age(trial):
                best[trial.trial_id] = at
        trials = [trial for at, trial in enumerate(self.trials) if best[trial.trial_id] == at]
        gone = {
            at
            for at, trial in enumerate(self.trials)
            if trial.trial_id
            and best[trial.trial_id] != at
            and any(_age(self.trials[best[trial.trial_id]]))
        }
        for trial_id in dict.fromkeys(ids[at] for at in sorted(gone)):
            used = self.trials[best[trial_id]].as_of or self.trials[best[trial_id]].last_updated
            self.warn(f"{trial_id}: more than one record in this file; that of {used} is used")
        return tuple(trials), [number not in gone for number in self.record] if gone else None

    def frame(self) -> pd.DataFrame:
        """The settled sites with :data:`READ_COLUMNS`, cleaned and repaired."""
        texts = {
            name: clean_column(getattr(self, name), len(self))
            for name in READ_COLUMNS
            if name not in ("latitude", "longitude")
        }
        for name in _PLACE_COLUMNS:
            texts[name], count = repaired_column(texts[name])
            if count:
                self.warn(f"{count} garbled values in {name} repaired, such as `Ã¼` for `ü`")
        texts["site_number"], texts["facility"] = _split(texts["site_number"], texts["facility"])
        texts["status"] = status_column(texts["status"], self.warn)
        latitude, longitude, dropped = clean_points(self.latitude, self.longitude)
        if dropped:
            self.warn(f"{dropped} sites with impossible coordinates; they have no point")
        columns: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
        columns.update((name, _text_array(column)) for name, column in texts.items())
        return pd.DataFrame({name: columns[name] for name in READ_COLUMNS}, copy=False)


def _text_array(column: list[str]) -> Any:
    """A column of text: as ``pd.array`` makes it, in a third of the time."""
    make: Any = pd.arrays.ArrowStringArray
    return make(pa.array(column, pa.large_string()), dtype=_TEXT)


def _split(numbers: list[str], facilities: list[str]) -> tuple[list[str], list[str]]:
    """Site numbers and facilities; a number in a column of its own leaves the facility whole."""
    numbered = {text for text in set(facilities) if text[:1].isdigit() or text[:1] == "#"}
    split = {text: split_facility(text) for text in numbered}
    told = {text: number for text, (number, _) in split.items()}
    rests = {text: rest for text, (_, rest) in split.items()}
    if not any(numbers):
        return (
            [told.get(text, "") for text in facilities],
            [rests.get(text, text) for text in facilities],
        )
    return (
        [given or told.get(text, "") for given, text in zip(numbers, facilities, strict=True)],
        [
            rests.get(text, text) if not given or given == told.get(text) else text
            for given, text in zip(numbers, facilities, strict=True)
        ],
    )


def _age(trial: Trial) -> tuple[str, str]:
    return trial.as_of, trial.last_updated
