"""The trials' records that belong to a site table, for filters that ask more than its columns."""

import weakref
from collections.abc import Iterator, Mapping
from functools import partial

import pandas as pd

from dashboard.sites.trial import Trial


class TrialRecords(Mapping[str, Trial]):
    """Trials by id, never changed; what is worked out from them is memoized while they live."""

    def __init__(self, trials: Mapping[str, Trial]) -> None:
        self.trials = trials

    def __getitem__(self, trial_id: str) -> Trial:
        return self.trials[trial_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self.trials)

    def __len__(self) -> int:
        return len(self.trials)


_by_table: dict[int, tuple[weakref.ref[pd.DataFrame], TrialRecords]] = {}
_by_mapping: weakref.WeakValueDictionary[int, TrialRecords] = weakref.WeakValueDictionary()
_NONE = TrialRecords({})


def attach_records(table: pd.DataFrame, records: Mapping[str, Trial]) -> None:
    """Remember the records of a site table's trials as long as the table lives."""
    kept = records if isinstance(records, TrialRecords) else _wrap(records)
    _by_table[id(table)] = (weakref.ref(table, partial(_forget, id(table))), kept)


def get_records(table: pd.DataFrame) -> TrialRecords:
    """The records of a site table's trials; none for a table that nobody gave any."""
    found = _by_table.get(id(table))
    return found[1] if found is not None and found[0]() is table else _NONE


def _wrap(records: Mapping[str, Trial]) -> TrialRecords:
    """The records of a mapping: the same as long as they live, so that nothing is made twice."""
    found = _by_mapping.get(id(records))
    if found is None or found.trials is not records:
        found = _by_mapping[id(records)] = TrialRecords(records)
    return found


def _forget(key: int, gone: object) -> None:
    found = _by_table.get(key)
    if found is not None and found[0] is gone:
        _by_table.pop(key, None)
