"""Records of JSON files: small files parsed whole, large and damaged ones record by record."""

import io
import re
from collections.abc import Iterator
from typing import Any

import orjson

from dashboard.errors import ReadError
from dashboard.readers.common.column_names import match_header
from dashboard.readers.common.encoding import decode
from dashboard.readers.common.messages import Warn
from dashboard.readers.common.request import ReportProgress
from dashboard.readers.common.trial_number import find_trial_id
from dashboard.readers.files.json_scan import (
    MAX_RECORD_BYTES,
    Slice,
    find_list_start,
    iter_slices,
    iter_slices_by_key,
)

AT_ONCE_BYTES = 24_000_000
"""Largest file parsed whole; above, memory stays near the file's size."""

_LISTS = (("studies",), ("FullStudiesResponse", "FullStudies"), ("features",), ("geometries",))
_PLAIN_LISTS = ("data", "results", "items", "records", "sites", "rows")
"""Keys of the list of records in answers of other programs."""
_NOT_JSON = re.compile(rb"(?<=[:\[,\s])-?(?:NaN|Infinity)(?=\s*[,\]}])")


def iter_json_records(
    data: bytes, name: str, warn: Warn, progress: ReportProgress | None = None
) -> Iterator[Any]:
    """The records of a JSON file: studies, lines of JSON Lines, or the one document it holds.

    Of a truncated file it gives the records before the break, with a warning. Raises ReadError if
    nothing can be read.
    """
    data = _as_utf8(data)
    if _is_json_lines(data):
        yield from _iter_lines(data, name, warn, progress)
        return
    reason = f"one document of more than {AT_ONCE_BYTES // 1_000_000} MB without a list of records"
    if len(data) <= AT_ONCE_BYTES:
        try:
            yield from _iter_records(orjson.loads(data))
        except orjson.JSONDecodeError as error:
            reason = f"not valid JSON: {_explain(error)}"
        else:
            return
        if _has_object_line(data):
            yield from _iter_lines(data, name, warn, progress)
            return
    yield from _iter_one_by_one(data, name, reason, warn, progress)


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        return decode(data)[0].encode("utf-8", errors="replace")
    return data


def _iter_records(document: Any) -> Iterator[Any]:
    """The records of a parsed document."""
    if isinstance(document, list):
        yield from document
        return
    for path in _LISTS:
        inner = document
        for key in path:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if isinstance(inner, list):
            yield from inner
            return
    plain = isinstance(document, dict) and "ctNumber" not in document
    for key in _PLAIN_LISTS if plain else ():
        inner = document.get(key)
        if inner and isinstance(inner, list) and all(isinstance(one, dict) for one in inner):
            trial = {
                name: text
                for name, text in document.items()
                if isinstance(text, str) and find_trial_id([text])
            }
            if trial and key == "sites":
                break  # a trial with its sites, which keep what is said of it
            yield from ({**trial, **one} for one in inner) if trial else inner
            return
    if isinstance(document, dict) and _is_split_table(
        document.get("columns"), document.get("data")
    ):
        yield document["columns"]
        yield from document["data"]
        return
    if isinstance(document, dict) and (rows := _transpose(document)) is not None:
        yield from rows
        return
    yield document


