"""Exports and imports pins and answers, as CSV or JSON Lines."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from geocache.errors import InputError
from geocache.files.formula_injection import escape_formula, unescape_formula
from geocache.files.transfer_records import COLUMNS, format_answer, format_pin, parse_record
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.records import Answer, Pin
from geocache.tables import csv_limit  # noqa: F401 # sets it

_BATCH = 1000


class Imported(NamedTuple):
    """How many records an import stored, and how many pins it skipped as older."""

    pins: int = 0
    answers: int = 0
    older: int = 0


def export_records(cache: GeoCache, file: TextIO, form: str, *, pins_only: bool = False) -> int:
    """Write all records, or only the pins, to an open file; returns how many.

    Args:
        cache: the geocache to export.
        file: opened for text, for CSV with ``newline=""``.
        form: ``csv`` or ``jsonl``.
        pins_only: skip the answers.
    """
    records = (format_pin(pin) for pin in cache.pins())
    count = _write(records, file, form, header=True)
    if not pins_only:
        count += _write((format_answer(each) for each in cache.answers()), file, form, header=False)
    return count


def import_records(cache: GeoCache, path: Path) -> Imported:
    """Import an export. A record older than the stored one is skipped.

    Raises:
        InputError: a record cannot be read; the message says which, and nothing is imported.
    """
    for _ in _read_records(path):
        pass
    pins: list[Pin] = []
    answers: list[Answer] = []
    stored = 0
    for record in _read_records(path):
        if isinstance(record, Pin):
            pins.append(record)
            continue
        answers.append(record)
        if len(answers) == _BATCH:
            stored += cache.remember(answers)
            answers.clear()
    stored += cache.remember(answers)
    newer, _ = import_newer_pins(cache, pins)
    return Imported(newer, stored, len(pins) - newer)


def import_newer_pins(cache: GeoCache, pins: Sequence[Pin]) -> tuple[int, tuple[Pin, ...]]:
    """Set pins, unless there are newer ones of their places.

    Returns how many were set, and the pins that they replaced.
    """
    current = {place_key(pin.place): pin for pin in cache.pins()}
    newer = []
    replaced = []
    for pin in pins:
        before = current.get(place_key(pin.place))
        if before is None or before.pinned_at <= pin.pinned_at:
            newer.append(pin)
            replaced += [before] if before else []
    cache.pin_many(newer)
    return len(newer), tuple(replaced)


def parse_pins(data: bytes, name: str) -> tuple[Pin, ...]:
    """The pins in an export or in a file made by hand.

    Raises:
        InputError: a record is not a pin; the message names the file and the line.
    """
    found = []
    with io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="") as file:
        for line, record in _parse_lines(file, name):
            if not isinstance(record, Pin):
                raise InputError(f"{name}, line {line}: an answer, but only pins are imported")
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
            writer.writerow({name: _escape(value) for name, value in record.items()})
    else:
        for count, record in enumerate(records, 1):  # noqa: B007
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return count


def _read_records(path: Path) -> Iterator[Pin | Answer]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for _, record in _parse_lines(file, path.name):
                yield record
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error


def _parse_lines(file: TextIO, name: str) -> Iterator[tuple[int, Pin | Answer]]:
    line = 1
    try:
        for line, read_row in _split_lines(file):
            yield line, parse_record(read_row())
    except InputError as error:
        raise InputError(f"{name}, line {line}: {error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text") from error
    except (ValueError, TypeError, KeyError, AttributeError, csv.Error) as error:
        raise InputError(f"{name}, line {line}: {_describe(error)}") from error


def _split_lines(file: TextIO) -> Iterator[tuple[int, Callable[[], Mapping[str, Any]]]]:
    """The number of each line, and a function that parses it."""
    first = file.read(1)
    file.seek(0)
    if first == "{":
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, partial(_parse_object, line)
        return
    reader = csv.DictReader(file)
    if not reader.fieldnames or not {"latitude", "longitude"} <= set(reader.fieldnames):
        raise InputError("no columns latitude and longitude")
    for row in reader:
        yield reader.line_num, partial(_fill_row, row)


def _parse_object(line: str) -> Mapping[str, Any]:
    found = json.loads(line)
    if not isinstance(found, dict):
        raise InputError("no JSON object")
    return found


def _escape(value: Any) -> Any:
    return escape_formula(value) if isinstance(value, str) else value


def _fill_row(row: Mapping[str | None, Any]) -> Mapping[str, Any]:
    """A row of a CSV file by column, with its text as it was before it was escaped."""
    cells = ((name, value) for name, value in row.items() if name)
    return {
        name: unescape_formula(value) if isinstance(value, str) else value or ""
        for name, value in cells
    }


def _describe(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)
