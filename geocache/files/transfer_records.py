"""Converts pins and answers to records of an export and back, without loss."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from geocache.errors import InputError
from geocache.place import Flag, Place, Position, Precision
from geocache.records import NEVER, Answer, Pin, format_alternatives, parse_alternatives

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
    "uncertainty_km",
    "query",
    "reply",
    "asked_at",
    "expires_at",
)
"""The columns of an export: ``kind`` is ``pin`` or ``answer``; times are ISO 8601 in UTC,
coordinates WGS 84 degrees; a pin without coordinates leaves its place off the map. A file of pins
made by hand needs ``latitude``, ``longitude`` and a place."""


def parse_record(raw: Mapping[str, Any]) -> Pin | Answer:
    """The inverse of :func:`format_pin` and :func:`format_answer`; the default kind is a pin.

    Raises:
        InputError, ValueError, TypeError, KeyError, AttributeError: it is not valid.
    """
    kind = raw.get("kind") or "pin"
    if kind == "pin":
        return _parse_pin(raw)
    if kind == "answer":
        return _parse_answer(raw)
    raise InputError(f"kind {kind!r} is neither pin nor answer")


def format_pin(pin: Pin) -> dict[str, Any]:
    """A pin as a record with :data:`COLUMNS`."""
    return {
        "kind": "pin",
        **pin.place._asdict(),
        "latitude": pin.latitude,
        "longitude": pin.longitude,
        "note": pin.note,
        "who": pin.who,
        "pinned_at": _format_time(pin.pinned_at),
        "precision": pin.precision,
    }


def _parse_pin(raw: Mapping[str, Any]) -> Pin:
    place = Place(*(str(raw.get(part) or "") for part in Place._fields))
    if not any(place):
        raise InputError("a pin needs a place")
    latitude, longitude = (_parse_number(raw[name]) for name in ("latitude", "longitude"))
    if latitude is None and longitude is None and not raw.get("kind"):
        raise InputError("no coordinates; to leave a place off the map set kind to pin")
    when = raw.get("pinned_at")
    pin = Pin(
        place,
        latitude,
        longitude,
        str(raw.get("note") or ""),
        str(raw.get("who") or ""),
        _parse_time(when) if when else int(time.time()),
        str(raw.get("precision") or ""),
    )
    pin.check()
    return pin


def _parse_number(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def format_answer(answer: Answer) -> dict[str, Any]:
    """An answer as a record with :data:`COLUMNS`."""
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
        "alternatives": format_alternatives(at.alternatives),
        "uncertainty_km": at.uncertainty_km,
        "query": answer.query,
        "reply": answer.reply,
        "asked_at": _format_time(answer.asked_at),
        "expires_at": "" if answer.expires_at >= NEVER else _format_time(answer.expires_at),
    }


def _parse_answer(raw: Mapping[str, Any]) -> Answer:
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
        parse_alternatives(raw["alternatives"]),
        _parse_number(raw.get("uncertainty_km")),
    )
    return Answer(
        raw["key"],
        raw["provider"],
        raw["version"],
        position,
        _parse_time(raw["expires_at"]) if raw["expires_at"] else NEVER,
        raw["query"],
        raw["reply"],
        _parse_time(raw["asked_at"]),
    )


def _format_time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _parse_time(text: str) -> int:
    when = datetime.fromisoformat(text)
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())
