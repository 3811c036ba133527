"""Reads a site table saved as Parquet, which opens in seconds with millions of rows.

The file has the columns of the site table. Only if this server signed it are its positions read
too, with the data and rules by which they were found (``position_rules``); whether they are still
valid is decided where lists are merged. Everything else is cleaned as in any other file.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboard.errors import ReadError
from dashboard.readers.common.budget import get_budget
from dashboard.readers.common.builder import ReadingBuilder, split_numbers
from dashboard.readers.common.clean import (
    clean_points,
    clean_texts,
    find_repairs,
    normalize_statuses,
)
from dashboard.readers.common.dates import parse_date
from dashboard.readers.common.messages import Warn
from dashboard.readers.common.own_columns import MAX_CELL, MAX_COLUMNS, OwnColumns
from dashboard.readers.files.arrow_tables import SITE_TABLE_FORMAT, convert_errors
from dashboard.sites.categoricals import (
    categorical_from_codes,
    combine_codes,
    factorize,
    find_first_rows,
    spread,
)
from dashboard.sites.decisions import DECISION_COLUMNS
from dashboard.sites.fields import DISTANCE
from dashboard.sites.positions import PLACE_COLUMNS, list_distinct_places
from dashboard.sites.reading import READ_COLUMNS, Reading
from dashboard.sites.signature import FIELD as SIGNATURE
from dashboard.sites.signature import is_signed
from dashboard.sites.table import COLUMNS, TRIAL_COLUMNS
from dashboard.sites.trial import Sponsor, Trial
from dashboard.sites.vocabulary import phase_word, status_word
from geocache.place import POSITION_COLUMNS, Place

_NUMBERS = ("latitude", "longitude", "score", "uncertainty_km")
_TEXTS = tuple(name for name in COLUMNS if name not in _NUMBERS)
_READ_TEXTS = frozenset((*READ_COLUMNS, *TRIAL_COLUMNS, "source"))
_PLACES_WITH_TEXT = frozenset({"facility", "city", "state", "country"})
_MAX_TRIAL_ID = 80
_NO_TEXTS = pa.array([], pa.large_string()).dictionary_encode()
_POSITION_RULES = b"position_rules"
_AS_OF = b"as_of"
_NEEDED = ("trial_id", "facility", "city", "country")


def read_parquet(
    data: bytes, name: str, signing_key: str = "", types: Mapping[str, str] | None = None
) -> Reading:
    """Read a site table from Parquet, text as categoricals.

    Args:
        data: the file's bytes.
        name: the file's name.
        signing_key: positions are read if the file was signed with it.
        types: as :attr:`OwnColumns.types`.

    Raises:
        ReadError: the file is damaged, too large, or lacks columns of a site table.
    """
    with convert_errors(name, "Parquet"):
        return _read(data, name, signing_key, types or {})


def read_parquet_places(data: bytes, name: str) -> Iterator[tuple[int, list[Place]]]:
    """The number of rows and the distinct places of each part of a saved site table.

    Raises:
        ReadError: as :func:`read_parquet`.
    """
    with convert_errors(name, "Parquet"):
        file = _open(data, name, PLACE_COLUMNS)
        columns = [column for column in PLACE_COLUMNS if column in file.schema_arrow.names]
        for group in range(file.num_row_groups):
            part = file.read_row_group(group, columns)
            places = _read_texts(part, PLACE_COLUMNS, name)
            _clean_texts(places, lambda _: None)
            yield part.num_rows, list_distinct_places(pd.DataFrame(places))[1]


def _check_columns(schema: pa.Schema, name: str) -> None:
    missing = [column for column in _NEEDED if column not in schema.names]
    if missing:
        raise ReadError(name, f"a Parquet file without the column {missing[0]}")


def _list_plain_texts(schema: pa.Schema) -> list[str]:
    """The text columns that the file does not store as dictionaries.

    They are read as dictionaries: a file of a few kB may repeat a long text a million times.
    """
    own = (each.name for each in schema if _is_text(each.type))
    names = dict.fromkeys((*(name for name in _TEXTS if name in schema.names), *own))
    return [name for name in names if not pa.types.is_dictionary(schema.field(name).type)]


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _open(data: bytes, name: str, columns: Iterable[str]) -> pq.ParquetFile:
    """The file, once its columns are known to fit into the budget."""
    schema = pq.read_schema(pa.BufferReader(data))
    _check_columns(schema, name)
    file = pq.ParquetFile(pa.BufferReader(data), read_dictionary=_list_plain_texts(schema))
    get_budget(name, len(data)).spend(rows=_count_rows(file))
    _pay_columns(file, columns)
    return file


def _count_rows(file: pq.ParquetFile) -> int:
    metadata = file.metadata
    groups = (metadata.row_group(at).num_rows for at in range(metadata.num_row_groups))
    return int(max(metadata.num_rows, sum(groups)))


def _pay_columns(file: pq.ParquetFile, columns: Iterable[str]) -> None:
    """Spend what reading some columns will take; raises ReadError if there is not so much left."""
    metadata, wanted = file.metadata, set(columns)
    groups = [metadata.row_group(at) for at in range(metadata.num_row_groups)]
    chunks = [group.column(at) for group in groups for at in range(group.num_columns)]
    read = [chunk for chunk in chunks if chunk.path_in_schema.partition(".")[0] in wanted]
    get_budget().spend(
        cells=_count_rows(file) * len(wanted & set(file.schema_arrow.names)),
        unpacked_bytes=sum(chunk.total_uncompressed_size for chunk in read),
    )


def _read(data: bytes, name: str, signing_key: str, types: Mapping[str, str]) -> Reading:
    file = _open(data, name, COLUMNS)
    metadata = file.metadata.metadata or {}
    ours = is_signed(data, metadata.get(SIGNATURE, b""), signing_key)
    present = set(file.schema_arrow.names)
    table = file.read([column for column in COLUMNS if column in present])
    texts = _read_texts(table, [each for each in _TEXTS if ours or each in _READ_TEXTS], name)
    numbers = {each: _read_numbers(table, each, name) for each in _NUMBERS}
    positions = None
    if ours:
        columns = {**texts, **numbers}
        positions = pd.DataFrame({each: columns[each] for each in POSITION_COLUMNS})
    builder = ReadingBuilder()  # takes the warnings
    _clean_texts(texts, builder.warn)
    points = _select_own_points(texts, numbers, present)
    latitude, longitude, dropped = clean_points(*(degrees.tolist() for degrees in points))
    if dropped:
        builder.warn(f"{dropped} sites with impossible coordinates; they have no point")
    sites = pd.DataFrame({**texts, "latitude": latitude, "longitude": longitude})
    fields = _read_fields(file, types, builder.notes.append)
    return Reading(
        name,
        SITE_TABLE_FORMAT,
        tuple(_list_trials(sites)),
        sites[list(READ_COLUMNS)],
        warnings=builder.warnings,
        notes=tuple(builder.notes),
        as_of=_parse_data_date(metadata.get(_AS_OF, b"")),
        fields=fields,
        positions=positions,
        position_rules=metadata.get(_POSITION_RULES, b"").decode(errors="replace") if ours else "",
    )


def _read_fields(file: pq.ParquetFile, types: Mapping[str, str], note: Warn) -> pd.DataFrame | None:
    """The columns that are none of ours, read as those of any list; ``None`` without any."""
    schema = file.schema_arrow
    own = [
        each.name
        for each in schema
        if each.name not in {*COLUMNS, DISTANCE} and not pa.types.is_nested(each.type)
    ]
    own += [name for name in DECISION_COLUMNS if name in schema.names]
    own = own[: MAX_COLUMNS + 1]
    _pay_columns(file, own)
    collected = OwnColumns()
    collected.types = types
    for name in own:
        collected.add({name: _list_own_texts(file.read([name]).column(0))}, 0)
    fields = collected.build(file.metadata.num_rows, note)
    return fields if fields.shape[1] else None


def _list_own_texts(values: pa.ChunkedArray) -> list[str]:
    """The values as texts, each distinct one held once."""
    if not pa.types.is_dictionary(values.type):
        texts: list[str] = pc.fill_null(_cast_to_text(values), "").to_pylist()
        return texts
    values = values.unify_dictionaries().combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = values.chunk(0) if values.num_chunks else _NO_TEXTS
    distinct = _cast_to_text(pa.chunked_array([values.dictionary])).to_pylist()
    words = [(word or "")[: MAX_CELL + 1] for word in (*distinct, "")]
    codes = values.indices.fill_null(len(distinct)).to_pylist()
    return [words[code] for code in codes]


def _cast_to_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Values as the texts that a list has: ``3`` for a float without decimals."""
    try:
        if pa.types.is_binary(values.type) or pa.types.is_large_binary(values.type):
            return pa.chunked_array([pa.nulls(len(values), pa.large_string())])
        return values.cast(pa.large_string())
    except pa.ArrowException:
        return pa.chunked_array([pa.nulls(len(values), pa.large_string())])


