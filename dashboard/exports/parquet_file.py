"""A table as Parquet: text, 64-bit floats and integers; where it is from in the schema."""

import io
from collections.abc import Iterator

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.exports.content import Content
from dashboard.sites.categoricals import to_arrow

TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}
GROUP_ROWS = 65_536


def parquet_chunks(content: Content) -> Iterator[bytes]:
    """The content as one Parquet file.

    The schema's metadata has each fact of :meth:`About.to_texts` by its name, and all of them as
    JSON under ``about``.
    """
    table = content.table
    types = {name: TYPES[type_name] for name, type_name in content.column_types.items()}
    metadata: dict[str, str | bytes] = dict(content.about.to_texts())
    metadata["title"] = content.title
    metadata["about"] = orjson.dumps(content.about.to_json())
    schema = pa.schema(list(types.items()), metadata)
    columns = [to_arrow(table[name]).cast(type_) for name, type_ in types.items()]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), file, row_group_size=GROUP_ROWS)
    yield file.getvalue()
