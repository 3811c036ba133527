"""A table as Parquet: text, 64-bit floats and integers; what it is about in the schema."""

import io
from collections.abc import Iterator

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.exports.content import Content, column_types
from dashboard.exports.json_file import build_about
from dashboard.sites.categoricals import to_arrow

TYPES = {"string": pa.string(), "number": pa.float64(), "integer": pa.int64()}
GROUP_ROWS = 65_536


def parquet_chunks(content: Content) -> Iterator[bytes]:
    """The content as one Parquet file.

    The schema's metadata has each fact of :meth:`About.facts` by its name, and all of them as
    JSON under ``about``.
    """
    table = content.table
    kinds = column_types(table)
    metadata: dict[str, str | bytes] = dict(content.about.facts())
    metadata["title"] = content.title
    metadata["about"] = orjson.dumps(build_about(content))
    schema = pa.schema([(name, TYPES[kind]) for name, kind in kinds.items()], metadata)
    columns = [to_arrow(table[name]).cast(TYPES[kind]) for name, kind in kinds.items()]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), file, row_group_size=GROUP_ROWS)
    yield file.getvalue()
