"""Columns of a table as Arrow arrays: fast, and without holding up other threads."""

import pandas as pd
import pyarrow as pa


def array_of(column: pd.Series) -> pa.Array:
    """The column as one Arrow array of plain values; NaN and ``None`` are null."""
    array = pa.array(column, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.dictionary_decode() if isinstance(array, pa.DictionaryArray) else array
