"""The own columns of lists in a site table: which they are, of which type, and merging them."""

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from dashboard.sites.categoricals import count_codes, factorize
from dashboard.sites.memo import memoize_per_table

FieldType = Literal["number", "date", "choice", "text"]

DISTANCE = "distance_km"
"""The column that filtering by distance adds."""

INPUT_PREFIX = "input_"
"""Stands before an own column's name that is one of ours."""

MAX_CHOICES = 60
"""A text column with no more different values can be chosen from, if they repeat."""
_FEW = 10
"""So few need not repeat."""

DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""A date as own columns hold it."""
_CONTACT = re.compile(
    r"\b(e-?mails?|phones?|telephones?|tel|mobile|fax|telefon|correo|courriel)\b"
    r"|\b(pi|p\.i\.|investigators?|contacts?|coordinators?|ansprechpartner(in)?|prüfarzt)\b"
    r"(?!.{0,12}\b(tier|count|number|status|score|rank|type|id)\b)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}\.[a-z]{2,}", re.IGNORECASE)


def list_fields(sites: pd.DataFrame, ours: Sequence[str]) -> list[str]:
    """The own columns of a site table, in order; ``ours`` are the columns that are none."""
    known = {*ours, DISTANCE}
    return [str(name) for name in sites.columns if name not in known]


def list_text_fields(sites: pd.DataFrame, ours: Sequence[str]) -> list[str]:
    """The own columns of a site table that do not hold numbers, in order."""
    return [name for name in list_fields(sites, ours) if sites[name].dtype.kind != "f"]


def find_field_type(column: pd.Series) -> FieldType:
    """The type of an own column: number, date, choice (few values) or text."""
    if column.dtype.kind == "f":
        return "number"
    codes, distinct = factorize(column)
    found = _find_text_type(distinct)
    if found != "text":
        return found
    counts = count_codes(codes[codes >= 0], len(distinct))
    used = int((counts > 0).sum())
    repeated = len(codes) >= 2 * used or used <= _FEW
    return "choice" if used <= MAX_CHOICES and repeated else "text"


@memoize_per_table
def _find_text_type(distinct: pd.Index) -> FieldType:
    texts = [str(text) for text in distinct if text]
    return "date" if texts and all(map(DATE.fullmatch, texts)) else "text"


def is_contact(name: str, column: pd.Series) -> bool:
    """Whether an own column names people or how to reach them."""
    plain = name.replace("_", " ")
    if _CONTACT.search(plain):
        return True
    if column.dtype.kind == "f":
        return False
    _, distinct = factorize(column)
    texts = [str(text) for text in distinct if text]
    return bool(texts) and sum(map(bool, map(_ADDRESS.search, texts))) * 2 > len(texts)


def drop_contacts(fields: pd.DataFrame) -> pd.DataFrame:
    """Own columns without those that name people or how to reach them."""
    kept = [name for name in fields if not is_contact(str(name), fields[name])]
    return fields if len(kept) == fields.shape[1] else fields[kept]


def merge_fields(
    parts: Sequence[tuple[int, pd.DataFrame | None]], ours: Sequence[str]
) -> dict[str, object]:
    """The own columns of several lists, one under the other.

    A column that several lists have is one column; it holds text if it does in any of them.

    Args:
        parts: for each list its number of rows and its own columns.
        ours: names of the site table's columns.
    """
    names: dict[str, None] = {}
    for _, fields in parts:
        if fields is not None:
            names |= dict.fromkeys(map(str, fields.columns))
    merged: dict[str, object] = {}
    for name in names:
        own = name
        while own in ours or own == DISTANCE or own in merged:
            own = f"{INPUT_PREFIX}{own}"
        merged[own] = _join_column(name, parts)
    return merged


def _join_column(name: str, parts: Sequence[tuple[int, pd.DataFrame | None]]) -> object:
    columns = [
        (rows, fields[name] if fields is not None and name in fields else None)
        for rows, fields in parts
    ]
    if all(column is None or column.dtype.kind == "f" for _, column in columns):
        blocks = [np.full(rows, np.nan) if c is None else c.to_numpy() for rows, c in columns]
        return np.concatenate(blocks)
    categories: dict[str, int] = {"": 0}
    codes = []
    for rows, column in columns:
        if column is None:
            codes.append(np.zeros(rows, dtype=np.int32))
            continue
        is_number = column.dtype.kind == "f"
        number, distinct = factorize(column.map(format_number) if is_number else column)
        texts = ["" if text != text else str(text) for text in distinct]  # noqa: PLR0124 - NaN
        mapped = np.array([categories.setdefault(t, len(categories)) for t in texts], np.int32)
        codes.append(mapped[number] if len(mapped) else np.zeros(rows, dtype=np.int32))
    return pd.Categorical.from_codes(
        np.concatenate(codes), categories=pd.Index(list(categories), dtype="str")
    )


def group_sites(sites: pd.DataFrame, by: str, number: str = "") -> pd.DataFrame:
    """The sites of each value of a column, most sites first, an empty value included.

    Args:
        sites: a site table.
        by: one of its text columns.
        number: an own column of numbers that is summed up.

    Returns:
        ``value`` and ``sites``; with ``number`` also ``stated`` (sites with a number), ``sum``,
        ``mean``, ``least`` and ``most``, NaN where no site has one.
    """
    codes, distinct = factorize(sites[by])
    counts = count_codes(codes, len(distinct))
    shown = np.flatnonzero(counts)
    columns: dict[str, object] = {
        "value": [str(text) for text in distinct[shown]],
        "sites": counts[shown],
    }
    if number:
        groups = pd.Series(sites[number].to_numpy()).groupby(codes)
        found = groups.agg(["count", "sum", "mean", "min", "max"]).reindex(shown)
        found["sum"] = found["sum"].where(found["count"] > 0)
        names = {"count": "stated", "sum": "sum", "mean": "mean", "min": "least", "max": "most"}
        columns |= {new: found[old].to_numpy() for old, new in names.items()}
    grouped = pd.DataFrame(columns)
    return grouped.sort_values(["sites", "value"], ascending=[False, True], ignore_index=True)


def format_number(value: float) -> str:
    """A number as a list writes it; empty for none."""
    if value != value:  # noqa: PLR0124 - NaN
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
