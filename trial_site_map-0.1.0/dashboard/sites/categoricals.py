"""Operations on text columns as integer codes: each distinct text is held and processed once.

The site table's text columns are pandas categoricals; plain text columns work too and are
factorized at each call.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import combining, normalize

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.types import union_categoricals

from dashboard.sites.memo import memoize_per_table

Codes = npt.NDArray[np.integer[Any]]
_BITMAP_LIMIT = 300_000_000


def to_categoricals(table: pd.DataFrame) -> pd.DataFrame:
    """The table with every text column as a categorical."""
    return table.assign(
        **{
            str(name): column.astype("category")
            for name, column in table.items()
            if not isinstance(column.dtype, pd.CategoricalDtype)
            and not pd.api.types.is_numeric_dtype(column.dtype)
        }
    )


def to_plain_text(table: pd.DataFrame) -> pd.DataFrame:
    """The table with its categoricals as plain text, for few rows and for other programs."""
    columns = {
        name: column.array.categories.array.take(column.array.codes, allow_fill=True)
        if isinstance(column.dtype, pd.CategoricalDtype)
        else column
        for name, column in table.items()
    }
    return pd.DataFrame(columns, index=table.index, copy=False)


def list_texts(column: pd.Series) -> list[str]:
    """The texts of a column as Python strings: ten times faster than iterating it."""
    codes, distinct = factorize(column)
    found: list[str] = distinct.to_numpy(dtype=object)[codes].tolist()
    return found


def concat_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Concatenate tables of equal columns: text as categoricals, a new row index."""
    parts = [to_categoricals(table) for table in tables]
    if len(parts) == 1:
        return parts[0].reset_index(drop=True)
    columns: dict[str, object] = {}
    for name in parts[0].columns:
        of_name = [part[name] for part in parts]
        if isinstance(of_name[0].dtype, pd.CategoricalDtype):
            columns[name] = union_categoricals(of_name)
        else:
            columns[name] = np.concatenate([column.to_numpy() for column in of_name])
    return pd.DataFrame(columns)


def categorical_from_codes(codes: Codes, words: list[str]) -> pd.Categorical:
    """A categorical of ``words[code]`` for each code; words may repeat."""
    numbers, distinct = pd.factorize(np.array(words, dtype=object))
    spread_numbers = numbers[codes] if len(words) else np.empty(0, dtype=np.int64)
    return pd.Categorical.from_codes(spread_numbers, categories=pd.Index(distinct, dtype="str"))


def factorize(column: pd.Series) -> tuple[Codes, pd.Index]:
    """For each row the code of its text, and the distinct texts by code."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories
    codes, distinct = pd.factorize(column, use_na_sentinel=False)
    return codes, pd.Index(distinct)


def order_rows(column: pd.Series, *, descending: bool = False) -> npt.NDArray[np.int64]:
    """Row numbers sorted by a column: text without case, empty last; a stable sort."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        ordered = column.reset_index(drop=True).sort_values(
            kind="stable", ascending=not descending, na_position="last"
        )
        return ordered.index.to_numpy()
    codes, distinct = factorize(column)
    texts = distinct.astype("str")
    rank = np.empty(len(texts), dtype=np.int64)
    rank[np.argsort(normalize_texts(texts).to_numpy(zero_copy_only=False), kind="stable")] = (
        np.arange(len(texts))
    )
    if descending:
        rank = len(texts) - rank
    rank[texts == ""] = len(texts) + 1
    return np.argsort(rank[codes], kind="stable")


def count_codes(codes: Codes, size: int) -> npt.NDArray[np.int64]:
    """The number of rows of each of ``size`` codes."""
    return np.bincount(codes, minlength=size)


def find_first_rows(codes: Codes, size: int) -> npt.NDArray[np.int64]:
    """The first row of each of ``size`` codes; ``len(codes)`` for a code that does not occur."""
    first = np.full(size, len(codes), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes), dtype=np.int64)[::-1]
    return first


def spread(codes: Codes, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """A mask of rows from a mask of distinct texts."""
    if not len(mask):
        return np.zeros(len(codes), dtype=bool)
    return mask[codes]


def combine_codes(columns: Iterable[tuple[Codes, int]]) -> npt.NDArray[np.int64]:
    """One code per row for several columns, each given as its codes and their number."""
    total: npt.NDArray[np.int64] | None = None
    span = 1
    for codes, size in columns:
        if total is not None and span * max(size, 1) >= 2**62:
            total, _ = pd.factorize(total)
            span = len(total) + 1
        total = codes.astype(np.int64) if total is None else total * max(size, 1) + codes
        span *= max(size, 1)
    return np.empty(0, dtype=np.int64) if total is None else total


def count_distinct_pairs(
    rows: Codes, of: Codes, row_count: int, of_count: int
) -> npt.NDArray[np.int64]:
    """For each of ``row_count`` codes the number of distinct codes of the other column."""
    if row_count * of_count <= min(_BITMAP_LIMIT, 100 * len(rows) + 1_000_000):
        seen = np.zeros(row_count * of_count, dtype=bool)
        seen[rows.astype(np.int64) * of_count + of] = True
        return (
            seen.reshape(row_count, of_count).sum(axis=1)
            if of_count
            else np.zeros(row_count, np.int64)
        )
    pairs = pd.unique(rows.astype(np.int64) * of_count + of)
    return np.bincount(pairs // of_count, minlength=row_count)


@lru_cache(maxsize=65_536)
def normalize_text(text: str) -> str:
    """Text without case and accents, for comparing and searching."""
    if text.isascii():
        return text.lower()
    decomposed = normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not combining(c))


@memoize_per_table
def normalize_texts(distinct: pd.Index) -> pa.Array:
    """:func:`normalize_text` of each distinct text."""
    texts = pa.array(distinct.astype("str"), type=pa.large_string(), from_pandas=False)
    lower = pc.utf8_lower(texts)
    other = np.flatnonzero(~pc.string_is_ascii(texts).to_numpy(zero_copy_only=False))
    if not len(other):
        return lower
    replaced = [normalize_text(text) for text in texts.take(pa.array(other)).to_pylist()]
    mask = np.zeros(len(texts), dtype=bool)
    mask[other] = True
    return pc.replace_with_mask(lower, pa.array(mask), pa.array(replaced, type=pa.large_string()))


def to_arrow(column: pd.Series) -> pa.Array:
    """The column as one Arrow array without dictionary; NaN and ``None`` are null."""
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array
