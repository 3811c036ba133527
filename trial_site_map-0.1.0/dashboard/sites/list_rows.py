"""Which list each row of a merged site table is from, kept beside its columns."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

_ATTRIBUTE = "lists"
_COLOURS = "list_colours"

Sizes = tuple[tuple[str, int], ...]
"""The lists of a site table by name with their numbers of rows, in the table's order."""


def set_lists(table: pd.DataFrame, sizes: Sizes) -> pd.DataFrame:
    """Remember of a site table with labels 0, 1, 2, … whose rows it has; returns the table."""
    assert sum(size for _, size in sizes) == len(table)  # noqa: S101 - row for row
    table.attrs[_ATTRIBUTE] = tuple((name, size) for name, size in sizes if size)
    return table


def get_lists(table: pd.DataFrame) -> Sizes:
    """The lists of a merged site table; of a filtered one those of the whole. Empty if unknown."""
    found: Sizes = table.attrs.get(_ATTRIBUTE, ())
    return found


def number_lists(table: pd.DataFrame) -> tuple[npt.NDArray[np.int64], list[str]]:
    """For each row the number of its list, and the lists' names by number."""
    lists = get_lists(table)
    if not lists:
        return np.zeros(len(table), dtype=np.int64), [""]
    ends = np.cumsum([size for _, size in lists])
    numbers = np.searchsorted(ends, table.index.to_numpy(), side="right")
    return numbers.astype(np.int64), [name for name, _ in lists]


def name_rows(table: pd.DataFrame) -> list[str]:
    """For each row the name of its list; empty if unknown."""
    numbers, names = number_lists(table)
    return [names[number] for number in numbers.tolist()]


def count_sites(table: pd.DataFrame) -> dict[str, int]:
    """The lists with sites in a table, in order, and the number of their sites."""
    numbers, names = number_lists(table)
    counts: dict[str, int] = {}
    for name, count in zip(names, np.bincount(numbers, minlength=len(names)).tolist(), strict=True):
        if name and count:
            counts[name] = counts.get(name, 0) + count
    return counts


def colour_lists(table: pd.DataFrame, colours: Mapping[str, str]) -> pd.DataFrame:
    """A shallow copy of a site table that knows the colours people gave lists, by their names."""
    coloured = table.copy(deep=False)
    coloured.attrs[_COLOURS] = dict(colours)
    return coloured


def get_colours(table: pd.DataFrame) -> dict[str, str]:
    """The colours that people gave lists (``#rrggbb``), by the lists' names."""
    found: dict[str, str] = table.attrs.get(_COLOURS, {})
    return found


def count_kept(table: pd.DataFrame, kept: npt.NDArray[np.bool_]) -> Sizes:
    """The lists of a table of which only some rows are kept."""
    numbers, names = number_lists(table)
    counts = np.bincount(numbers[kept], minlength=len(names))
    return tuple(zip(names, counts.tolist(), strict=True))
