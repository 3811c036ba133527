"""Columns of a table as Arrow arrays: fast, and without holding up other threads."""

import pandas as pd
import pyarrow as pa


def array_of(column: pd.Series) -> pa.Array:
    """The column as one Arrow array; NaN and ``None`` are null."""
    array = pa.array(column, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
