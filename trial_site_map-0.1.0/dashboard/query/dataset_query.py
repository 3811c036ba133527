"""A query for one dataset of the API or the command line: filters, columns, limit and offset."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pandas as pd

from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.filters import Filters, parse, to_query
from dashboard.query.parameters import LIMIT, OFFSET, VIEW_PREFIX, Parameter, columns_parameter

PAGING = ("columns", "limit", "offset")


class Option(NamedTuple):
    """One value of a dataset's own parameter, and the text it was written as."""

    name: str
    value: Any
    text: str
    repeatable: bool


@dataclass(frozen=True, slots=True)
class DatasetQuery:
    """No ``columns`` means all of them, no ``limit`` all rows.

    ``options`` are the values of the dataset's own parameters, by name, as parsed and as written.
    """

    filters: Filters
    columns: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0
    options: tuple[Option, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """The values of the dataset's own parameters by name; several as a tuple."""
        found: dict[str, Any] = {}
        for option in self.options:
            found[option.name] = (
                (*found.get(option.name, ()), option.value) if option.repeatable else option.value
            )
        return found

    def to_text(self) -> str:
        """The query string in its one canonical spelling; empty if it asks for everything."""
        pairs = to_query(self.filters)
        pairs += [(option.name, option.text) for option in self.options]
        pairs += [("columns", ",".join(self.columns))] if self.columns else []
        pairs += [("limit", str(self.limit))] if self.limit is not None else []
        pairs += [("offset", str(self.offset))] if self.offset else []
        return urlencode(pairs)


def parse_query(
    pairs: Iterable[tuple[str, str]],
    columns: tuple[str, ...],
    fields: tuple[str, ...] = (),
    *,
    distance: bool = True,
    own: tuple[Parameter, ...] = (),
) -> DatasetQuery:
    """The query of a query string's names and values.

    Args:
        pairs: in order; a name may repeat, ``view_…`` is ignored.
        columns: those of the dataset.
        fields: the own columns of the open lists.
        distance: with ``near`` there is a last column ``distance_km``.
        own: parameters that only this dataset has.

    Raises:
        FilterError: an unknown name, column or value of a closed set, a malformed number.
    """
    pairs = [(name, text) for name, text in pairs if not name.startswith(VIEW_PREFIX)]
    by_name = {parameter.name: parameter for parameter in own}
    filters = parse(pairs, other_names=(*PAGING, *by_name))
    options: list[Option] = []
    for name, text in pairs:
        if name in by_name:
            given = sum(option.name == name for option in options)
            parameter = by_name[name]
            value = parameter.parse(text, given)
            options.append(Option(name, value, text.strip(), parameter.repeatable))
    added = (DISTANCE_COLUMN,) if distance and filters.near else ()
    parameters = {
        "columns": columns_parameter(columns, (*fields, *added)),
        "limit": LIMIT,
        "offset": OFFSET,
    }
    found: dict[str, list[Any]] = {name: [] for name in PAGING}
    for name, text in pairs:
        if name in PAGING:
            found[name].append(parameters[name].parse(text, len(found[name])))
    chosen = dict.fromkeys(name for names in found["columns"] for name in names)
    if chosen:
        chosen |= dict.fromkeys(added)
    return DatasetQuery(
        filters,
        tuple(chosen),
        limit=next(iter(found["limit"]), None),
        offset=next(iter(found["offset"]), 0),
        options=tuple(options),
    )


def select_rows(table: pd.DataFrame, query: DatasetQuery) -> pd.DataFrame:
    """The rows that ``offset`` and ``limit`` leave, with all columns."""
    if not query.offset and query.limit is None:
        return table
    end = None if query.limit is None else query.offset + query.limit
    return table.iloc[query.offset : end]
