"""Filters on the own columns of lists: ``field.NAME=value``, ``field.NAME.min``, ``.max``."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from dashboard.errors import FilterError
from dashboard.query.coordinates import format_number, parse_number
from dashboard.query.filter_kinds import ChoiceFilter, Filter, FilterFamily, Mask, Part
from dashboard.query.parameters import sort_by_similarity
from dashboard.sites.categoricals import Codes, factorize, spread
from dashboard.sites.fields import DATE, find_field_type, list_fields
from dashboard.sites.table import COLUMNS

PREFIX = "field."
MAX_FACETS = 30
"""So many own columns have their choices counted; more would slow every rerun."""
_MIN, _MAX = ".min", ".max"
_LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class FieldFilter(ChoiceFilter):
    """Keeps rows whose own column holds one of the values given."""

    longest: int = _LONGEST

    def mask(self, sites: pd.DataFrame, value: tuple[str, ...]) -> Mask:
        """Rows with one of the values; numbers are compared as numbers.

        Raises:
            FilterError: no list has such a column.
        """
        column = _get_field(self.name, self.column, sites)
        if column.dtype.kind != "f":
            return super().mask(sites, value)
        numbers = [number for one in value if (number := parse_number(one)) is not None]
        mask: Mask = np.isin(column.to_numpy(), numbers)
        return mask

    def count(
        self, sites: pd.DataFrame, rows: Codes | None, chosen: tuple[str, ...]
    ) -> dict[str, int]:
        """As :meth:`ChoiceFilter.count`; nothing of numbers, which have a range."""
        if self.column not in sites or sites[self.column].dtype.kind == "f":
            return dict.fromkeys(chosen, 0)
        return super().count(sites, rows, chosen)


@dataclass(frozen=True, kw_only=True)
class FieldRangeFilter(Filter):
    """Keeps rows whose own column, of numbers or dates, is not below or not above a bound."""

    column: str
    above: bool
    empty: ClassVar[Any] = ""

    def convert(self, text: str) -> str:
        """The bound: a number, or a date in ISO 8601.

        Raises:
            FilterError: neither.
        """
        bound = text.strip()
        number = parse_number(bound)
        if number is not None:
            return format_number(number)
        if DATE.fullmatch(bound):
            return bound
        allowed = ("a number", "a date such as 2026-01-31")
        message = f"{self.name}={bound[:40]}: give {' or '.join(allowed)}"
        raise FilterError(self.name[:80], bound[:40], message, allowed)

    def mask(self, sites: pd.DataFrame, value: str) -> Mask:
        """Rows within the bound; a row without a value is not.

        Raises:
            FilterError: no list has such a column, or it holds other values than the bound.
        """
        column = _get_field(self.name, self.column, sites)
        found: Mask
        if column.dtype.kind == "f":
            number = parse_number(value)
            if number is None:
                raise self._refuse(value, "numbers")
            cells = column.to_numpy()
            found = cells >= number if self.above else cells <= number
            return found
        if find_field_type(column) != "date":
            raise self._refuse(value, "text, which has no order")
        if not DATE.fullmatch(value):
            raise self._refuse(value, "dates, such as 2026-01-31")
        codes, distinct = factorize(column)
        passed = [
            bool(text) and (text >= value if self.above else text <= value)
            for text in map(str, distinct)
        ]
        return spread(codes, np.array(passed, dtype=bool))

    def _refuse(self, value: str, holds: str) -> FilterError:
        message = f"{self.name[:80]}={value}: {self.column[:80]} holds {holds}"
        return FilterError(self.name[:80], value, message)

    def list_parts(self, value: Any) -> list[Part]:
        """The bound."""
        return [Part(f"{'from' if self.above else 'up to'} {value}", self.empty)]


def _get_field(name: str, column: str, sites: pd.DataFrame) -> pd.Series:
    if column in sites and column not in COLUMNS:
        return sites[column]
    own = list_fields(sites, COLUMNS)
    allowed = sort_by_similarity(name, [PREFIX + each for each in own]) if own else ()
    message = f"{name[:80]}: no open list has the column {column[:80]}"
    raise FilterError(name[:80], column[:80], message, allowed)


@lru_cache(maxsize=1_024)
def build_field_filter(name: str) -> Filter | None:
    """The filter of a name such as ``field.PI tier`` or ``field.Enrolment.min``."""
    column = name.removeprefix(PREFIX)
    if not column:
        return None
    for ending in (_MIN, _MAX):
        if column.endswith(ending) and column != ending:
            own = column.removesuffix(ending)
            return FieldRangeFilter(
                name=name,
                label=own,
                about=f"{own}, {'not below' if ending == _MIN else 'not above'} this.",
                column=own,
                above=ending == _MIN,
            )
    return FieldFilter(name=name, label=column, about=column, column=column, group="site")


def list_field_names(sites: pd.DataFrame) -> Iterable[str]:
    """The names of the filters on own columns with few values."""
    own = list_fields(sites, COLUMNS)
    few = [name for name in own if find_field_type(sites[name]) == "choice"]
    return [PREFIX + name for name in few[:MAX_FACETS]]


FIELDS = FilterFamily(build=build_field_filter, list_names=list_field_names)
