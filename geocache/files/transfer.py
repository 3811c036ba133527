"""Pins and answers out of a store and into another: CSV or JSON Lines."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from geocache.errors import InputError
from geocache.files.transfer_records import COLUMNS, format_answer, format_pin, parse_record
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.records import Answer, Pin

_BATCH = 1000


class Taken(NamedTuple):
    """What an import took over, and what it left because the store had something newer."""

    pins: int = 0
    answers: int = 0
    older: int = 0


def write(cache: GeoCache, file: TextIO, form: str, *, pins_only: bool = False) -> int:
    """Write everything, or the pins, to an open file; how many records.

    Args:
        cache: whose store.
        file: opened for text, for CSV with ``newline=""``.
        form: ``csv`` or ``jsonl``.
        pins_only: leave the answers.
    """
    records = (format_pin(pin) for pin in cache.pins())
    count = _write(records, file, form, header=True)
    if not pins_only:
        count += _write((format_answer(each) for each in cache.answers()), file, form, header=False)
    return count


def read(cache: GeoCache, path: Path) -> Taken:
    """Take over an export. A record older than the one it would replace is left out.

    Raises:
        InputError: a record cannot be read; the message says which, and nothing is taken over.
    """
    for _ in _records(path):
        pass
    pins: list[Pin] = []
    answers: list[Answer] = []
    taken = 0
    for record in _records(path):
        if isinstance(record, Pin):
            pins.append(record)
            continue
        answers.append(record)
        if len(answers) == _BATCH:
            taken += cache.remember(answers)
            answers.clear()
    taken += cache.remember(answers)
    newer, _ = import_newer_pins(cache, pins)
    return Taken(newer, taken, len(pins) - newer)


def import_newer_pins(cache: GeoCache, pins: Sequence[Pin]) -> tuple[int, tuple[Pin, ...]]:
    """Set pins from elsewhere, unless there are newer ones of their places.

    How many were set, and the pins that they replaced.
    """
    had = {place_key(pin.place): pin for pin in cache.pins()}
    newer = []
    replaced = []
    for pin in pins:
        before = had.get(place_key(pin.place))
        if before is None or before.pinned_at <= pin.pinned_at:
            newer.append(pin)
            replaced += [before] if before else []
    cache.pin_many(newer)
    return len(newer), tuple(replaced)


def parse_pins(data: bytes, name: str) -> tuple[Pin, ...]:
    """The pins in the bytes of an export, or of a file made by hand.

    Raises:
        InputError: a record is no pin; the message names the file and the line.
    """
    found = []
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="") as file:
        for line, record in _numbered(file, name):
            if not isinstance(record, Pin):
                raise InputError(f"{name}, line {line}: an answer, where only pins are taken")
            found.append(record)
    if not found:
        raise InputError(f"{name} holds no pin")
    return tuple(found)


def _write(records: Iterable[dict[str, Any]], file: TextIO, form: str, *, header: bool) -> int:
    count = 0
    if form == "csv":
        writer = csv.DictWriter(file, COLUMNS, restval="")
        if header:
            writer.writeheader()
        for count, record in enumerate(records, 1):  # noqa: B007
            writer.writerow(record)
    else:
        for count, record in enumerate(records, 1):  # noqa: B007
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return count


def _records(path: Path) -> Iterator[Pin | Answer]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for _, record in _numbered(file, path.name):
                yield record
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _numbered(file: TextIO, name: str) -> Iterator[tuple[int, Pin | Answer]]:
    line = 1
    try:
        for line, read_row in _rows(file):
            yield line, parse_record(read_row())
    except InputError as error:
        raise InputError(f"{name}, line {line}: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text") from error
    except (ValueError, TypeError, KeyError, AttributeError, csv.Error) as error:
        raise InputError(f"{name}, line {line}: {_why(error)}") from error


def _rows(file: TextIO) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
    """The number of each line and what reads it."""
    first = file.read(1)
    file.seek(0)
    if first == "{":
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, partial(_object, line)
        return
    csv.field_size_limit(1 << 24)
    reader = csv.DictReader(file)
    if not reader.fieldnames or not {"latitude", "longitude"} <= set(reader.fieldnames):
        raise InputError("no columns latitude and longitude")
    for row in reader:
        yield reader.line_num, partial(_filled, row)


def _object(line: str) -> Mapping[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise InputError("no JSON object")
    return found


def _filled(row: Mapping[str | None, Any]) -> Mapping[str, Any]:
    return {name: value or "" for name, value in row.items() if name}


def _why(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)
