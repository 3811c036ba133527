"""A query of the API or the command line: filters, and which columns and rows of what they keep."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pandas as pd

from dashboard.query.apply import DISTANCE_COLUMN
from dashboard.query.filters import VIEW_PREFIX, Filters, parse, to_query
from dashboard.query.parameters import LIMIT, OFFSET, columns_parameter

PAGING = ("columns", "limit", "offset")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked: no ``columns`` means all of them, no ``limit`` all rows."""

    filters: Filters
    columns: tuple[str, ...] = ()
    limit: int | None = None
    offset: int = 0

    def text(self) -> str:
        """The query string that asks the same, in one spelling; empty when it asks for all."""
        pairs = to_query(self.filters)
        pairs += [("columns", ",".join(self.columns))] if self.columns else []
        pairs += [("limit", str(self.limit))] if self.limit is not None else []
        pairs += [("offset", str(self.offset))] if self.offset else []
        return urlencode(pairs)


def parse_query(
    pairs: Iterable[tuple[str, str]], columns: tuple[str, ...], *, distance: bool = True
) -> Query:
    """The query that names and values ask for.

    Args:
        pairs: in order; a name may repeat, ``view_…`` is passed over.
        columns: those the table has.
        distance: with ``near`` there is a last column ``distance_km`` too.

    Raises:
        FilterError: an unknown name, column or value of a closed set, a malformed number.
    """
    pairs = [(name, value) for name, value in pairs if not name.startswith(VIEW_PREFIX)]
    filters = parse(pairs, also=PAGING)
    further = (DISTANCE_COLUMN,) if distance and filters.near else ()
    readers = {"columns": columns_parameter(columns, further), "limit": LIMIT, "offset": OFFSET}
    read: dict[str, list[Any]] = {name: [] for name in PAGING}
    for name, value in pairs:
        if name in PAGING:
            read[name].append(readers[name].checked(value, len(read[name])))
    asked = dict.fromkeys(name for names in read["columns"] for name in names)
    if asked:
        asked |= dict.fromkeys(further)
    return Query(
        filters,
        tuple(asked),
        *(read["limit"] or [None]),
        *(read["offset"] or [0]),
    )


def select_rows(table: pd.DataFrame, query: Query) -> pd.DataFrame:
    """The rows that ``offset`` and ``limit`` leave, with all columns."""
    if not query.offset and query.limit is None:
        return table
    end = None if query.limit is None else query.offset + query.limit
    return table.iloc[query.offset : end]