def _select_own_points(
    texts: Mapping[str, pd.Series], numbers: Mapping[str, np.ndarray], present: AbstractSet[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes, without those that a site table has from elsewhere."""
    latitude, longitude = numbers["latitude"].copy(), numbers["longitude"].copy()
    if {"source", "precision", "score"} <= present:
        codes, sources = factorize(texts["source"])
        own = spread(codes, np.array([source == "registry" for source in sources], dtype=bool))
        latitude[~own] = longitude[~own] = np.nan
    return latitude, longitude


def _parse_data_date(written: bytes) -> str:
    """The date of the data; empty for none, and for one in the future."""
    date = parse_date(written.decode(errors="replace"))
    return date if date <= datetime.now(UTC).date().isoformat() else ""


def _clean_texts(columns: dict[str, pd.Series], warn: Warn) -> None:
    """Clean each distinct text of each column as those of any file."""
    for name, column in columns.items():
        codes, distinct = factorize(column)
        words = clean_texts(distinct.tolist())
        if name in _PLACES_WITH_TEXT:
            repairs = find_repairs(words)
            if count := sum(word in repairs for word in words):
                words = [repairs.get(word, word) for word in words]
                warn(f"{count} garbled values in {name} repaired, such as `Ã¼` for `ü`")
        elif name == "status":
            words = normalize_statuses(words, warn)
        elif name == "trial_id":
            words = [word[:_MAX_TRIAL_ID] for word in words]
        get_budget().spend(text_bytes=sum(map(len, words)))
        columns[name] = pd.Series(categorical_from_codes(codes, words))
    if {"site_number", "facility"} <= set(columns):
        _split_numbers(columns)


def _split_numbers(columns: dict[str, pd.Series]) -> None:
    """Split site numbers off facilities, once for each distinct pair."""
    (numbers, number_words), (facilities, facility_words) = (
        factorize(columns[name]) for name in ("site_number", "facility")
    )
    if not any(word[:1].isdigit() or word[:1] == "#" for word in facility_words):
        return
    codes, pairs = pd.factorize(
        combine_codes([(numbers, len(number_words)), (facilities, len(facility_words))])
    )
    first = find_first_rows(codes, len(pairs))
    split = split_numbers(
        number_words[numbers[first]].tolist(), facility_words[facilities[first]].tolist()
    )
    for name, words in zip(("site_number", "facility"), split, strict=True):
        columns[name] = pd.Series(categorical_from_codes(codes, words))


def _read_texts(table: pa.Table, names: Iterable[str], name: str) -> dict[str, pd.Series]:
    """Text columns as categoricals; one that the file lacks is empty."""
    return {column: _read_text(table, column, name) for column in names}


def _read_text(table: pa.Table, column: str, name: str) -> pd.Series:
    if column not in table.column_names:
        codes = np.zeros(table.num_rows, np.int8)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index([""], dtype="str")))
    values = table.column(column)
    try:
        if not pa.types.is_dictionary(values.type):
            values = values.cast(pa.large_string()).dictionary_encode()
        values = values.unify_dictionaries().combine_chunks()
        if isinstance(values, pa.ChunkedArray):
            values = values.chunk(0) if values.num_chunks else _NO_TEXTS
        distinct = values.dictionary.cast(pa.large_string()).to_pylist()
    except pa.ArrowException as error:
        raise _build_type_error(column, name) from error
    codes = values.indices.fill_null(len(distinct)).to_numpy(zero_copy_only=False)
    words = ["" if word is None else word for word in (*distinct, "")]
    return pd.Series(categorical_from_codes(codes, words))


def _read_numbers(table: pa.Table, column: str, name: str) -> np.ndarray:
    if column not in table.column_names:
        return np.full(table.num_rows, np.nan)
    try:
        return np.array(table.column(column).cast(pa.float64()).to_numpy())
    except pa.ArrowException as error:
        raise _build_type_error(column, name) from error


def _build_type_error(column: str, name: str) -> ReadError:
    return ReadError(name, f"the column {column} is not what a site table holds")


def _list_trials(sites: pd.DataFrame) -> Iterable[Trial]:
    codes, distinct = factorize(sites["trial_id"])
    first = find_first_rows(codes, len(distinct))
    first = np.sort(first[first < len(codes)])
    get_budget().spend(trials=len(first))
    names = ("trial_id", "trial_title", "trial_status", "phase", "sponsor")
    texts = [sites[name].iloc[first].astype("str").tolist() for name in names]
    known: dict[str, tuple[Sponsor, ...]] = {"": ()}
    for trial_id, title, status, phase, sponsor in zip(*texts, strict=True):
        sponsors = known.setdefault(sponsor, (Sponsor(sponsor),))
        yield Trial(
            trial_id,
            title=title,
            status=status_word(status),
            phase=phase_word(phase),
            sponsors=sponsors,
        )
