"""JSON of any top level: small files at once, large ones record by record, damaged ones too."""

import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import orjson

from dashboard.errors import ReadError
from dashboard.readers.common.encoding import decode
from dashboard.readers.common.job import Progress
from dashboard.readers.common.trial_number import trial_named
from dashboard.readers.files.json_scan import (
    MOST_RECORD_BYTES,
    Slice,
    alike_slices,
    list_start,
    record_slices,
)

Warn = Callable[[str], None]

AT_ONCE_BYTES = 24_000_000
"""Up to this a file is parsed whole; above, record by record, to keep memory near its size."""

_LISTS = (("studies",), ("FullStudiesResponse", "FullStudies"), ("features",), ("geometries",))
_PLAIN_LISTS = ("data", "results", "items", "records", "sites", "rows")
"""What programs call the list of an answer, beside its page and count."""
_NOT_JSON = re.compile(rb"(?<=[:\[,\s])-?(?:NaN|Infinity)(?=\s*[,\]}])")


def json_records(
    data: bytes, name: str, warn: Warn, progress: Progress | None = None
) -> Iterator[Any]:
    """The records of a JSON file: studies, lines of JSON Lines, or the one document there is.

    Of a file that breaks off, the records before the break, and a warning that says where. Raises
    ReadError when nothing in it can be read.
    """
    data = _as_utf8(data)
    if _is_lines(data):
        yield from _lines(data, name, warn, progress)
        return
    reason = f"one document of more than {AT_ONCE_BYTES // 1_000_000} MB without a list of records"
    if len(data) <= AT_ONCE_BYTES:
        try:
            yield from _unfolded(orjson.loads(data))
        except orjson.JSONDecodeError as error:
            reason = f"not valid JSON: {_why(error)}"
        else:
            return
        if _has_whole_line(data):
            yield from _lines(data, name, warn, progress)
            return
    yield from _one_by_one(data, name, reason, warn, progress)


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:4]:
        return decode(data)[0].encode("utf-8", errors="replace")
    return data


def _unfolded(document: Any) -> Iterator[Any]:
    """The records inside a whole document."""
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
                if isinstance(text, str) and trial_named([text])
            }
            yield from ({**trial, **one} for one in inner) if trial else inner
            return
    if isinstance(document, dict) and _are_lists(document.get("columns"), document.get("data")):
        yield document["columns"]
        yield from document["data"]
        return
    yield document


def _are_lists(columns: object, rows: object) -> bool:
    """True for a table split into its columns' names and its rows, as pandas writes it."""
    return isinstance(columns, list) and isinstance(rows, list) and bool(rows)


def _is_lines(data: bytes) -> bool:
    """True when the first line is a whole object and there is another line."""
    data_start = next((at for at, byte in enumerate(data[:4_096]) if byte not in b" \t\r\n"), 0)
    end = data.find(b"\n", data_start, data_start + MOST_RECORD_BYTES)
    if end == -1 or data[data_start : data_start + 1] != b"{":
        return False
    if not data[end : end + 4_096].strip() or not data[data_start:end].rstrip().endswith(b"}"):
        return False
    try:
        return isinstance(orjson.loads(data[data_start:end]), dict)
    except orjson.JSONDecodeError:
        return False


def _has_whole_line(data: bytes) -> bool:
    """True when one of the first lines is a whole object: JSON Lines with a damaged beginning."""
    for line in data[:MOST_RECORD_BYTES].lstrip()[:4_000_000].split(b"\n", 6)[:6]:
        try:
            if isinstance(orjson.loads(line), dict) and len(line) > 40:
                return True
        except orjson.JSONDecodeError:
            continue
    return False


def _lines(data: bytes, name: str, warn: Warn, progress: Progress | None) -> Iterator[Any]:
    good = 0
    source = io.BytesIO(data)
    for number, line in enumerate(source, 1):
        if progress is not None and number % 500 == 0:
            progress(source.tell() / len(data))
        if not line.strip():
            continue
        try:
            record = _record(line)
        except ValueError as error:
            warn(f"line {number} was left out: {_why(error)}")
            continue
        good += 1
        yield from _unfolded(record)
    if not good:
        raise ReadError(name, "no line of this file is JSON")


def _record(data: bytes) -> Any:
    """One parsed record. Raises ValueError for damage and for one larger than any study."""
    if len(data) > MOST_RECORD_BYTES:
        raise ValueError("larger than any record")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        plain, count = _NOT_JSON.subn(b"null", data)
        if not count:
            raise
        return orjson.loads(plain)


def _one_by_one(
    data: bytes, name: str, reason: str, warn: Warn, progress: Progress | None
) -> Iterator[Any]:
    start = list_start(data)
    if start is None:
        yield from _without_nan(data, name, reason)
        return
    good = 0
    for number, ((begin, end, whole), record) in enumerate(_records_at(data, start), 1):
        if progress is not None:
            progress(end / len(data))
        if end == len(data) and not whole:
            if good:
                warn(f"the file breaks off at byte {end:,}; the {good} records before were read")
            break
        if isinstance(record, ValueError):
            warn(f"record {number}, at byte {begin:,}, was left out: {_why(record)}")
            continue
        good += 1
        yield record
    if not good:
        raise ReadError(name, reason)


def _records_at(data: bytes, start: int) -> Iterator[tuple[Slice, Any]]:
    """Where each record of a list stands, and the record, or the ValueError it gave."""
    for at in alike_slices(data, start):
        record = _parsed(data, at)
        if isinstance(record, ValueError):
            break
        yield at, record
        start = at.end
    for at in record_slices(data, start):
        yield at, _parsed(data, at)


def _parsed(data: bytes, at: Slice) -> Any:
    try:
        return _record(data[at.start : at.end])
    except ValueError as error:
        return error


def _without_nan(data: bytes, name: str, reason: str) -> Iterator[Any]:
    """One document with the `NaN` that some tools write."""
    if len(data) > AT_ONCE_BYTES:
        raise ReadError(name, reason)
    try:
        document = orjson.loads(_NOT_JSON.sub(b"null", data))
    except orjson.JSONDecodeError:
        raise ReadError(name, reason) from None
    yield from _unfolded(document)


def _why(error: Exception) -> str:
    words = " ".join(str(error).split())
    return "nested deeper than 1,024 levels" if "depth" in words else words[:120]