def _transpose(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The records of a table that pandas wrote by columns or by index, else None.

    ``{"city": {"0": "Graz", "1": "Linz"}}`` and ``{"city": ["Graz", "Linz"]}`` are tables by
    columns, ``{"0": {"city": "Graz"}}`` is one by index.
    """
    values = list(document.values())
    if len(values) < 1 or not all(isinstance(value, dict) for value in values):
        return _transpose_lists(document)
    keys = list(values[0])
    plain = all(
        not isinstance(cell, (dict, list)) for value in values[:100] for cell in value.values()
    )
    if not keys or not plain:
        return None
    named = sum(bool(match_header(key)[0]) for key in document)
    if named * 2 > len(document) or (named and all(map(str.isdigit, keys))):
        if any(value.keys() != values[0].keys() for value in values):
            keys = list(dict.fromkeys(key for value in values for key in value))
        return [{name: column.get(key) for name, column in document.items()} for key in keys]
    numbered = all(map(str.isdigit, document))
    if numbered and sum(bool(match_header(key)[0]) for key in keys):
        return values
    return None


def _transpose_lists(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """The records of columns in lists of equal length, most of them with known names."""
    columns = {key: value for key, value in document.items() if isinstance(value, list)}
    if len(columns) < max(2, len(document) - 1):
        return None
    lengths = set(map(len, columns.values()))
    plain = all(not isinstance(cell, (dict, list)) for one in columns.values() for cell in one[:20])
    named = sum(bool(match_header(key)[0]) for key in columns)
    if len(lengths) != 1 or not plain or named * 2 < len(columns):
        return None
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _is_split_table(columns: object, rows: object) -> bool:
    """True for column names and rows in two lists, as pandas writes them."""
    return isinstance(columns, list) and isinstance(rows, list) and bool(rows)


def _is_json_lines(data: bytes) -> bool:
    """True if the first line is an object and another line follows."""
    data_start = next((at for at, byte in enumerate(data[:4_096]) if byte not in b" \t\r\n"), 0)
    end = data.find(b"\n", data_start, data_start + MAX_RECORD_BYTES)
    if end == -1 or data[data_start : data_start + 1] != b"{":
        return False
    if not data[end : end + 4_096].strip() or not data[data_start:end].rstrip().endswith(b"}"):
        return False
    try:
        return isinstance(orjson.loads(data[data_start:end]), dict)
    except orjson.JSONDecodeError:
        return False


def _has_object_line(data: bytes) -> bool:
    """True if one of the first lines is an object: JSON Lines damaged at the start."""
    for line in data[:MAX_RECORD_BYTES].lstrip()[:4_000_000].split(b"\n", 6)[:6]:
        try:
            if isinstance(orjson.loads(line), dict) and len(line) > 40:
                return True
        except orjson.JSONDecodeError:
            continue
    return False


def _iter_lines(
    data: bytes, name: str, warn: Warn, progress: ReportProgress | None
) -> Iterator[Any]:
    good = 0
    source = io.BytesIO(data)
    for number, line in enumerate(source, 1):
        if progress is not None and number % 500 == 0:
            progress(source.tell() / len(data))
        if not line.strip():
            continue
        try:
            record = _parse_record(line)
        except ValueError as error:
            warn(f"line {number} was skipped: {_explain(error)}")
            continue
        good += 1
        yield from _iter_records(record)
    if not good:
        raise ReadError(name, "no line of this file is JSON")


def _parse_record(data: bytes) -> Any:
    """Parse one record. Raises ValueError if it is damaged, or larger than any study."""
    if len(data) > MAX_RECORD_BYTES:
        raise ValueError("larger than any record")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        plain, count = _NOT_JSON.subn(b"null", data)
        if not count:
            raise
        return orjson.loads(plain)


def _iter_one_by_one(
    data: bytes, name: str, reason: str, warn: Warn, progress: ReportProgress | None
) -> Iterator[Any]:
    start = find_list_start(data)
    if start is None:
        yield from _iter_without_nan(data, name, reason)
        return
    good = 0
    for number, ((begin, end, complete), record) in enumerate(_iter_parsed_slices(data, start), 1):
        if progress is not None:
            progress(end / len(data))
        if end == len(data) and not complete:
            if good:
                warn(f"the file is truncated at byte {end:,}; {good} records before it were read")
            break
        if isinstance(record, ValueError):
            warn(f"record {number}, at byte {begin:,}, was skipped: {_explain(record)}")
            continue
        good += 1
        yield record
    if not good:
        raise ReadError(name, reason)


def _iter_parsed_slices(data: bytes, start: int) -> Iterator[tuple[Slice, Any]]:
    """The position of each record in a list, and the record or the ValueError for it."""
    for at in iter_slices_by_key(data, start):
        record = _parse_slice(data, at)
        if isinstance(record, ValueError):
            break
        yield at, record
        start = at.end
    for at in iter_slices(data, start):
        yield at, _parse_slice(data, at)


def _parse_slice(data: bytes, at: Slice) -> Any:
    try:
        return _parse_record(data[at.start : at.end])
    except ValueError as error:
        return error


def _iter_without_nan(data: bytes, name: str, reason: str) -> Iterator[Any]:
    """The records of a document with `NaN`, which some tools write."""
    if len(data) > AT_ONCE_BYTES:
        raise ReadError(name, reason)
    try:
        document = orjson.loads(_NOT_JSON.sub(b"null", data))
    except orjson.JSONDecodeError:
        raise ReadError(name, reason) from None
    yield from _iter_records(document)


def _explain(error: Exception) -> str:
    words = " ".join(str(error).split())
    return "nested deeper than 1,024 levels" if "depth" in words else words[:120]
