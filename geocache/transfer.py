"""Pins and answers out of a store and into another: CSV or JSON Lines, the round trip exact."""

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from geocache.errors import InputError
from geocache.keys import place_key
from geocache.lookup import GeoCache
from geocache.place import Flag, Place, Position, Precision
from geocache.records import NEVER, Answer, Pin, alternatives_of, alternatives_text

COLUMNS = (
    "kind",
    *Place._fields,
    "latitude",
    "longitude",
    "note",
    "who",
    "pinned_at",
    "key",
    "provider",
    "version",
    "precision",
    "place_name",
    "score",
    "flags",
    "reason",
    "alternatives",
    "query",
    "reply",
    "asked_at",
    "expires_at",
)
"""What an export holds: ``kind`` is ``pin`` or ``answer``, times are ISO 8601 in UTC, coordinates
WGS 84 degrees; a pin without them leaves its place off the map. A file of pins made by hand needs
``latitude``, ``longitude`` and a place."""

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
    records = (pin_record(pin) for pin in cache.pins())
    count = _write(records, file, form, header=True)
    if not pins_only:
        count += _write((_of_answer(each) for each in cache.answers()), file, form, header=False)
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
    newer, _ = take_pins(cache, pins)
    return Taken(newer, taken, len(pins) - newer)


def take_pins(cache: GeoCache, pins: Sequence[Pin]) -> tuple[int, tuple[Pin, ...]]:
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


def pins_of(data: bytes, name: str) -> tuple[Pin, ...]:
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
            yield line, _record(read_row())
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


def _record(raw: Mapping[str, Any]) -> Pin | Answer:
    kind = raw.get("kind") or "pin"
    if kind == "pin":
        return _pin(raw)
    if kind == "answer":
        return _answer(raw)
    raise InputError(f"kind {kind!r} is neither pin nor answer")


def pin_record(pin: Pin) -> dict[str, Any]:
    """A pin by the names of :data:`COLUMNS`."""
    return {
        "kind": "pin",
        **pin.place._asdict(),
        "latitude": pin.latitude,
        "longitude": pin.longitude,
        "note": pin.note,
        "who": pin.who,
        "pinned_at": _iso(pin.pinned_at),
    }


def _pin(raw: Mapping[str, Any]) -> Pin:
    place = Place(*(str(raw.get(part) or "") for part in Place._fields))
    if not any(place):
        raise InputError("a pin needs a place")
    latitude, longitude = (_degrees(raw[name]) for name in ("latitude", "longitude"))
    if latitude is None and longitude is None and not raw.get("kind"):
        raise InputError("no coordinates; to leave a place off the map write kind pin")
    when = raw.get("pinned_at")
    pin = Pin(
        place,
        latitude,
        longitude,
        str(raw.get("note") or ""),
        str(raw.get("who") or ""),
        _seconds(when) if when else int(time.time()),
    )
    pin.check()
    return pin


def _degrees(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _of_answer(answer: Answer) -> dict[str, Any]:
    at = answer.position
    return {
        "kind": "answer",
        "latitude": at.latitude,
        "longitude": at.longitude,
        "key": answer.key,
        "provider": answer.provider,
        "version": answer.version,
        "precision": at.precision.value,
        "place_name": at.place_name,
        "score": at.score,
        "flags": ";".join(at.flags),
        "reason": at.reason,
        "alternatives": alternatives_text(at.alternatives),
        "query": answer.query,
        "reply": answer.reply,
        "asked_at": _iso(answer.asked_at),
        "expires_at": "" if answer.expires_at >= NEVER else _iso(answer.expires_at),
    }


def _answer(raw: Mapping[str, Any]) -> Answer:
    precision = Precision(raw["precision"])
    known = precision is not Precision.UNRESOLVED
    position = Position(
        float(raw["latitude"]) if known else None,
        float(raw["longitude"]) if known else None,
        precision,
        raw["place_name"],
        raw["provider"],
        float(raw["score"]),
        tuple(Flag(word) for word in raw["flags"].split(";") if word),
        raw["reason"],
        alternatives_of(raw["alternatives"]),
    )
    return Answer(
        raw["key"],
        raw["provider"],
        raw["version"],
        position,
        _seconds(raw["expires_at"]) if raw["expires_at"] else NEVER,
        raw["query"],
        raw["reply"],
        _seconds(raw["asked_at"]),
    )


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _seconds(text: str) -> int:
    when = datetime.fromisoformat(text)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def _why(error: Exception) -> str:
    return f"no {error}" if isinstance(error, KeyError) else str(error)
