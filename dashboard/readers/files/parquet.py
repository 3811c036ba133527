"""Reads a site table saved as Parquet, which opens in seconds with millions of rows.

The file has the columns of the site table. If its metadata says by which data and rules its
positions were found (``position_rules``), they are read too; whether they are still valid is
decided where lists are merged. Otherwise only the registry's own points are read.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from dashboard.errors import ReadError
from dashboard.sites.categoricals import factorize, find_first_rows
from dashboard.sites.positions import PLACE_COLUMNS, list_distinct_places
from dashboard.sites.reading import READ_COLUMNS, Reading
from dashboard.sites.table import COLUMNS
from dashboard.sites.trial import Sponsor, Trial
from geocache.place import POSITION_COLUMNS, Place

FORMAT = "Site table (Parquet)"
_NUMBERS = ("latitude", "longitude", "score")
_TEXTS = tuple(name for name in COLUMNS if name not in _NUMBERS)
_POSITION_RULES = b"position_rules"
_AS_OF = b"as_of"
_NEEDED = ("trial_id", "facility", "city", "country")


def read_parquet(data: bytes, name: str) -> Reading:
    """Read a site table from Parquet, text as categoricals.

    Raises:
        ReadError: the file is damaged, or lacks columns of a site table.
    """
    with _convert_errors(name):
        return _read(data, name)


def read_parquet_places(data: bytes, name: str) -> Iterator[tuple[int, list[Place]]]:
    """The number of rows and the distinct places of each part of a saved site table.

    Raises:
        ReadError: as :func:`read_parquet`.
    """
    with _convert_errors(name):
        schema = pq.read_schema(pa.BufferReader(data))
        _check_columns(schema, name)
        columns = [column for column in PLACE_COLUMNS if column in schema.names]
        file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=_list_plain_texts(schema))
        for group in range(file.num_row_groups):
            part = file.read_row_group(group, columns)
            rows = part.num_rows
            frame = pd.DataFrame({c: _read_column(part, c, rows, name) for c in PLACE_COLUMNS})
            yield rows, list_distinct_places(frame)[1]


@contextmanager
def _convert_errors(name: str) -> Iterator[None]:
    """Raise errors of the library as ReadError."""
    try:
        yield
    except ReadError:
        raise
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError) as error:
        why = " ".join(str(error).split())[:120]
        raise ReadError(name, f"a damaged Parquet file: {why}") from error


def _check_columns(schema: pa.Schema, name: str) -> None:
    missing = [column for column in _NEEDED if column not in schema.names]
    if missing:
        raise ReadError(name, f"a Parquet file without the column {missing[0]}")


def _list_plain_texts(schema: pa.Schema) -> list[str]:
    """The text columns that the file does not store as dictionaries."""
    names = (name for name in _TEXTS if name in schema.names)
    return [name for name in names if not pa.types.is_dictionary(schema.field(name).type)]


def _read(data: bytes, name: str) -> Reading:
    schema = pq.read_schema(io.BytesIO(data))
    _check_columns(schema, name)
    present = set(schema.names)
    file = pq.ParquetFile(io.BytesIO(data), read_dictionary=_list_plain_texts(schema))
    table = file.read([column for column in COLUMNS if column in present])
    rows = table.num_rows
    sites = pd.DataFrame({column: _read_column(table, column, rows, name) for column in COLUMNS})
    metadata = table.schema.metadata or {}
    position_rules = metadata.get(_POSITION_RULES, b"").decode(errors="replace")
    positions = sites[list(POSITION_COLUMNS)] if position_rules else None
    source, sources = factorize(sites["source"])
    own = np.array([text == "registry" for text in sources], dtype=bool)
    registry = own[source] if len(own) else np.zeros(rows, dtype=bool)
    read = sites[list(READ_COLUMNS)].assign(
        latitude=sites["latitude"].where(registry), longitude=sites["longitude"].where(registry)
    )
    return Reading(
        name,
        FORMAT,
        tuple(_list_trials(sites)),
        read,
        as_of=metadata.get(_AS_OF, b"").decode(errors="replace"),
        positions=positions,
        position_rules=position_rules,
    )


def _read_column(table: pa.Table, column: str, rows: int, name: str) -> pd.Series:
    if column not in table.column_names:
        if column in _NUMBERS:
            return pd.Series(np.full(rows, np.nan))
        return pd.Series(pd.Categorical.from_codes(np.zeros(rows, np.int8), pd.Index([""])))
    values = table.column(column)
    try:
        if column in _NUMBERS:
            return pd.Series(values.cast(pa.float64()).to_numpy())
        if not pa.types.is_dictionary(values.type):
            values = values.cast(pa.large_string()).dictionary_encode()
        values = values.unify_dictionaries().combine_chunks()
    except pa.ArrowException as error:
        raise ReadError(name, f"the column {column} is not what a site table holds") from error
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks else pa.array([], pa.string())
    codes = values.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    words = pd.Index(values.dictionary.to_pandas(), dtype="str")
    if len(codes) and codes.min() < 0:
        words = words if "" in words else words.append(pd.Index([""], dtype="str"))
        codes = np.where(codes < 0, words.get_loc(""), codes)
    return pd.Series(pd.Categorical.from_codes(codes, words))


def _list_trials(sites: pd.DataFrame) -> Iterable[Trial]:
    codes, distinct = factorize(sites["trial_id"])
    first = find_first_rows(codes, len(distinct))
    first = np.sort(first[first < len(codes)])
    names = ("trial_id", "trial_title", "trial_status", "phase", "sponsor")
    texts = [sites[name].iloc[first].astype("str").tolist() for name in names]
    known: dict[str, tuple[Sponsor, ...]] = {"": ()}
    for trial_id, title, status, phase, sponsor in zip(*texts, strict=True):
        sponsors = known.setdefault(sponsor, (Sponsor(sponsor),))
        yield Trial(trial_id, title=title, status=status, phase=phase, sponsors=sponsors)
