"""A table as Parquet: text, 64-bit floats and integers; where it is from in the schema."""

import io
from collections.abc import Iterator

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.exports.content import Content
from dashboard.sites import signature

TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}
GROUP_ROWS = 65_536


def parquet_chunks(content: Content) -> Iterator[bytes]:
    """The content as one Parquet file.

    The schema's metadata has each fact of :meth:`About.to_texts` by its name, all of them as JSON
    under ``about``, and :attr:`Content.position_rules` if there are any, signed with
    :attr:`Content.signing_key`.
    """
    table = content.table
    types = {name: TYPES[type_name] for name, type_name in content.column_types.items()}
    metadata: dict[str, str | bytes] = dict(content.about.to_texts())
    metadata["title"] = content.title
    metadata["about"] = orjson.dumps(content.about.to_json())
    if content.position_rules:
        metadata["position_rules"] = content.position_rules
    schema = pa.schema(list(types.items()), metadata)
    arrays = [_encode(table[name]) for name in types]
    file = io.BytesIO()
    with pq.ParquetWriter(file, schema) as writer:
        for start in range(0, max(1, len(table)), GROUP_ROWS):
            parts = [_decode(array.slice(start, GROUP_ROWS)) for array in arrays]
            columns = [part.cast(field.type) for part, field in zip(parts, schema, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
        if content.position_rules:
            writer.add_key_value_metadata({signature.FIELD: signature.BLANK})
    yield signature.sign(file.getvalue(), content.signing_key)


def _encode(column: pd.Series) -> pa.Array:
    """The column as one array, its repeated text as codes."""
    array = pa.array(column, from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def _decode(part: pa.Array) -> pa.Array:
    """The text of one row group: that of millions of rows would not fit into memory at once."""
    return part.dictionary_decode() if isinstance(part, pa.DictionaryArray) else part
