"""Filters that ask the trials' records: condition, and who may take part.

A trial whose record does not say whom it takes is kept: a gap in a record excludes nobody.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dashboard.errors import FilterError
from dashboard.query.conditions.index import build_condition_index
from dashboard.query.conditions.lookup import find_meaning, find_trials
from dashboard.query.conditions.vocabulary import load_vocabulary
from dashboard.query.coordinates import format_number, parse_number
from dashboard.query.filter_kinds import MAX_CHOICES, ChoiceFilter, EnumFilter, Filter, Mask, Part
from dashboard.sites.categoricals import Codes, count_codes, factorize, spread
from dashboard.sites.eligibility import accepts_age, accepts_healthy, accepts_sex
from dashboard.sites.memo import memoize_per_table
from dashboard.sites.records import get_records
from dashboard.sites.trial import Trial

MAX_AGE = 120
_SEX_WORDS = {
    "Female": ("female", "f", "w", "woman", "women"),
    "Male": ("male", "m", "man", "men"),
}


def _select_trials(sites: pd.DataFrame, accepts: Callable[[Trial], bool]) -> Mask:
    """The rows of trials that a function accepts; a trial without a record is kept."""
    records = get_records(sites)
    codes, trial_ids = factorize(sites["trial_id"])
    found = (records.get(str(trial_id)) for trial_id in trial_ids)
    return spread(codes, np.array([one is None or accepts(one) for one in found], dtype=bool))


@memoize_per_table
def _find_condition_rows(sites: pd.DataFrame, text: str) -> Mask:
    """The rows of the trials of a condition."""
    wanted = find_trials(build_condition_index(get_records(sites)), text)
    codes, trial_ids = factorize(sites["trial_id"])
    return spread(codes, np.array([str(one) in wanted for one in trial_ids], dtype=bool))


@dataclass(frozen=True, kw_only=True)
class ConditionFilter(ChoiceFilter):
    """Keeps trials of a condition over all its words, in five languages, and of narrower ones."""

    choice_label: Callable[[str], str] = lambda value: find_meaning(value).label or value

    def mask(self, sites: pd.DataFrame, value: tuple[str, ...]) -> Mask:
        """Rows of trials that have one of the conditions."""
        found = np.zeros(len(sites), dtype=bool)
        for one in value:
            found |= _find_condition_rows(sites, one)
        return found

    def count(
        self, sites: pd.DataFrame, rows: Codes | None, chosen: tuple[str, ...]
    ) -> dict[str, int]:
        """How many sites the conditions that people have words for would leave, most first."""
        codes, trial_ids = factorize(sites["trial_id"])
        sites_by_code = count_codes(codes if rows is None else codes[rows], len(trial_ids))
        headings = build_condition_index(get_records(sites)).headings
        counts: Counter[str] = Counter()
        for trial_id, number in zip(trial_ids, sites_by_code.tolist(), strict=True):
            for heading in headings.get(str(trial_id), ()) if number else ():
                counts[heading] += number
        concepts = load_vocabulary().concepts
        spoken = (
            (concept.label, number)
            for heading, number in counts.most_common()
            if (concept := concepts.get(heading)) and concept.words
        )
        named = dict(list(spoken)[:MAX_CHOICES])
        return named | {value: 0 for value in chosen if self.choice_label(value) not in named}


@dataclass(frozen=True, kw_only=True)
class AgeFilter(Filter):
    """Keeps trials that take people of an age in years."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "number", "minimum": 0, "maximum": MAX_AGE}

    def convert(self, text: str) -> float:
        """Years."""
        years = parse_number(text)
        if years is None or not 0 <= years <= MAX_AGE:
            allowed = f"0 to {MAX_AGE}"
            raise FilterError(self.name, text, f"age={text}: give years, {allowed}", (allowed,))
        return years

    def format(self, value: float) -> list[str]:
        """Years without an exponent."""
        return [format_number(value)]

    def mask(self, sites: pd.DataFrame, value: float) -> Mask:
        """Rows of trials that take this age or do not say."""
        return _select_trials(sites, lambda trial: accepts_age(trial, value))

    def list_parts(self, value: float) -> list[Part]:
        """The years."""
        return [Part(format_number(value), self.empty)]


@dataclass(frozen=True, kw_only=True)
class SexFilter(EnumFilter):
    """Keeps trials that take women, or men."""

    most: int = 1
    empty: ClassVar[Any] = ""

    def convert(self, text: str) -> str:
        """``Female`` or ``Male``, from any usual word for it."""
        folded = text.strip().casefold()
        return next(
            (sex for sex, words in _SEX_WORDS.items() if folded in words), ""
        ) or super().convert(text)

    def combine(self, values: list[Any]) -> str:  # type: ignore[override]
        """The one value."""
        return str(values[0]) if values else ""

    def format(self, value: str) -> list[str]:  # type: ignore[override]
        """The value."""
        return [value]

    def mask(self, sites: pd.DataFrame, value: str) -> Mask:  # type: ignore[override]
        """Rows of trials that take this sex or do not say."""
        return _select_trials(sites, lambda trial: accepts_sex(trial, value))

    def count(
        self,
        sites: pd.DataFrame,
        rows: Codes | None,
        chosen: tuple[str, ...] | str,  # noqa: ARG002 - both are always counted
    ) -> dict[str, int]:
        """How many sites are open to women, and to men."""
        masks = {sex: self.mask(sites, sex) for sex in self.allowed}
        return {
            sex: int((mask if rows is None else mask[rows]).sum()) for sex, mask in masks.items()
        }

    def list_parts(self, value: str) -> list[Part]:  # type: ignore[override]
        """Woman or man."""
        return [Part(self.choice_label(value), self.empty)]


@dataclass(frozen=True, kw_only=True)
class HealthyFilter(Filter):
    """Keeps trials that take healthy volunteers."""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the value."""
        return {"type": "string", "enum": ["1", "true", "yes"]}

    def convert(self, text: str) -> bool:
        """Always true: without the parameter there is no filter."""
        if text.strip().casefold() not in {"1", "true", "yes"}:
            raise FilterError(self.name, text, f"healthy={text}: give 1, or leave it out", ("1",))
        return True

    def format(self, value: bool) -> list[str]:  # noqa: ARG002 - it is true
        """1."""
        return ["1"]

    def mask(self, sites: pd.DataFrame, value: bool) -> Mask:  # noqa: ARG002
        """Rows of trials that take healthy volunteers or do not say."""
        return _select_trials(sites, accepts_healthy)

    def list_parts(self, value: Any) -> list[Part]:  # noqa: ARG002
        """Yes."""
        return [Part("yes", self.empty)]
